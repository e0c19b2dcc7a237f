#include "circuits/statistics.h"

#include <doctest/doctest.h>

#include <nlohmann/json.hpp>
#include <numeric>

#include "circuits/any_circuit.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

TEST_CASE("the numbers of a full adder with an idle chain") {
  Builder b;
  const Node x = b.input("x"), y = b.input("y"), carry = b.input("carry"), idle = b.input("idle");
  const Node sum = b.add(Op::Xor, {x, y, carry});
  const Node up = b.add(Op::Maj, {x, y, carry});
  const Node down = b.add(Op::Not, {up});
  b.add(Op::And, {b.add(Op::Or, {down, idle}), b.add(Op::One, {})});
  b.output(sum, "sum");
  b.output(down, "no carry");
  const CircuitStatistics s = circuit_statistics(b.build());
  CHECK(s.inputs == 4);
  CHECK(s.outputs == 2);
  CHECK(s.ops == std::map<std::string, std::size_t>{
                     {"and", 1}, {"maj", 1}, {"not", 1}, {"one", 1}, {"or", 1}, {"xor", 1}});
  CHECK(s.constants == 1);
  CHECK(s.inverters == 1);
  CHECK(s.gates == 4);
  CHECK(s.depth == 1);
  CHECK(s.gates_by_level == std::vector<std::size_t>{2, 1, 1});
  CHECK(s.mean_fan_in == 10.0 / 4);
  CHECK(s.largest_fan_in == 3);
  CHECK(s.mean_fan_out == 11.0 / 10);
  CHECK(s.largest_fan_out == 2);
  CHECK(s.unreached == 3);
  CHECK(s.unused_inputs == 1);
  CHECK(s.ands == 11);  // two XORs of 3 and a majority of 5, nothing shared
  CHECK(to_json(s)["gates_by_level"] == nlohmann::json{2, 1, 1});
  CHECK(to_json(s)["ops"]["maj"] == 1);
}

TEST_CASE("an empty circuit has zeros") {
  const CircuitStatistics s = circuit_statistics(Circuit());
  CHECK(s.ops.empty());
  CHECK(s.gates_by_level.empty());
  CHECK(s.mean_fan_in == 0);
  CHECK(s.mean_fan_out == 0);
  CHECK(to_json(s).size() == 15);
}

TEST_CASE("the numbers of any circuit add up") {
  const WordSource words = splitmix(11);
  for (int round = 0; round < 100; ++round) {
    const Circuit c = any_circuit(1 + below(5, words), 1 + below(20, words), words);
    const CircuitStatistics s = circuit_statistics(c);
    std::size_t ops = 0;
    for (const auto& [name, count] : s.ops) ops += count;
    CHECK(ops == s.constants + s.inverters + s.gates);
    CHECK(s.inputs + ops == c.nodes());
    CHECK(std::accumulate(s.gates_by_level.begin(), s.gates_by_level.end(), std::size_t{0}) ==
          s.gates);
    CHECK(s.depth == depth(c));
    CHECK(s.unreached == 0);  // every gate is an output
  }
}
