// Counts of circuits, readings and mappings: by hand, by brute force, and unchanged by renaming neurons.
#include "lab/mechanisms/identifiability.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/mechanisms/readings.h"

using namespace lab;

namespace {

constexpr InputTable kXor = 0b0110;

double relu(double x) {
  return std::max(x, 0.0);
}
double leaky(double x) {
  return x > 0 ? x : 0.01 * x;
}

// XOR by A∨B-like x1 + x2 and A∧B: y = relu(s) − 2·relu(s − 1) with s = x1 + x2, carried through.
SmallNetwork by_hand() {
  return {.width = 2,
          .first_weight = {{1, 1}, {1, 1}},
          .first_bias = {0, -1},
          .second_weight = {{1, 0}, {0, 1}},
          .second_bias = {0, 0},
          .output_weight = {1, -2},
          .output_bias = 0,
          .activation = relu};
}

SmallNetwork random_network(std::int64_t k, std::uint64_t sample) {
  Words words = Draw("test/network", 1).at(sample);
  const auto n = static_cast<std::size_t>(k);
  SmallNetwork net{.width = k, .output_bias = words.normal(), .activation = leaky};
  for (std::size_t i = 0; i < n; ++i) {
    net.first_weight.push_back({words.normal(), words.normal()});
    net.first_bias.push_back(words.normal());
    net.second_bias.push_back(words.normal());
    net.output_weight.push_back(2 * words.normal());
    net.second_weight.emplace_back();
    for (std::size_t j = 0; j < n; ++j) net.second_weight.back().push_back(words.normal());
  }
  return net;
}

// The i-th edge's weight: into the first layer, into the second, to the output.
std::vector<double*> edges_of(SmallNetwork& net) {
  std::vector<double*> edges;
  for (auto& row : net.first_weight) {
    for (double& w : row) edges.push_back(&w);
  }
  for (auto& row : net.second_weight) {
    for (double& w : row) edges.push_back(&w);
  }
  for (double& w : net.output_weight) edges.push_back(&w);
  return edges;
}

// Wholeness by its definition.
bool whole(unsigned set, std::size_t k) {
  const auto first = [&](std::size_t i, std::size_t in) { return set >> (2 * i + in) & 1; };
  const auto second = [&](std::size_t j, std::size_t i) { return set >> (2 * k + k * j + i) & 1; };
  const auto last = [&](std::size_t j) { return set >> (2 * k + k * k + j) & 1; };
  bool input[2] = {false, false}, output = false;
  for (std::size_t n = 0; n < k; ++n) {
    bool in1 = false, out1 = false, in2 = false;
    for (std::size_t in = 0; in < 2; ++in) {
      if (first(n, in)) in1 = input[in] = true;
    }
    for (std::size_t m = 0; m < k; ++m) {
      if (second(m, n)) out1 = true;
      if (second(n, m)) in2 = true;
    }
    if (in1 != out1 || in2 != static_cast<bool>(last(n))) return false;
    if (last(n)) output = true;
  }
  return input[0] && input[1] && output;
}

// All sets of edges of the network that are whole and compute what it computes, by cutting the others.
std::vector<unsigned> explaining(const SmallNetwork& net) {
  const auto k = static_cast<std::size_t>(net.width);
  std::vector<unsigned> found;
  for (unsigned set = 0; set < 1U << (k * k + 3 * k); ++set) {
    if (!whole(set, k)) continue;
    SmallNetwork cut = net;
    const std::vector<double*> edges = edges_of(cut);
    for (std::size_t e = 0; e < edges.size(); ++e) {
      if ((set >> e & 1) == 0) *edges[e] = 0;
    }
    if (computed_by(cut) == computed_by(net)) found.push_back(set);
  }
  return found;
}

std::int64_t without_proper_part(const std::vector<unsigned>& sets) {
  return std::ranges::count_if(sets, [&](unsigned set) {
    return std::ranges::none_of(sets,
                                [set](unsigned part) { return part != set && (part & ~set) == 0; });
  });
}

SmallNetwork renamed(const SmallNetwork& net) {
  SmallNetwork other = net;
  std::ranges::reverse(other.first_weight);
  std::ranges::reverse(other.first_bias);
  for (auto& row : other.second_weight) std::ranges::reverse(row);
  std::ranges::rotate(other.second_weight, other.second_weight.begin() + 1);
  std::ranges::rotate(other.second_bias, other.second_bias.begin() + 1);
  std::ranges::rotate(other.output_weight, other.output_weight.begin() + 1);
  return other;
}

}  // namespace

TEST_CASE("circuits are those that brute force over all sets of edges finds") {
  for (std::uint64_t sample = 0; sample < 12; ++sample) {
    CAPTURE(sample);
    const SmallNetwork net = random_network(sample < 10 ? 2 : 3, sample);
    const std::vector<unsigned> found = explaining(net);
    const CircuitCounts counts = count_circuits(net);
    CHECK(counts.whole == (net.width == 2 ? 69 : 9625));
    CHECK(counts.explaining == static_cast<std::int64_t>(found.size()));
    CHECK(counts.minimal == without_proper_part(found));
    CHECK(counts.rounded <= counts.explaining);
    CHECK(counts.sparse <= counts.explaining);
    int fewest = 99;
    for (const unsigned set : found) fewest = std::min(fewest, std::popcount(set));
    CHECK(counts.smallest == fewest);
  }
}

TEST_CASE("names of neurons do not matter") {
  const std::vector<Algorithm> formulas = formula_algorithms(kXor, 2);
  for (std::uint64_t sample = 20; sample < 24; ++sample) {
    const SmallNetwork net = random_network(3, sample), other = renamed(net);
    const CircuitCounts a = count_circuits(net), b = count_circuits(other);
    CHECK(a.explaining == b.explaining);
    CHECK(a.minimal == b.minimal);
    CHECK(a.readings == b.readings);
    CHECK(a.sparse_readings == b.sparse_readings);
    CHECK(count_mappings(net, formulas).mappings == count_mappings(other, formulas).mappings);
  }
}

TEST_CASE("the network by hand computes A∨B and A∧B, and its places are found in either layer") {
  const SmallNetwork net = by_hand();
  REQUIRE(computed_by(net) == kXor);
  CHECK(outputs(net) == std::array<double, 4>{0, 1, 1, 0});
  const CircuitCounts counts = count_circuits(net);
  CHECK(counts.explaining >= 4);  // the two edges of weight 0 may stay or go
  CHECK(counts.rounded == counts.explaining);
  const MappingCounts mappings = count_mappings(net, two_gate_algorithms(kXor));
  CHECK(mappings.aligned == 1);
  CHECK(mappings.mappings == 4);
  CHECK(count_mappings(net, formula_algorithms(kXor, 2)).mappings == 8);  // both formulas
}

TEST_CASE("a network of two gates is aligned with its algorithm alone, in both layers") {
  // First layer A∧¬B and ¬A∧B, carried through; the output adds them.
  SmallNetwork net = by_hand();
  net.first_weight = {{1, -1}, {-1, 1}};
  net.first_bias = {0, 0};
  net.output_weight = {1, 1};
  REQUIRE(computed_by(net) == kXor);
  const MappingCounts mappings = count_mappings(net, two_gate_algorithms(kXor));
  CHECK(mappings.aligned == 1);
  // Each gate is found in the first or in the second layer.
  CHECK(mappings.mappings == 4);
  CHECK(mappings.minimal == 4);
  CHECK(count_mappings(net, formula_algorithms(kXor, 2)).mappings == 0);
}

TEST_CASE("a neuron that is never heard enlarges places, but minimal mappings do without it") {
  SmallNetwork net = by_hand();
  net.width = 3;
  net.first_weight = {{1, -1}, {-1, 1}, {0.3, 0.4}};
  net.first_bias = {0, 0, 0};
  net.second_weight = {{1, 0, 0}, {0, 1, 0}, {0, 0, 1}};
  net.second_bias = {0, 0, 0};
  net.output_weight = {1, 1, 0};
  const MappingCounts mappings = count_mappings(net, two_gate_algorithms(kXor));
  CHECK(mappings.minimal == 4);
  // Both in one layer: alone, or one of them with the silent neuron: 3 each; in different layers 2 · 2 each.
  CHECK(mappings.mappings == 2 * 3 + 2 * 4);
}

TEST_CASE(
    "XOR has two algorithms of two gates, two formulas of depth two, and their exchanges fit") {
  const std::vector<Algorithm> pairs = two_gate_algorithms(kXor);
  REQUIRE(pairs.size() == 2);
  const std::vector<Algorithm> formulas = formula_algorithms(kXor, 2);
  REQUIRE(formulas.size() == 2);
  CHECK(formulas[0].formula == "!(A*B)*(A+B)");
  CHECK(formulas[1].formula == "!((A*B)+!(A+B))");
  CHECK(formula_algorithms(kXor, 3).size() == 132);
  CHECK(formula_algorithms(kXor, 1).empty());
  for (const Algorithm& algorithm : formulas) {
    for (const auto& exchanged : algorithm.exchanged) {
      for (unsigned b = 0; b < 4; ++b) CHECK((exchanged[b] >> b & 1) == (kXor >> b & 1));
    }
  }
  // Exchanging A∧B of input 0 (A = B = 0) for that of input 3 turns off what A∨B of the base turns on.
  CHECK((formulas[0].exchanged[0][1] >> 3 & 1) == 0);
  CHECK((formulas[0].exchanged[0][3] >> 0 & 1) == 1);
}

TEST_CASE("thresholds and gates by hand") {
  CHECK(thresholded({0, 1, 1, 2}) == std::vector<std::uint8_t>{0b1110, 0b1000});
  CHECK(thresholded({5, 5, 5, 5}).empty());
  CHECK(thresholded({4, 3, 2, 1}) == std::vector<std::uint8_t>{0b0111, 0b0011, 0b0001});
  constexpr std::uint8_t a = 0b1010, b = 0b1100, both = 0b1000, either = 0b1110;
  CHECK(gates_between(both, {a, b}) == 1);
  CHECK(gates_between(kXor, {a, b}) == 0);            // XOR is no gate
  CHECK(gates_between(kXor, {both, either}) == 1);    // (1, 0) never occurs; 1 there would be XOR
  CHECK(gates_between(kXor, {either, either}) == 0);  // cannot be told apart
  CHECK(gates_between(a, {a}) == 1);
  CHECK(gates_between(a, {a, a}) == 4);  // two combinations never occur, and none gives XOR
  CHECK(gates_between(kXor, {kXor}) == 1);
  CHECK(gates_between(both, {a, b, either}) == 16);  // four of eight combinations never occur
}

TEST_CASE("readings of one circuit by hand, and widths that are refused") {
  // One neuron a layer that reads both inputs, values 0, 1, 1, 2: two thresholds each; the second neuron's
  // bit is a function of the first's only with the same threshold.
  const std::vector<unsigned> first_mask{3}, second_mask{1};
  const std::vector<std::array<double, 4>> values{{0, 1, 1, 2}};
  CHECK(count_readings({first_mask, second_mask, values, values, 0b1110}) == 1);
  CHECK(count_readings({first_mask, second_mask, values, values, kXor}) == 0);
  SmallNetwork wide = random_network(5, 0);
  CHECK_THROWS_AS(count_circuits(wide), InputError);
  CHECK_THROWS_AS(count_mappings(random_network(9, 0), {}), InputError);
  const CircuitCounts four = count_circuits(random_network(4, 1));
  CHECK(four.readings == -1);
  CHECK(four.explaining >= 1);
}
