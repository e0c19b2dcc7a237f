#include "circuits/aig.h"

#include <doctest/doctest.h>

#include <array>

#include "circuits/any_circuit.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

std::size_t ands(const Circuit& circuit) {
  std::size_t count = 0;
  for (Node v = 0; v < circuit.nodes(); ++v) count += circuit.op(v) == Op::And;
  return count;
}

Circuit single(const Gate& gate, std::size_t fanins) {
  Builder b;
  std::vector<Node> inputs;
  for (std::size_t i = 0; i < fanins; ++i) inputs.push_back(b.input());
  b.output(b.add(gate, inputs), "y");
  return b.build();
}

}  // namespace

TEST_CASE("the graph of any circuit computes the same") {
  const WordSource words = splitmix(3);
  for (int round = 0; round < 200; ++round) {
    const Circuit c = any_circuit(below(6, words), 1 + below(12, words), words);
    const Circuit graph = and_inverter_graph(c);
    CHECK(is_and_inverter_graph(graph));
    CHECK(output_tables(graph) == output_tables(c));
    REQUIRE(graph.outputs().size() == c.outputs().size());
    for (std::size_t i = 0; i < c.outputs().size(); ++i) {
      CHECK(graph.outputs()[i].name == c.outputs()[i].name);
    }
    CHECK(and_inverter_graph(graph) == graph);  // it is one already
  }
}

TEST_CASE("gates take as many ANDs as they need") {
  CHECK(ands(and_inverter_graph(single(Op::And, 2))) == 1);
  CHECK(ands(and_inverter_graph(single(Op::Xor, 2))) == 3);
  CHECK(ands(and_inverter_graph(single(Op::Mux, 3))) == 3);
  CHECK(ands(and_inverter_graph(single(Op::Maj, 3))) == 5);
  CHECK(ands(and_inverter_graph(single(Op::Or, 100))) == 99);
  CHECK(depth(and_inverter_graph(single(Op::Or, 64))) == 6);
  CHECK(depth(and_inverter_graph(single(Op::Xnor, 64))) == 12);
  CHECK(ands(and_inverter_graph(single(Op::Not, 1))) == 0);
}

TEST_CASE("equal and trivial ANDs are no ANDs") {
  AigBuilder graph(2);
  const Signal x = graph.input(0), y = graph.input(1);
  CHECK(graph.both(x, y) == graph.both(y, x));
  CHECK(graph.ands().size() == 1);
  CHECK(graph.both(x, 0) == 0);
  CHECK(graph.both(1, x) == x);
  CHECK(graph.both(x, x) == x);
  CHECK(graph.both(x ^ 1, x) == 0);
  CHECK(graph.select(y, x, x) == x);
  CHECK(graph.ands().size() == 1);
  const std::array<Signal, 2> both{x, x};
  CHECK(graph.gate(Op::Xor, both) == 0);
  CHECK_THROWS_AS(graph.add(single(Op::And, 3), both), Error);
}
