#include "lab/core/statistics.h"

#include <boost/math/distributions/beta.hpp>
#include <boost/math/distributions/students_t.hpp>
#include <cmath>
#include <stdexcept>

namespace lab {
namespace {

void require(bool holds, const char* message) {
  if (!holds) throw std::invalid_argument(message);
}

}  // namespace

double mean(std::span<const double> values) {
  require(!values.empty(), "mean: no values");
  double sum = 0;
  for (const double value : values) sum += value;
  return sum / static_cast<double>(values.size());
}

double standard_deviation(std::span<const double> values) {
  require(values.size() >= 2, "standard deviation: fewer than two values");
  const double centre = mean(values);
  double sum = 0;
  for (const double value : values) sum += (value - centre) * (value - centre);
  return std::sqrt(sum / static_cast<double>(values.size() - 1));
}

double t_half_width(std::span<const double> values, double confidence) {
  require(confidence > 0 && confidence < 1, "t interval: confidence must lie between 0 and 1");
  const double deviation = standard_deviation(values);
  const auto n = static_cast<double>(values.size());
  const boost::math::students_t_distribution<double> t(n - 1);
  return boost::math::quantile(boost::math::complement(t, (1 - confidence) / 2)) * deviation /
         std::sqrt(n);
}

Interval clopper_pearson(std::int64_t successes, std::int64_t trials, double confidence) {
  require(trials >= 1, "Clopper-Pearson: no trials");
  require(successes >= 0 && successes <= trials, "Clopper-Pearson: successes outside the trials");
  require(confidence > 0 && confidence < 1, "Clopper-Pearson: confidence must lie between 0 and 1");
  using Binomial = boost::math::beta_distribution<double>;  // its tails are those of the binomial
  const double tail = (1 - confidence) / 2;
  const auto k = static_cast<double>(successes);
  const auto n = static_cast<double>(trials);
  Interval interval{0, 1};
  if (successes > 0) interval.low = boost::math::quantile(Binomial(k, n - k + 1), tail);
  if (successes < trials) {
    interval.high = boost::math::quantile(boost::math::complement(Binomial(k + 1, n - k), tail));
  }
  return interval;
}

}  // namespace lab
