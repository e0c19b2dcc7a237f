#include "lab/theory/superposition_phases.h"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>

#include "lab/core/error.h"
#include "lab/theory/minimise.h"
#include "lab/theory/relu_integrals.h"

namespace lab {
namespace {

// E(x_i − x'_i)² over the four cases of who is present; j is the other feature.
double expected_error(const TwoFeatureModel& model, std::size_t i, double p) {
  const double own = model.w[i] * model.w[i], cross = model.w[0] * model.w[1], b = model.b[i];
  const double alone = std::max(b, 0.0);
  return (1 - p) * (1 - p) * alone * alone + p * (1 - p) * relu_error(1, own, b) +
         p * (1 - p) * relu_error(0, cross, b) + p * p * relu_error_of_two(own, cross, b);
}

constexpr double represented = 0.5;  // least length of a vector that stands for its feature
constexpr double cheaper = 1e-6;     // relative; what counts as a lower cost

Minimum least_antipodal(double r, double p, double shortest) {
  const auto loss = [&](const std::vector<double>& x) {
    return expected_loss({{x[0], x[1]}, {x[2], x[3]}}, r, p);
  };
  const Bounds box{{shortest, -3, -2, -2}, {3, -shortest, 2, 2}};
  std::vector<std::vector<double>> starts{{1, -1, 0, 0}, {1.3, -1.3, -0.2, -0.2}};
  for (const double less : {0.5, 0.75}) {
    starts.push_back({less, -1, p / 2, 0});
    starts.push_back({1, -less, 0, p / 2});
  }
  return minimise_from(loss, starts, 0.1, box);
}

}  // namespace

double expected_loss(const TwoFeatureModel& model, double r, double p) {
  return expected_error(model, 0, p) + r * expected_error(model, 1, p);
}

const char* phase_name(Phase phase) {
  switch (phase) {
    case Phase::not_represented:
      return "not represented";
    case Phase::dedicated:
      return "dedicated";
    case Phase::antipodal:
      return "antipodal";
  }
  return "";
}

TrainedPhase phase_of(const TwoFeatureModel& model) {
  const bool first = std::fabs(model.w[0]) > represented;
  const bool extra = std::fabs(model.w[1]) > represented;
  if (first && !extra) return {true, Phase::not_represented};
  if (extra && !first) return {true, Phase::dedicated};
  if (first && extra && model.w[0] * model.w[1] < 0) return {true, Phase::antipodal};
  return {false, Phase::not_represented};
}

PhaseCosts phase_costs(double r, double p) {
  if (!(r > 0) || !(p > 0) || p > 1) {
    throw InputError("phase_costs: r must be above 0 and p in (0, 1]");
  }
  const double variance = p / 3 - p * p / 4;
  const Minimum antipodal = least_antipodal(r, p, 0);
  PhaseCosts costs{r * variance,
                   variance,
                   antipodal.value,
                   {{antipodal.at[0], antipodal.at[1]}, {antipodal.at[2], antipodal.at[3]}},
                   least_antipodal(r, p, represented).value,
                   r < 1 ? Phase::not_represented : Phase::dedicated,
                   0};
  const double corner = std::min(costs.not_represented, costs.dedicated);
  const double other = std::max(costs.not_represented, costs.dedicated);
  if (costs.antipodal < (1 - cheaper) * corner) {
    costs.best = Phase::antipodal;
    costs.margin = corner / costs.antipodal - 1;
  } else {
    costs.margin = std::max(0.0, std::min(other, costs.both) / corner - 1);
  }
  return costs;
}

double antipodal_bound(double r, double p) {
  return (1 + r) * p * p / 6;
}

double antipodal_boundary(double r) {
  if (!(r >= 1)) throw InputError("antipodal_boundary: r must be at least 1");
  const auto excess = [&](double p) {
    const PhaseCosts costs = phase_costs(r, p);
    return costs.antipodal / costs.dedicated - (1 - cheaper);
  };
  const double low = 1e-3, high = 1, at_low = excess(low), at_high = excess(high);
  if (at_high < 0) return 1;
  if (at_low >= 0) throw Failure("antipodal_boundary: antipodal is cheaper at no density");
  std::uintmax_t rounds = 100;
  const auto close = [](double a, double b) { return b - a < 1e-6; };
  const auto [a, b] =
      boost::math::tools::toms748_solve(excess, low, high, at_low, at_high, close, rounds);
  return (a + b) / 2;
}

}  // namespace lab
