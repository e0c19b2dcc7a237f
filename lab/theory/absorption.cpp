#include "lab/theory/absorption.h"

#include <algorithm>
#include <boost/math/tools/toms748_solve.hpp>
#include <cmath>
#include <cstdint>
#include <numbers>

#include "lab/core/error.h"
#include "lab/theory/lasso.h"

namespace lab {
namespace {

constexpr double radian = std::numbers::pi / 180;

// All ways to take `atoms` of the angles in ascending order.
void choose(std::span<const double> angles, std::size_t atoms, std::vector<double>& chosen,
            std::vector<std::vector<double>>& all) {
  if (chosen.size() == atoms) {
    all.push_back(chosen);
    return;
  }
  for (std::size_t i = 0; i < angles.size(); ++i) {
    chosen.push_back(angles[i]);
    choose(angles.subspan(i + 1), atoms, chosen, all);
    chosen.pop_back();
  }
}

}  // namespace

double absorption_loss(const AbsorptionSetting& setting, std::span<const double> degrees) {
  std::vector<Point> atoms;
  for (const double angle : degrees) atoms.push_back(unit_vector(angle * radian));
  const double lambda = setting.lambda;
  return setting.q * lasso_loss({1, 1}, atoms, lambda) +
         setting.p0 * lasso_loss({1, 0}, atoms, lambda) +
         setting.epsilon * lasso_loss({0, 1}, atoms, lambda);
}

double epsilon_star(double q, double lambda) {
  const double root = std::numbers::sqrt2;
  return lambda * q * (8 - 4 * root - lambda) / (2 * (1 - (2 - root) * lambda));
}

double epsilon_star_by_crossing(const AbsorptionSetting& setting) {
  const std::vector<double> faithful{0, 90}, absorbed{0, 45};
  const auto advantage = [&](double epsilon) {
    AbsorptionSetting at = setting;
    at.epsilon = epsilon;
    return absorption_loss(at, faithful) - absorption_loss(at, absorbed);
  };
  const double low = 0, high = 1 - setting.q - setting.p0;
  const double at_low = advantage(low), at_high = advantage(high);
  if (!(at_low > 0) || !(at_high < 0)) {
    throw Failure("epsilon_star_by_crossing: the losses do not cross");
  }
  std::uintmax_t rounds = 200;
  const auto [a, b] = boost::math::tools::toms748_solve(
      advantage, low, high, at_low, at_high, boost::math::tools::eps_tolerance<double>(48), rounds);
  return (a + b) / 2;
}

double BestDictionary::child() const {
  const auto nearer = [](double a, double b) { return std::fabs(a - 90) < std::fabs(b - 90); };
  return *std::min_element(degrees.begin(), degrees.end(), nearer);
}

BestDictionary best_dictionary(const AbsorptionSetting& setting, std::int64_t atoms) {
  if (atoms < 2 || atoms > 4) throw InputError("best_dictionary: atoms must be 2, 3 or 4");
  const std::vector<double> angles{0, 15, 30, 45, 60, 75, 90};
  std::vector<std::vector<double>> starts;
  std::vector<double> chosen;
  choose(angles, static_cast<std::size_t>(atoms), chosen, starts);
  const auto loss = [&](const std::vector<double>& x) { return absorption_loss(setting, x); };
  Minimum found = minimise_from(loss, starts, 5);
  std::sort(found.at.begin(), found.at.end());
  return {found.value, found.at};
}

}  // namespace lab
