#include "circuits/samplers/topology.h"

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "circuits/evaluation/evaluate.h"
#include "circuits/samplers/frequencies.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

// The pairs of fan-ins that a sampled circuit was made of, NOT gates left out.
std::string topology_of(const Circuit& circuit) {
  std::map<Node, int> number;
  std::string text;
  for (Node v = 0; v < circuit.nodes(); ++v) {
    if (circuit.op(v) == Op::Input) {
      number[v] = 0;
    } else if (circuit.op(v) == Op::Not) {
      number[v] = number.at(circuit.fanins(v)[0]);
    } else {
      const auto fanins = circuit.fanins(v);
      text += std::to_string(number.at(fanins[0])) + std::to_string(number.at(fanins[1])) + " ";
      number[v] = static_cast<int>(std::count(text.begin(), text.end(), ' '));
    }
  }
  return text;
}

}  // namespace

TEST_CASE("numbers of topologies") {
  const std::vector<std::size_t> counts{1, 1, 3, 10, 49, 302, 2312};
  for (std::size_t gates = 1; gates <= counts.size(); ++gates) {
    const auto all = topologies(gates);
    CHECK(all.size() == counts[gates - 1]);
    CHECK(std::ranges::is_sorted(all));
    CHECK(std::set(all.begin(), all.end()).size() == all.size());
  }
  std::size_t eight = 0, nine = 0;
  for_each_topology(8, [&](const Topology&) { ++eight; });
  for_each_topology(9, [&](const Topology&) { ++nine; });
  CHECK(eight == 21218);
  CHECK(nine == 228249);
  CHECK_THROWS_AS(topologies(0), Error);
  CHECK_THROWS_AS(topologies(10), Error);
}

TEST_CASE("topologies are those of the fixtures") {
  const std::filesystem::path path = LAB_SOURCE_DIR "/../shared/fixtures/circuits/topologies.json";
  if (!std::filesystem::exists(path)) {
    MESSAGE("skipped: no fixtures");
    return;
  }
  std::ifstream file(path);
  const auto fixtures = nlohmann::json::parse(file);
  for (const auto& [gates, list] : fixtures["lists"].items()) {
    CHECK(nlohmann::json(topologies(std::stoul(gates))) == list);
  }
  for (const auto& entry : fixtures["counts"]) {
    const std::size_t gates = entry["gates"];
    if (gates <= 7) CHECK(topologies(gates).size() == entry["count"]);
  }
}

TEST_CASE("sampled topologies are uniform") {
  const WordSource words = splitmix(50);
  check_uniform(49, 9800, [&] {
    return topology_of(sample_topology({.gates = 5, .inputs = 2}, words).circuit);
  });
  // Four anonymous fan-ins are in 2 of the 3 topologies of 3 gates, five in none.
  check_uniform(2, 1000, [&] {
    return topology_of(sample_topology({.gates = 3, .inputs = 4}, words).circuit);
  });
}

TEST_CASE("functions and inputs of a topology are uniform") {
  const WordSource words = splitmix(51);
  check_uniform(10, 4000, [&] {
    return output_tables(sample_topology({.gates = 1, .inputs = 2}, words).circuit)[0].hex();
  });
  check_uniform(8, 4000, [&] {
    const TopologyShape shape{.gates = 1, .inputs = 2, .and_only = true};
    return output_tables(sample_topology(shape, words).circuit)[0].hex();
  });
  // (0,0), (0,1) with three inputs: each order of them, with two: 01 or 10, and any.
  const auto inputs_of = [](const Circuit& circuit) {
    std::string text;
    for (Node v = 0; v < circuit.nodes(); ++v) {
      if (circuit.op(v) == Op::Input || circuit.op(v) == Op::Not) continue;
      for (Node fanin : circuit.fanins(v)) {
        if (circuit.op(fanin) == Op::Not) fanin = circuit.fanins(fanin)[0];
        if (fanin < circuit.inputs()) text += std::to_string(fanin);
      }
    }
    return text;
  };
  check_uniform(6, 3000, [&] {
    return inputs_of(sample_topology({.gates = 2, .inputs = 3}, words).circuit);
  });
  check_uniform(4, 3000, [&] {
    return inputs_of(sample_topology({.gates = 2, .inputs = 2}, words).circuit);
  });
}

TEST_CASE("observable networks have no idle part") {
  const WordSource words = splitmix(52);
  std::int64_t attempts = 0;
  for (int i = 0; i < 100; ++i) {
    const Sampled sampled = sample_topology({.gates = 7, .inputs = 4, .observable = true}, words);
    attempts += sampled.attempts;
    REQUIRE(std::ranges::count(observable(sampled.circuit), false) == 0);
  }
  CHECK(attempts > 100);  // some are rejected
  CHECK_THROWS_AS(sample_topology({.gates = 3, .inputs = 5}, words), Error);
  CHECK_THROWS_AS(sample_topology({.gates = 10}, words), Error);
  CHECK_THROWS_AS(sample_topology({.gates = 3, .inputs = 1}, words), Error);
}
