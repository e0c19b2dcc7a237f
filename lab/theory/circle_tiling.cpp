#include "lab/theory/circle_tiling.h"

#include <boost/math/quadrature/gauss_kronrod.hpp>
#include <cmath>
#include <numbers>
#include <string>

#include "lab/core/error.h"
#include "lab/theory/lasso.h"

namespace lab {
namespace {

using std::numbers::pi;

double checked(std::int64_t n) {
  if (n < 3) throw InputError("a tiling needs at least 3 atoms, got " + std::to_string(n));
  return static_cast<double>(n);
}

}  // namespace

double tiling_fvu(std::int64_t n) {
  const double atoms = checked(n);
  return 0.5 - atoms / (4 * pi) * std::sin(2 * pi / atoms);
}

double tiling_l1(std::int64_t n) {
  const double half = pi / checked(n);
  return std::tan(half) / half;
}

double tiling_lasso(std::int64_t n, double lambda) {
  // Between two neighbours, at 0 and 2h, no other atom can help; the second is used beyond the angle
  // `kink` where its correlation with the residual of the first reaches λ/2:
  // cos(φ − 2h) − (cos φ − λ/2) cos 2h = λ/2, which is sin φ sin 2h = (λ/2)(1 − cos 2h).
  const double half = pi / checked(n);
  const Point atoms[2] = {unit_vector(0), unit_vector(2 * half)};
  const double kink = std::asin(std::min(1.0, lambda / 2 * std::tan(half)));
  const auto loss = [&](double angle) { return lasso_loss(unit_vector(angle), atoms, lambda); };
  const auto integral = [&](double from, double to) {
    return boost::math::quadrature::gauss_kronrod<double, 31>::integrate(loss, from, to, 10, 1e-13);
  };
  const double end = std::min(kink, half);
  return (integral(0, end) + (end < half ? integral(end, half) : 0)) / half;
}

double tiling_lasso_excess(std::int64_t n, double lambda) {
  return tiling_lasso(n, lambda) - (lambda - lambda * lambda / 4);
}

}  // namespace lab
