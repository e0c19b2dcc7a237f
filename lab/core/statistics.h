// Means and 95 % intervals.
#pragma once

#include <cstdint>
#include <span>

namespace lab {

double mean(std::span<const double> values);                // at least one value
double standard_deviation(std::span<const double> values);  // of a sample (n − 1); at least two

// Half the width of Student's t interval of the mean: t(n − 1, (1 + confidence) / 2) · s / √n.
// At least two values; `confidence` in (0, 1). Throws std::invalid_argument otherwise.
double t_half_width(std::span<const double> values, double confidence = 0.95);

struct Interval {
  double low, high;
};

// The exact interval of a probability after `successes` of `trials` (Clopper and Pearson 1934).
// 0 ≤ successes ≤ trials, trials ≥ 1. Throws std::invalid_argument otherwise.
Interval clopper_pearson(std::int64_t successes, std::int64_t trials, double confidence = 0.95);

}  // namespace lab
