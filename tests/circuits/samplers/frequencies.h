// Whether draws follow a distribution: Pearson's χ² as a standard score below 4, which a correct
// sampler exceeds with probability 3.2e-5 a check (fixed seeds: it passes for ever, or never).
#pragma once

#include <doctest/doctest.h>

#include <map>
#include <string>
#include <vector>

#include "statistics.h"

constexpr double kSurprise = 4;

// `draw` gives a text for each draw; none may fall outside `probabilities`, which add to 1.
template <class Draw>
void check_frequencies(const std::map<std::string, double>& probabilities, int draws,
                       const Draw& draw) {
  std::map<std::string, double> seen;
  for (int i = 0; i < draws; ++i) {
    const std::string outcome = draw();
    INFO("outcome ", outcome);
    REQUIRE(probabilities.contains(outcome));
    ++seen[outcome];
  }
  double sum = 0;
  std::vector<double> counts, expected;
  for (const auto& [outcome, p] : probabilities) {
    sum += p;
    counts.push_back(seen[outcome]);
    expected.push_back(p * draws);
    REQUIRE(p * draws >= 5);  // else χ² is none
  }
  CHECK(sum == doctest::Approx(1));
  CHECK(lab::tests::chi_square_z(counts, expected) < kSurprise);
}

// All outcomes that occur are equally likely, and there are `outcomes` of them.
template <class Draw>
void check_uniform(std::size_t outcomes, int draws, const Draw& draw) {
  std::map<std::string, double> seen;
  for (int i = 0; i < draws; ++i) ++seen[draw()];
  REQUIRE(seen.size() == outcomes);
  if (outcomes == 1) return;
  std::vector<double> counts;
  for (const auto& [outcome, count] : seen) counts.push_back(count);
  CHECK(lab::tests::uniformity_z(counts) < kSurprise);
}
