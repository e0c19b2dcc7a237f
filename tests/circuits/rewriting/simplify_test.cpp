#include "circuits/rewriting/simplify.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <set>

#include "circuits/any_circuit.h"
#include "circuits/builder.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/formats/json.h"
#include "circuits/netlist.h"
#include "circuits/rewriting/small_table.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

// The simplified circuit of one gate over the inputs a, b, c, d and the nodes 0, 1 and "na" (not a),
// as text: "and(a, b)", "not(a)", "0" or the name of an input.
std::string shown(const Circuit& c, Node v) {
  const Op op = c.op(v);
  if (op == Op::Input) return c.name(v);
  if (op == Op::Zero || op == Op::One) return op == Op::One ? "1" : "0";
  std::string text(rule(op).name);
  for (const std::int64_t p : c.parameters(v)) text += "," + std::to_string(p);
  text += "(";
  for (const Node fanin : c.fanins(v)) text += (text.back() == '(' ? "" : " ") + shown(c, fanin);
  return text + ")";
}

std::string simple(const Gate& gate, const std::vector<std::string>& fanins) {
  const Netlist list{{"a", "b", "c", "d"},
                     {{"0", Op::Zero, {}},
                      {"1", Op::One, {}},
                      {"na", Op::Not, {"a"}},
                      {"nb", Op::Not, {"b"}},
                      {"gate", gate, fanins}},
                     {{"y", "gate"}}};
  const Circuit c = simplify(link(list));
  return shown(c, c.outputs()[0].node);
}

}  // namespace

TEST_CASE("gates with constants, repeated and complementary fan-ins") {
  CHECK(simple(Op::And, {"a", "b", "a"}) == "and(a b)");
  CHECK(simple(Op::And, {"a", "a"}) == "a");
  CHECK(simple(Op::And, {"a", "1", "b"}) == "and(a b)");
  CHECK(simple(Op::And, {"a", "0"}) == "0");
  CHECK(simple(Op::And, {"na", "b", "a"}) == "0");
  CHECK(simple(Op::Nand, {"a", "na"}) == "1");
  CHECK(simple(Op::Nand, {"a", "1"}) == "not(a)");
  CHECK(simple(Op::Nand, {"na", "na"}) == "a");
  CHECK(simple(Op::Or, {"a", "na"}) == "1");
  CHECK(simple(Op::Or, {"0", "0"}) == "0");
  CHECK(simple(Op::Nor, {"b", "0"}) == "not(b)");
  CHECK(simple(Op::Nor, {"b", "1"}) == "0");
  CHECK(simple(Op::Xor, {"a", "b", "a"}) == "b");
  CHECK(simple(Op::Xor, {"a", "na"}) == "1");
  CHECK(simple(Op::Xor, {"na", "b"}) == "xnor(a b)");
  CHECK(simple(Op::Xnor, {"na", "nb"}) == "xnor(a b)");
  CHECK(simple(Op::Xnor, {"a", "1", "a", "c"}) == "c");
  CHECK(simple(Op::Buf, {"na"}) == "not(a)");
  CHECK(simple(Op::Not, {"na"}) == "a");
}

TEST_CASE("maj, mux, threshold and lut become what they are") {
  CHECK(simple(Op::Maj, {"a", "a", "b"}) == "a");
  CHECK(simple(Op::Maj, {"a", "na", "b"}) == "b");
  CHECK(simple(Op::Maj, {"a", "b", "0"}) == "and(a b)");
  CHECK(simple(Op::Maj, {"a", "b", "1"}) == "or(a b)");
  CHECK(simple(Op::Maj, {"a", "b", "c"}) == "maj(a b c)");
  CHECK(simple(Op::Maj, {"a", "a", "b", "c", "d"}) == "threshold,3,2,1,1,1(a b c d)");
  CHECK(simple(Op::Mux, {"1", "a", "b"}) == "a");
  CHECK(simple(Op::Mux, {"a", "b", "b"}) == "b");
  CHECK(simple(Op::Mux, {"a", "1", "0"}) == "a");
  CHECK(simple(Op::Mux, {"a", "b", "0"}) == "and(a b)");
  CHECK(simple(Op::Mux, {"a", "0", "b"}) == "and(not(a) b)");
  CHECK(simple(Op::Mux, {"a", "b", "nb"}) == "xnor(a b)");
  CHECK(simple(Op::Mux, {"na", "b", "c"}) == "mux(a c b)");
  CHECK(simple(Op::Mux, {"a", "a", "b"}) == "or(a b)");
  CHECK(simple(Gate::threshold(2, {2, 2, 2}), {"a", "b", "c"}) == "or(a b c)");
  CHECK(simple(Gate::threshold(3, {2, 2, 4}), {"a", "b", "c"}) == "threshold,2,1,1,2(a b c)");
  CHECK(simple(Gate::threshold(-3, {-2, -2}), {"a", "b"}) == "nand(a b)");
  CHECK(simple(Gate::threshold(5, {2, 2}), {"a", "b"}) == "0");
  CHECK(simple(Gate::threshold(2, {3, 1}), {"a", "b"}) == "a");  // b does not matter
  CHECK(simple(Gate::threshold(1, {-1, 2}), {"a", "a"}) == "a");
  CHECK(simple(Gate::lut(0x6), {"a", "b"}) == "xor(a b)");
  CHECK(simple(Gate::lut(0xe8), {"a", "b", "c"}) == "maj(a b c)");
  CHECK(simple(Gate::lut(0xca), {"a", "b", "c"}) == "mux(c b a)");
  CHECK(simple(Gate::lut(0xaaaa), {"c", "b", "a", "d"}) == "c");
  CHECK(simple(Gate::lut(0x17), {"a", "b", "b"}) == "not(b)");
}

TEST_CASE("wide thresholds and majorities") {
  const WordSource words = splitmix(31);
  for (int trial = 0; trial < 200; ++trial) {
    Builder b;
    for (int i = 0; i < 8; ++i) b.input();
    b.add(Op::Not, {0});
    std::vector<Node> fanins;
    std::vector<std::int64_t> weights;
    while (fanins.size() < 7 + 2 * below(4, words)) {
      fanins.push_back(static_cast<Node>(below(9, words)));
      weights.push_back(2 * static_cast<std::int64_t>(below(5, words)) - 4);
    }
    const auto bound = static_cast<std::int64_t>(below(20, words)) - 10;
    b.output(b.add(Gate::threshold(bound, weights), fanins));
    if (fanins.size() % 2 == 1) b.output(b.add(Op::Maj, fanins));
    b.output(b.add(Gate::threshold(bound), fanins));
    const Circuit c = b.build(), once = simplify(c);
    REQUIRE(output_tables(once) == output_tables(c));
    REQUIRE(simplify(once) == once);
  }
}

TEST_CASE("equal and complementary gates are shared, dead ones go, names stay where they can") {
  const Netlist list{{"a", "b", "idle"},
                     {{"both", Op::And, {"a", "b"}},
                      {"again", Op::And, {"b", "a"}},
                      {"other", Op::Nand, {"a", "b"}},
                      {"dead", Op::Or, {"a", "b"}},
                      {"neither", Op::Nor, {"a", "b"}},
                      {"top", Op::Xor, {"both", "neither"}}},
                     {{"p", "top"}, {"q", "other"}, {"r", "again"}, {"s", "a"}}};
  const Circuit c = simplify(link(list));
  const Netlist expected{{"a", "b", "idle"},
                         {{"both", Op::And, {"a", "b"}},
                          {"other", Op::Not, {"both"}},
                          {"neither", Op::Nor, {"a", "b"}},
                          {"top", Op::Xor, {"both", "neither"}}},
                         {{"p", "top"}, {"q", "other"}, {"r", "both"}, {"s", "a"}}};
  CHECK(to_json(c).dump() == to_json(link(expected)).dump());
  CHECK(c == link(expected));
}

TEST_CASE("simplification keeps the function and the outputs, and twice is once") {
  const WordSource words = splitmix(32);
  for (int trial = 0; trial < 3000; ++trial) {
    const std::size_t n = below(6, words);
    const Circuit c = any_circuit(n, 1 + below(25, words), words);
    const Circuit once = simplify(c);
    REQUIRE(output_tables(once) == output_tables(c));
    REQUIRE(once.inputs() == c.inputs());
    REQUIRE(once.nodes() <= c.nodes() + c.nodes());
    REQUIRE(simplify(once) == once);
    std::vector<Node> roots;
    for (std::size_t i = 0; i < c.outputs().size(); ++i) {
      CHECK(once.outputs()[i].name == c.outputs()[i].name);
      roots.push_back(once.outputs()[i].node);
    }
    const std::vector<bool> used = in_cone(once, roots);
    std::set<std::vector<Node>> inverted;
    for (Node v = static_cast<Node>(n); v < once.nodes(); ++v) {
      CHECK(used[v]);
      CHECK(once.op(v) != Op::Buf);
      if (once.op(v) != Op::Not) continue;
      CHECK(once.op(once.fanins(v)[0]) != Op::Not);
      CHECK(inverted.insert({once.fanins(v).begin(), once.fanins(v).end()}).second);
    }
  }
}

TEST_CASE("a long chain folds without recursion") {
  Builder b;
  Node last = b.input();
  const Node other = b.input();
  for (int i = 0; i < 100'000; ++i)
    last = b.add(i % 2 == 0 ? Op::Not : Op::And,
                 i % 2 == 0 ? std::vector<Node>{last} : std::vector<Node>{last, other});
  b.output(b.add(Op::Xor, {last, last, other}));
  const Circuit c = simplify(b.build());
  CHECK(c.nodes() == 2);
  CHECK(c.outputs()[0].node == other);
}
