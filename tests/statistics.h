// Statistics of tests: how surprising a sample is. Random tests use fixed seeds, so they either
// pass for ever or fail for ever; the bounds say how likely a correct generator was to fail at
// first.
#pragma once

#include <algorithm>
#include <cmath>
#include <cstddef>
#include <vector>

namespace lab::tests {

// Two-sided bound on a standard normal statistic: false-alarm rate 5.7e-7 a check.
constexpr double kFiveSigma = 5;

// Standard score of `hits` among `trials` when each has probability p.
inline double frequency_z(double hits, double trials, double p) {
  return (hits - trials * p) / std::sqrt(trials * p * (1 - p));
}

// Standard score of the mean of n independent values with this expectation and standard deviation.
inline double mean_z(double mean, double n, double expected, double deviation) {
  return (mean - expected) / (deviation / std::sqrt(n));
}

// Pearson's χ² of counts against expected counts (equal sums) as a standard score, by the cube root
// of Wilson and Hilferty (1931).
inline double chi_square_z(const std::vector<double>& counts, const std::vector<double>& expected) {
  double chi = 0;
  for (std::size_t i = 0; i < counts.size(); ++i) {
    chi += (counts[i] - expected[i]) * (counts[i] - expected[i]) / expected[i];
  }
  const double n = static_cast<double>(counts.size()) - 1;
  return (std::cbrt(chi / n) - (1 - 2 / (9 * n))) / std::sqrt(2 / (9 * n));
}
inline double uniformity_z(const std::vector<double>& counts) {
  double total = 0;
  for (const double count : counts) total += count;
  const auto n = static_cast<double>(counts.size());
  return chi_square_z(counts, std::vector<double>(counts.size(), total / n));
}

// Kolmogorov–Smirnov statistic √n·D against a distribution function. It exceeds 2.7 with
// probability 2·exp(−2·2.7²) = 9e-7.
constexpr double kKolmogorovBound = 2.7;
template <class Cdf>
double kolmogorov(std::vector<float> values, const Cdf& cdf) {
  std::sort(values.begin(), values.end());
  const auto n = static_cast<double>(values.size());
  double distance = 0;
  for (std::size_t i = 0; i < values.size(); ++i) {
    const double p = cdf(static_cast<double>(values[i]));
    distance =
        std::max({distance, p - static_cast<double>(i) / n, static_cast<double>(i + 1) / n - p});
  }
  return std::sqrt(n) * distance;
}

}  // namespace lab::tests
