#include "lab/theory/relu_integrals.h"

#include <algorithm>
#include <boost/math/quadrature/gauss.hpp>
#include <vector>

namespace lab {
namespace {

// ∫ (u·x + v)² dx from `low` to `high`, without dividing by u.
double square_of_line(double u, double v, double low, double high) {
  const double at_low = u * low + v, at_high = u * high + v;
  return (high - low) * (at_low * at_low + at_low * at_high + at_high * at_high) / 3;
}

// The place in [0, 1] where a·x + b changes its sign, else an end.
double kink(double a, double b) {
  return a == 0 ? 0 : std::clamp(-b / a, 0.0, 1.0);
}

}  // namespace

double relu_error(double t, double a, double b) {
  const double middle = kink(a, b);
  const auto piece = [&](double low, double high) {
    const bool on = a * (low + high) / 2 + b > 0;
    return on ? square_of_line(t - a, -b, low, high) : square_of_line(t, 0, low, high);
  };
  return piece(0, middle) + piece(middle, 1);
}

double relu_error_of_two(double a, double c, double b) {
  // For fixed y the inner integral is a polynomial of degree 3 in y between the places where its
  // kink enters or leaves [0, 1]; seven points integrate degree 13 exactly.
  std::vector<double> ends{0, kink(c, b), kink(c, a + b), 1};
  std::sort(ends.begin(), ends.end());
  double sum = 0;
  for (std::size_t i = 0; i + 1 < ends.size(); ++i) {
    if (ends[i] == ends[i + 1]) continue;
    sum += boost::math::quadrature::gauss<double, 7>::integrate(
        [&](double y) { return relu_error(1, a, c * y + b); }, ends[i], ends[i + 1]);
  }
  return sum;
}

}  // namespace lab
