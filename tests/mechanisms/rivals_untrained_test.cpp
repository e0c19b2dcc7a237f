// A network that learned nothing prefers no circuit: the truth's rank among its rivals is uniform.
#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <array>
#include <cmath>

#include "circuits/rewriting/rivals.h"
#include "lab/core/config.h"
#include "lab/mechanisms/rivals.h"

using namespace lab;

TEST_CASE("on untrained networks no rival is preferred") {
  constexpr std::size_t rivals = 4;
  const SearchBudget budget{.neurons = 3, .search_pairs = 96, .test_pairs = 192};
  std::array<double, rivals + 1> ranks{};
  double sum = 0, count = 0;
  for (std::int64_t seed = 0; seed < 60; ++seed) {
    const auto world = make_world(
        read_config<WorldConfig>(parse_json(
            R"({"kind": "boolean", "circuit": {"kind": "random", "inputs": 5, "gates": 8}})",
            "test")),
        seed);
    Words words = Draw("test/rivals", seed).at(0);
    circuits::RivalOptions options;
    options.count = rivals;
    options.attempts = 60;
    const auto found =
        circuits::find_rivals(*world->truth().circuit, options, [&] { return words(); });
    std::vector<Hypothesis> hypotheses{hypothesis("truth", *world->truth().circuit)};
    for (const auto& rival : found.rivals) {
      hypotheses.push_back(hypothesis("rival", rival.circuit));
    }
    const auto net = make_subject(Mlp{.widths = {12}, .training = {.loss = {BinaryCrossEntropy{}}}},
                                  *world, seed);
    const Scores scores =
        rank(hypotheses,
             align(*net, random_networks(*net, *world, 3, seed), *world, hypotheses, budget),
             sample_pairs(*world, "distinguish", 0, 256))
            .scores;
    if (scores.at("rivals_distinguishable").value != rivals) continue;
    const double rank = scores.at("truth_rank").value;
    ranks[static_cast<std::size_t>(std::lround(std::floor(rank * rivals)))] += 1;
    sum += rank;
    ++count;
  }
  REQUIRE(count > 40);
  // Mean ½ with standard deviation √(1/8)/√count for 0, ¼, …, 1: false alarm 6e-5 at four of them.
  CHECK(std::abs(sum / count - .5) < 4 * std::sqrt(.125 / count));
  double chi = 0;
  for (const double observed : ranks) {
    const double expected = count / (rivals + 1);
    chi += (observed - expected) * (observed - expected) / expected;
  }
  CAPTURE(chi);
  CHECK(chi < 23.5);  // 4 degrees of freedom: false alarm 1e-4
}
