#include "circuits/rewriting/simplify.h"

#include <doctest/doctest.h>

#include "circuits/any_circuit.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/rewriting/simple_gate.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

// "op(name, …)" of the nodes that are no inputs, in their order.
std::string text(const Circuit& circuit) {
  std::string all;
  for (Node v = static_cast<Node>(circuit.inputs()); v < circuit.nodes(); ++v) {
    all += (all.empty() ? "" : " ") + circuit.name(v) + "=" + std::string(rule(circuit.op(v)).name);
    for (const Node fanin : circuit.fanins(v)) all += "," + circuit.name(fanin);
  }
  return all;
}

// One gate "f" of the inputs a, b, c, constants and complements that `fanins` spells: "a", "!b",
// "0", "1", in its simple form.
std::string simple(const Gate& gate, const std::vector<std::string>& fanins) {
  Builder b;
  const Node first = b.input("a");
  b.input("b");
  b.input("c");
  std::vector<Node> nodes;
  for (const std::string& fanin : fanins) {
    if (fanin == "0" || fanin == "1") {
      nodes.push_back(b.add(fanin == "0" ? Op::Zero : Op::One, {}));
    } else if (fanin[0] == '!') {
      const auto x = static_cast<Node>(first + static_cast<Node>(fanin[1] - 'a'));
      nodes.push_back(b.add(Op::Not, {x}, b.nodes() == 3 ? "n" : ""));
    } else {
      nodes.push_back(static_cast<Node>(fanin[0] - 'a'));
    }
  }
  b.output(b.add(gate, nodes, "f"), "y");
  const Circuit c = simplify(b.build());
  return text(c) + " -> " + c.name(c.outputs()[0].node);
}

}  // namespace

TEST_CASE("gates become as simple as they are") {
  CHECK(simple(Op::And, {"a", "b"}) == "f=and,a,b -> f");
  CHECK(simple(Op::And, {"a", "1", "b", "a"}) == "f=and,a,b -> f");
  CHECK(simple(Op::And, {"a", "0"}) == "g3=zero -> g3");
  CHECK(simple(Op::And, {"a", "!a"}) == "f=zero -> f");
  CHECK(simple(Op::Nand, {"a", "1", "a"}) == "f=not,a -> f");
  CHECK(simple(Op::Or, {"a", "b", "!a"}) == "f=one -> f");
  CHECK(simple(Op::Nor, {"0", "0"}) == "f=one -> f");
  CHECK(simple(Op::Or, {"a", "0"}) == " -> a");
  CHECK(simple(Op::Buf, {"b"}) == " -> b");
  CHECK(simple(Op::Not, {"!b"}) == " -> b");
  CHECK(simple(Op::Xor, {"!a", "b"}) == "f=xnor,a,b -> f");
  CHECK(simple(Op::Xnor, {"a", "b", "c", "b"}) == "f=xnor,a,c -> f");
  CHECK(simple(Op::Xor, {"a", "a"}) == "f=zero -> f");
  CHECK(simple(Op::Maj, {"a", "b", "a"}) == " -> a");
  CHECK(simple(Op::Maj, {"a", "1", "c"}) == "f=or,a,c -> f");
  CHECK(simple(Op::Maj, {"a", "b", "!a"}) == " -> b");
  CHECK(simple(Op::Maj, {"a", "b", "c", "0", "1"}) == "f=maj,a,b,c -> f");
  CHECK(simple(Op::Mux, {"a", "b", "b"}) == " -> b");
  CHECK(simple(Op::Mux, {"1", "b", "c"}) == " -> b");
  CHECK(simple(Op::Mux, {"a", "b", "0"}) == "f=and,a,b -> f");
  CHECK(simple(Op::Mux, {"a", "a", "b"}) == "f=or,a,b -> f");
  CHECK(simple(Op::Mux, {"!a", "b", "c"}) == "f=mux,a,c,b -> f");
  CHECK(simple(Op::Mux, {"a", "!b", "b"}) == "f=xor,a,b -> f");
  CHECK(simple(Gate::threshold(3, {5, 1, 1}), {"a", "b", "c"}) == " -> a");
  CHECK(simple(Gate::threshold(2, {2, 2, 4}), {"a", "b", "c"}) == "f=or,a,b,c -> f");
  CHECK(simple(Gate::threshold(-1, {-1, -1}), {"a", "b"}) == "g3=not,a g4=not,b f=or,g3,g4 -> f");
  CHECK(simple(Gate::threshold(2, {1, 1, 1}), {"a", "b", "c"}) == "f=maj,a,b,c -> f");
  CHECK(simple(Gate::lut(0b1000), {"a", "b"}) == "f=and,a,b -> f");
  CHECK(simple(Gate::lut(0b1001), {"a", "!b"}) == "f=xor,a,b -> f");
  CHECK(simple(Gate::lut(0b11001100), {"a", "b", "c"}) == " -> b");
}

TEST_CASE("equal gates are one, up to De Morgan's laws and complement") {
  Builder b;
  const Node x = b.input("x"), y = b.input("y"), z = b.input("z");
  const Node nx = b.add(Op::Not, {x}, "nx"), ny = b.add(Op::Not, {y}, "ny");
  b.output(b.add(Op::And, {x, y}, "and"));
  b.output(b.add(Op::And, {y, x}, "again"));
  b.output(b.add(Op::Nand, {y, x}, "nand"));
  b.output(b.add(Op::Or, {nx, ny}, "or"));
  b.output(b.add(Op::Nor, {ny, nx}, "nor"));
  b.output(b.add(Op::Maj, {x, y, z}, "maj"));
  b.output(b.add(Gate::threshold(2), {z, y, x}, "two"));
  b.output(b.add(Gate::lut(0b10010111), {x, y, z}, "lut"));
  b.output(b.add(Gate::lut(0b01101000), {z, x, y}, "other"));
  b.add(Op::Xor, {x, y, z}, "idle");
  const Circuit c = b.build();
  const Circuit s = simplify(c);
  CHECK(text(s) == "and=and,x,y nand=not,and maj=maj,x,y,z lut=lut,x,y,z other=not,lut");
  CHECK(output_tables(s) == output_tables(c));
}

TEST_CASE("simplifying keeps functions, inputs and outputs, and is done after once") {
  const WordSource words = splitmix(5);
  for (int round = 0; round < 1500; ++round) {
    const Circuit c = any_circuit(below(7, words), 1 + below(30, words), words);
    const Circuit s = simplify(c);
    REQUIRE(s.inputs() == c.inputs());
    REQUIRE(s.outputs().size() == c.outputs().size());
    CHECK(output_tables(s) == output_tables(c));
    CHECK(simplify(s) == s);
    for (std::size_t i = 0; i < s.outputs().size(); ++i) {
      CHECK(s.outputs()[i].name == c.outputs()[i].name);
    }
    for (Node v = 0; v < s.nodes(); ++v) {
      const bool constant = s.op(v) == Op::Zero || s.op(v) == Op::One;
      CHECK((constant || s.op(v) == Op::Input || !s.fanins(v).empty()));
      for (const Node fanin : s.fanins(v)) {
        CHECK((s.op(fanin) != Op::Zero && s.op(fanin) != Op::One));
        CHECK(s.op(fanin) != Op::Buf);
        CHECK_FALSE((s.op(v) == Op::Not && s.op(fanin) == Op::Not));
      }
    }
  }
}

TEST_CASE("a sampled circuit without idle parts keeps all its gates") {
  Builder b;
  const Node x = b.input("x"), y = b.input("y"), z = b.input("z");
  const Node n = b.add(Op::Not, {y}, "n");
  b.output(b.add(Op::Or, {z, b.add(Op::And, {n, x}, "p")}, "q"), "out");
  b.output(b.add(Op::One, {}, "always"), "true");
  CHECK(simplify(b.build()) == b.build());
}

TEST_CASE("a simplified gate is simple") {
  const WordSource words = splitmix(6);
  for (int round = 0; round < 3000; ++round) {
    const Op op = static_cast<Op>(3 + below(12, words));
    std::size_t count = rule(op).least;
    if (op == Op::Maj) count += 2 * below(4, words);
    if (op == Op::Lut || op == Op::Threshold) count += below(6, words);
    if (op != Op::Maj && rule(op).most > 6) count += below(4, words);
    std::vector<Signal> fanins;
    while (fanins.size() < count) fanins.push_back(static_cast<Signal>(below(12, words)));
    const SimpleGate once = simplified(any_gate(op, count, words), fanins);
    if (once.gate.op == Op::Buf) continue;
    const SimpleGate twice = simplified(once.gate, once.fanins);
    CHECK(once.gate == twice.gate);
    CHECK(once.fanins == twice.fanins);
    CHECK_FALSE(twice.inverted);
    std::vector<Signal> turned(once.fanins.rbegin(), once.fanins.rend());
    const bool symmetric = once.gate.op != Op::Mux && once.gate.parameters.empty();
    if (symmetric) CHECK(key_of({once.gate, turned}).numbers == key_of(twice).numbers);
  }
}

TEST_CASE("a chain of 300,000 gates is simplified without recursion") {
  Builder b;
  Node last = b.input("x");
  const Node y = b.input("y");
  for (int i = 0; i < 100'000; ++i) {
    last = b.add(Op::Not, {b.add(Op::Buf, {last})});
    last = b.add(Op::Xor, {last, y});
  }
  b.output(last, "f");
  const Circuit s = simplify(b.build());
  CHECK(s.nodes() == 100'002);  // no NOT is left: they turn into XNOR or cancel
  CHECK(depth(s) == 100'000);
}
