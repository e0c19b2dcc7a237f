#include "circuits/builder.h"

#include <doctest/doctest.h>

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
