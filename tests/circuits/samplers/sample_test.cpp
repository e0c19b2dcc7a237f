#include "circuits/samplers/random.h"

#include <doctest/doctest.h>

#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <set>

#include "circuits/evaluation/evaluate.h"
#include "circuits/formats/json.h"
#include "circuits/samplers/dag.h"
#include "circuits/samplers/parity.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

// Pearson's statistic of counts against their probabilities.
double chi_squared(const std::vector<int>& counts, const std::vector<double>& probabilities) {
  double total = 0, statistic = 0;
  for (const int count : counts) total += count;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    const double expected = total * probabilities[i];
    statistic += (counts[i] - expected) * (counts[i] - expected) / expected;
  }
  return statistic;
}

// Upper 1e-6 quantiles of χ² by degrees of freedom: the false-alarm rate of the tests below.
const std::map<int, double> kLimit{{8, 42.70}, {9, 44.81}, {19, 63.68}};

bool is_gate(Op op) {
  return op == Op::And || op == Op::Or || op == Op::Xor;
}

void check_promises(const DagShape& shape, const Circuit& c) {
  REQUIRE(c.inputs() == shape.inputs);
  REQUIRE(c.outputs().size() == shape.outputs);
  REQUIRE(depth(c) == shape.depth);
  std::size_t gates = 0;
  std::set<TruthTable> functions{TruthTable(static_cast<int>(shape.inputs))};
  const auto tables = node_tables(c);
  for (Node v = 0; v < c.nodes(); ++v) {
    REQUIRE(c.fanins(v).size() <= shape.fan_in);
    const std::set<Node> different(c.fanins(v).begin(), c.fanins(v).end());
    REQUIRE(different.size() == c.fanins(v).size());
    gates += is_gate(c.op(v));
    if (c.op(v) == Op::Not) continue;
    REQUIRE(functions.insert(tables[v][0] ? ~tables[v] : tables[v]).second);
  }
  REQUIRE(gates == shape.gates);
  // Flipping any node changes some output: by whole tables, not in blocks.
  for (Node v = 0; v < c.nodes(); ++v) {
    auto flipped = tables;
    flipped[v] = ~flipped[v];
    evaluate_from(c, v + 1, TruthTables{static_cast<int>(c.inputs())}, flipped);
    bool seen = false;
    for (const Output& output : c.outputs()) {
      seen = seen || flipped[output.node] != tables[output.node];
    }
    REQUIRE(seen);
  }
}

}  // namespace

TEST_CASE("below is uniform and reads what it says") {
  const WordSource words = splitmix(7);
  std::vector<int> counts(10, 0);
  for (int i = 0; i < 20'000; ++i) ++counts[below(10, words)];
  CHECK(chi_squared(counts, std::vector<double>(10, 0.1)) < kLimit.at(9));
  std::vector<std::uint64_t> script{0xff0a, 0xff0f, 0xff03};
  std::size_t at = 0;
  const WordSource scripted = [&] { return script[at++]; };
  CHECK(below(10, scripted) == 3);  // 10 and 15 are passed over
  CHECK(at == 3);
  CHECK(below(1, scripted) == 0);
  CHECK(at == 3);
  CHECK_THROWS_AS(below(0, words), Error);
  CHECK(below(~std::uint64_t{0}, [] { return std::uint64_t{5}; }) == 5);
}

TEST_CASE("chance compares the upper 53 bits") {
  CHECK(!chance(0, [] { return std::uint64_t{0}; }));
  CHECK(chance(1, [] { return ~std::uint64_t{0}; }));
  CHECK(chance(0.5, [] { return (std::uint64_t{1} << 63) - 1; }));
  CHECK(!chance(0.5, [] { return std::uint64_t{1} << 63; }));
}

TEST_CASE("choose gives every sequence equally often") {
  const WordSource words = splitmix(8);
  std::map<std::pair<std::uint64_t, std::uint64_t>, int> seen;
  for (int i = 0; i < 20'000; ++i) {
    const auto chosen = choose(2, 5, words);
    REQUIRE(chosen[0] != chosen[1]);
    ++seen[{chosen[0], chosen[1]}];
  }
  std::vector<int> counts;
  for (const auto& [pair, count] : seen) counts.push_back(count);
  REQUIRE(counts.size() == 20);
  CHECK(chi_squared(counts, std::vector<double>(20, 0.05)) < kLimit.at(19));
  CHECK_THROWS_AS(choose(6, 5, words), Error);
}

TEST_CASE("a parity is that of its inputs, and all sets of inputs are equally likely") {
  const WordSource words = splitmix(9);
  std::map<std::string, int> seen;
  for (int i = 0; i < 10'000; ++i) {
    const Circuit c = sample_parity({.inputs = 5, .k = 3}, words);
    const TruthTable table = output_tables(c)[0];
    TruthTable expected(5);
    const Relevance relevance = relevant_inputs(c, c.outputs()[0].node);
    REQUIRE(relevance.inputs.size() == 3);
    for (const Node v : relevance.inputs) expected ^= TruthTable::input(5, static_cast<int>(v));
    REQUIRE(table == expected);
    ++seen[table.hex()];
  }
  std::vector<int> counts;
  for (const auto& [table, count] : seen) counts.push_back(count);
  REQUIRE(counts.size() == 10);
  CHECK(chi_squared(counts, std::vector<double>(10, 0.1)) < kLimit.at(9));
}

TEST_CASE("parities of every size and fan-in") {
  for (std::size_t k = 1; k <= 8; ++k) {
    for (const std::size_t fan_in : {2, 3, 8}) {
      const Circuit c = sample_parity({.inputs = 8, .k = k, .fan_in = fan_in}, splitmix(k));
      CHECK(relevant_inputs(c, c.outputs()[0].node).inputs.size() == k);
      CHECK(output_tables(c)[0].ones() == 128);
      if (fan_in == 2) CHECK(c.nodes() == 8 + k - 1);
      if (fan_in == 8) CHECK(c.nodes() == (k == 1 ? 8 : 9));
    }
  }
  const WordSource words = splitmix(0);
  CHECK_THROWS_AS(sample_parity({.inputs = 3, .k = 4}, words), Error);
  CHECK_THROWS_AS(sample_parity({.inputs = 3, .k = 0}, words), Error);
  CHECK_THROWS_AS(sample_parity({.inputs = 3, .k = 2, .fan_in = 1}, words), Error);
}

TEST_CASE("random circuits keep their promises") {
  const std::vector<DagShape> shapes{
      {},
      {.inputs = 2, .gates = 1, .outputs = 1, .depth = 1, .fan_in = 2},
      {.inputs = 4, .gates = 6, .outputs = 1, .depth = 3, .fan_in = 2},
      {.inputs = 6, .gates = 30, .outputs = 3, .depth = 8, .fan_in = 2},
      {.inputs = 7, .gates = 25, .outputs = 6, .depth = 4, .fan_in = 5, .not_share = 0.2},
      {.inputs = 8, .gates = 16, .xor_share = 0, .not_share = 0},
      {.inputs = 5, .gates = 8, .outputs = 2, .depth = 4, .xor_share = 1},
      {.inputs = 9, .gates = 60, .outputs = 8, .depth = 6},
  };
  for (const DagShape& shape : shapes) {
    const WordSource words = splitmix(10);
    for (int i = 0; i < 15; ++i) {
      const Sampled sampled = sample_dag(shape, words);
      check_promises(shape, sampled.circuit);
      CHECK(sampled.attempts >= 1);
    }
  }
}

TEST_CASE("one gate of two inputs has the documented distribution") {
  // XOR with probability .2; else AND or OR of two literals, all eight functions equally likely.
  const WordSource words = splitmix(11);
  const DagShape shape{
      .inputs = 2, .gates = 1, .outputs = 1, .depth = 1, .fan_in = 2, .xor_share = 0.2};
  const std::vector<std::string> tables{"6", "8", "4", "2", "1", "e", "d", "b", "7"};
  std::vector<double> probabilities(9, 0.1);
  probabilities[0] = 0.2;
  std::vector<int> counts(9, 0);
  for (int i = 0; i < 20'000; ++i) {
    const Sampled sampled = sample_dag(shape, words);
    REQUIRE(sampled.attempts == 1);
    const auto at = std::ranges::find(tables, output_tables(sampled.circuit)[0].hex());
    REQUIRE(at != tables.end());
    ++counts[static_cast<std::size_t>(at - tables.begin())];
  }
  CHECK(chi_squared(counts, probabilities) < kLimit.at(8));
}

TEST_CASE("shapes that cannot be are refused, and those that are not found end") {
  const auto refused = [](const DagShape& shape) {
    CHECK_THROWS_AS(sample_dag(shape, splitmix(0)), Error);
  };
  refused({.inputs = 0});
  refused({.inputs = 21});
  refused({.gates = 0, .outputs = 0, .depth = 0});
  refused({.gates = 4, .outputs = 5});
  refused({.gates = 4, .depth = 5});
  refused({.depth = 0});
  refused({.fan_in = 1});
  refused({.xor_share = 1.5});
  refused({.not_share = -0.1});
  refused({.inputs = 20, .gates = 4, .outputs = 1, .depth = 2, .fan_in = 2});  // too few fan-ins
  refused({.gates = 16, .outputs = 1, .depth = 4, .fan_in = 2});  // at most 15 reach the output
  refused({.inputs = 1, .gates = 1, .outputs = 1, .depth = 1});   // no gate of one input is new
  refused({.inputs = 2, .gates = 6, .outputs = 6, .depth = 1});   // there are five functions
  refused({.inputs = 20, .gates = 60'000});                       // memory
}

TEST_CASE("samples are the same on every machine") {
  std::ifstream file(LAB_SOURCE_DIR "/tests/data/circuits/samples.json");
  const auto golden = nlohmann::json::parse(file);
  CHECK(to_json(sample_dag({}, splitmix(1)).circuit) == golden["dag"]);
  CHECK(to_json(sample_dag({.inputs = 5, .gates = 9, .outputs = 2, .depth = 5, .fan_in = 2},
                           splitmix(2))
                    .circuit) == golden["dag_deep"]);
  CHECK(to_json(sample_parity({.inputs = 12, .k = 5}, splitmix(3))) == golden["parity"]);
}
