#include "circuits/builder.h"

#include <doctest/doctest.h>

#include <cstdint>

#include "circuits/netlist.h"

using namespace circuits;

namespace {

// The reason why `act` is refused, "" when it is not.
template <class Act>
std::string refusal(const Act& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

}  // namespace

TEST_CASE("a builder numbers nodes in the order in which they come and names them") {
  Builder b;
  const Node x = b.input("a"), y = b.input();
  const Node z = b.add(Op::Zero, {});
  const Node g = b.add(Op::And, {x, y, z, x}, "gate");
  b.output(g);
  b.output(x, "wire");
  const Circuit c = b.build();
  CHECK(c.inputs() == 2);
  CHECK(c.nodes() == 4);
  CHECK(c.op(g) == Op::And);
  CHECK(std::vector<Node>(c.fanins(g).begin(), c.fanins(g).end()) == std::vector<Node>{0, 1, 2, 0});
  CHECK(c.fanins(x).empty());
  CHECK(c.name(0) == "a");
  CHECK(c.name(1) == "x1");
  CHECK(c.name(2) == "g2");
  CHECK(c.outputs()[0] == Output{3, "y0"});
  CHECK(c.outputs()[1] == Output{0, "wire"});
}

TEST_CASE("default names step aside for given ones") {
  Builder b;
  b.input();
  b.input("x0");
  b.input("x0_");
  b.output(0, "y1");
  b.output(1);
  const Circuit c = b.build();
  CHECK(c.name(0) == "x0__");
  CHECK(c.outputs()[1].name == "y1_");
}

TEST_CASE("a builder refuses what is no circuit and says why") {
  Builder b;
  const Node x = b.input("x");
  CHECK(contains(refusal([&] { b.add(Op::And, {x}); }), "at least 2 fan-ins and was given 1"));
  CHECK(contains(refusal([&] { b.add(Op::Not, {x, x}, "n"); }), "not \"n\" takes 1"));
  CHECK(contains(refusal([&] { b.add(Op::One, {x}); }), "takes 0"));
  CHECK(contains(refusal([&] { b.add(Op::Or, {x, 1}); }), "fan-in 1"));
  CHECK(contains(refusal([&] { b.add(Op::Input, {}); }), "no gate"));
  CHECK(contains(refusal([&] { b.output(1); }), "does not exist"));
  CHECK(contains(refusal([&] { b.input("x"); }), "two nodes"));
  CHECK(contains(refusal([&] { b.input("line\nbreak"); }), "control character"));
  CHECK(contains(refusal([&] { b.input(std::string(256, 'n')); }), "too long"));
  b.output(x, "y");
  CHECK(contains(refusal([&] { b.output(x, "y"); }), "two outputs"));
  b.add(Op::Not, {x});
  CHECK(contains(refusal([&] { b.input(); }), "after a gate"));
  CHECK(b.build().nodes() == 2);  // what was refused left nothing behind
}

TEST_CASE("sharing gives an equal gate again, whatever the order where it does not matter") {
  Builder b(Sharing::Structural);
  const Node x = b.input(), y = b.input(), z = b.input();
  const auto shared = [&](const Gate& gate, const std::vector<Node>& fanins,
                          const std::vector<Node>& others) {
    return b.add(gate, fanins) == b.add(gate, others);
  };
  for (const Op op : {Op::And, Op::Or, Op::Xor, Op::Nand, Op::Nor, Op::Xnor, Op::Maj}) {
    CHECK(shared(op, {x, y, z}, {z, x, y}));
    CHECK(!shared(op, {x, y, z}, {x, y, y}));
  }
  CHECK(shared(Gate::threshold(2), {x, y, z}, {z, x, y}));
  CHECK(!shared(Gate::threshold(2, {1, 2}), {x, y}, {y, x}));
  CHECK(shared(Gate::threshold(2, {1, 2}), {x, y}, {x, y}));
  CHECK(!shared(Op::Mux, {x, y, z}, {x, z, y}));
  CHECK(!shared(Gate::lut(0x2), {x, y}, {y, x}));
  CHECK(shared(Op::One, {}, {}));
  CHECK(b.add(Gate::lut(0x2), {x, y}) != b.add(Gate::lut(0x4), {x, y}));
  CHECK(b.add(Op::And, {x, y}) != b.add(Op::Or, {x, y}));
  CHECK(b.add(Gate::threshold(1), {x, y}) != b.add(Gate::threshold(2), {x, y}));
}

TEST_CASE("a name of its own makes a gate of its own, and nothing is shared unasked") {
  Builder b(Sharing::Structural);
  const Node x = b.input(), y = b.input();
  const Node plain = b.add(Op::And, {x, y});
  const Node named = b.add(Op::And, {y, x}, "both");
  CHECK(named != plain);
  CHECK(b.add(Op::And, {x, y}, "both") == named);
  const Node again = b.add(Op::And, {x, y});
  CHECK((again == plain || again == named));
  CHECK(contains(refusal([&] { b.add(Op::Or, {x, y}, "both"); }), "two nodes"));
  CHECK(b.nodes() == 4);
  Builder none;
  none.input();
  CHECK(none.add(Op::Not, {0}) != none.add(Op::Not, {0}));
}

TEST_CASE("every op refuses numbers of fan-ins and parameters that do not fit") {
  Builder b;
  const Node x = b.input();
  const auto refused = [&](const Gate& gate, std::size_t fanins) {
    return refusal([&] { b.add(gate, std::vector<Node>(fanins, x)); });
  };
  for (const Op op : {Op::And, Op::Or, Op::Xor, Op::Nand, Op::Nor, Op::Xnor}) {
    CHECK(contains(refused(op, 1), "at least 2"));
    CHECK(refused(op, 2).empty());
    CHECK(refused(op, 9).empty());
    CHECK(contains(refused({op, {1}}, 2), "takes none"));
  }
  CHECK(contains(refused(Op::Buf, 2), "takes 1"));
  CHECK(contains(refused(Op::Maj, 1), "at least 3"));
  CHECK(contains(refused(Op::Maj, 4), "odd number"));
  CHECK(refused(Op::Maj, 5).empty());
  CHECK(contains(refused(Op::Mux, 2), "takes 3"));
  CHECK(contains(refused(Gate::threshold(1), 0), "at least 1"));
  CHECK(contains(refused(Op::Threshold, 2), "no bound"));
  CHECK(contains(refused(Gate::threshold(1, {1, 2}), 3), "2 weights for 3 fan-ins"));
  CHECK(refused(Gate::threshold(Gate::kLargestSum, {-Gate::kLargestSum}), 1).empty());
  CHECK(contains(refused(Gate::threshold(Gate::kLargestSum + 1), 1), "bound beyond"));
  CHECK(contains(refused(Gate::threshold(INT64_MIN), 1), "bound beyond"));
  CHECK(contains(refused(Gate::threshold(0, {INT64_MIN}), 1), "weights whose sizes"));
  CHECK(contains(refused(Gate::threshold(0, {Gate::kLargestSum, 1}), 2), "weights whose sizes"));
  CHECK(contains(refused(Gate::lut(0), 0), "1 to 6"));
  CHECK(contains(refused(Gate::lut(0), 7), "1 to 6"));
  CHECK(contains(refused(Op::Lut, 2), "one table"));
  CHECK(contains(refused({Op::Lut, {1, 2}}, 2), "one table"));
  CHECK(contains(refused(Gate::lut(0x10), 2), "more than 4 bits"));
  CHECK(refused(Gate::lut(~std::uint64_t{0}), 6).empty());
}

TEST_CASE("names are UTF-8") {
  for (const char* good :
       {"z", "\u00e9", "\u20ac", "\U0001f600", "\xed\x9f\xbf", "\xf4\x8f\xbf\xbf"}) {
    Builder b;
    CHECK(refusal([&] { b.input(good); }).empty());
  }
  for (const char* bad : {"\x80", "\xc1\xbf", "\xc3", "\xe2\x82", "\xe0\x9f\xbf", "\xed\xa0\x80",
                          "\xf0\x8f\xbf\xbf", "\xf4\x90\x80\x80", "\xff", "a\xc3z"}) {
    Builder b;
    CHECK(contains(refusal([&] { b.input(bad); }), "UTF-8"));
  }
}

TEST_CASE("a netlist is linked in any order, and keeps its order when that is topological") {
  Netlist list{{"a", "b"},
               {{"late", Op::Or, {"early", "a"}}, {"early", Op::And, {"a", "b"}}},
               {{"y", "late"}}};
  const Circuit c = link(list);
  CHECK(c.name(2) == "early");
  CHECK(c.name(3) == "late");
  CHECK(c.fanins(3)[0] == 2);
  CHECK(link(netlist_of(c)) == c);
  std::swap(list.gates[0], list.gates[1]);
  CHECK(link(list) == c);
}

TEST_CASE("a netlist with a cycle, a stranger or a double is refused") {
  const auto refused = [](std::vector<Netlist::Gate> gates,
                          std::vector<Netlist::Port> outputs = {}) {
    return refusal([&] { link({{"a"}, gates, outputs}); });
  };
  CHECK(refused({{"p", Op::And, {"a", "q"}}, {"q", Op::Not, {"r"}}, {"r", Op::Not, {"q"}}}) ==
        "the gates form a cycle: \"q\" needs \"r\" needs \"q\"");
  CHECK(refused({{"p", Op::Not, {"p"}}}) == "the gates form a cycle: \"p\" needs \"p\"");
  CHECK(contains(refused({{"p", Op::Not, {"who"}}}), "gate \"p\" refers to \"who\""));
  CHECK(contains(refused({}, {{"y", "who"}}), "output \"y\" refers to \"who\""));
  CHECK(contains(refused({{"a", Op::One, {}}}), "two nodes"));
  CHECK(contains(refused({{"", Op::One, {}}}), "gate 0 has no name"));
  CHECK(contains(refused({{"p", Op::Xor, {"a"}}}), "xor \"p\""));
}

TEST_CASE("a chain of 200,000 gates links without recursion") {
  Netlist list{{"0"}, {}, {}};
  constexpr int kGates = 200'000;
  list.gates.reserve(kGates);
  for (int i = kGates; i > 0; --i) {  // last first: the search goes all the way down
    list.gates.push_back({std::to_string(i), Op::Not, {std::to_string(i - 1)}});
  }
  const Circuit c = link(list);
  CHECK(c.nodes() == kGates + 1);
  CHECK(c.name(kGates) == "200000");
}
