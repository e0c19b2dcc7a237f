#include "lab/core/statistics.h"

#include <doctest/doctest.h>

#include <cmath>
#include <stdexcept>
#include <vector>

using namespace lab;

TEST_CASE("mean and standard deviation of a sample") {
  const std::vector<double> values{2, 4, 4, 4, 5, 5, 7, 9};
  CHECK(mean(values) == doctest::Approx(5));
  CHECK(standard_deviation(values) == doctest::Approx(std::sqrt(32.0 / 7)));
  const std::vector<double> one{3};
  CHECK_THROWS_AS(standard_deviation(one), std::invalid_argument);
  CHECK_THROWS_AS(mean(std::vector<double>{}), std::invalid_argument);
}

TEST_CASE("Student's interval uses the tabulated quantiles t.975") {
  // Values with s = 1: the half-width times sqrt(n) is the quantile.
  const auto quantile = [](int n) {
    std::vector<double> values(static_cast<std::size_t>(n));
    for (int i = 0; i < n; ++i) values[static_cast<std::size_t>(i)] = i;
    const double s = standard_deviation(values);
    return t_half_width(values) / s * std::sqrt(n);
  };
  CHECK(quantile(2) == doctest::Approx(12.7062).epsilon(1e-5));
  CHECK(quantile(3) == doctest::Approx(4.30265).epsilon(1e-5));
  CHECK(quantile(5) == doctest::Approx(2.77645).epsilon(1e-5));
  CHECK(quantile(11) == doctest::Approx(2.22814).epsilon(1e-5));
  CHECK(quantile(31) == doctest::Approx(2.04227).epsilon(1e-5));
  CHECK(t_half_width(std::vector<double>{4, 4, 4}) == 0);
  CHECK_THROWS_AS(t_half_width(std::vector<double>{1, 2}, 1.0), std::invalid_argument);
}

TEST_CASE("Clopper-Pearson intervals: tabulated values and closed forms") {
  const Interval half = clopper_pearson(5, 10);
  CHECK(half.low == doctest::Approx(0.1871).epsilon(1e-3));
  CHECK(half.high == doctest::Approx(0.8129).epsilon(1e-3));
  const Interval tenth = clopper_pearson(10, 100);
  CHECK(tenth.low == doctest::Approx(0.0490).epsilon(1e-3));
  CHECK(tenth.high == doctest::Approx(0.1762).epsilon(1e-3));
  // No success: 1 - (alpha / 2)^(1 / n), and its mirror image.
  const Interval none = clopper_pearson(0, 20);
  CHECK(none.low == 0);
  CHECK(none.high == doctest::Approx(1 - std::pow(0.025, 1.0 / 20)));
  const Interval all = clopper_pearson(20, 20);
  CHECK(all.high == 1);
  CHECK(all.low == doctest::Approx(std::pow(0.025, 1.0 / 20)));
  CHECK_THROWS_AS(clopper_pearson(3, 2), std::invalid_argument);
  CHECK_THROWS_AS(clopper_pearson(0, 0), std::invalid_argument);
}

TEST_CASE("Clopper-Pearson covers at least what it says") {
  // Exact coverage at p: the probability of the counts whose interval contains p.
  for (const double p : {0.05, 0.3, 0.5, 0.77}) {
    const int n = 25;
    double covered = 0;
    for (int k = 0; k <= n; ++k) {
      const Interval interval = clopper_pearson(k, n);
      if (p < interval.low || p > interval.high) continue;
      covered += std::exp(std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1) +
                          k * std::log(p) + (n - k) * std::log(1 - p));
    }
    CHECK(covered >= 0.95);
  }
}
