#include "circuits/statistics.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "circuits/any_circuit.h"
#include "circuits/builder.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

TEST_CASE("statistics of a small circuit") {
  Builder b;
  const Node x = b.input(), y = b.input(), z = b.input();
  b.input();
  const Node both = b.add(Op::And, {x, y});
  const Node inverse = b.add(Op::Not, {both});
  const Node sum = b.add(Op::Or, {inverse, z, x});
  b.add(Op::Xor, {sum, z});
  b.add(Op::One, {});
  b.output(sum);
  b.output(x);
  const CircuitStatistics s = statistics(b.build());
  CHECK(to_json(s) == nlohmann::json::parse(R"({
    "inputs": 4, "outputs": 2, "nodes": 9, "gates": 3,
    "by_op": {"input": 4, "one": 1, "not": 1, "and": 1, "or": 1, "xor": 1},
    "depth": 2, "by_level": [0, 1, 1, 1], "most_fanins": 3, "mean_fanins": 2.0,
    "most_fanouts": 2, "mean_fanouts": 0.8888888888888888, "unused_inputs": 1, "dead_gates": 2,
    "ands": 3})"));
}

TEST_CASE("statistics of nothing, and of anything") {
  const CircuitStatistics none = statistics(Circuit());
  CHECK(none.nodes == 0);
  CHECK(none.mean_fanins == 0);
  const WordSource words = splitmix(51);
  for (int trial = 0; trial < 100; ++trial) {
    const Circuit c = any_circuit(3, 20, words);
    const CircuitStatistics s = statistics(c);
    CHECK(std::accumulate(s.by_op.begin(), s.by_op.end(), std::size_t{0}) == c.nodes());
    CHECK(std::accumulate(s.by_level.begin(), s.by_level.end(), std::size_t{0}) == s.gates);
    CHECK(s.gates == gate_count(c));
    CHECK(s.dead_gates == 0);  // all gates are outputs
    CHECK(s.by_level.size() >= depth(c) + 1);
  }
}
