#include "lab/theory/kgons.h"

#include <cmath>
#include <numbers>

#include "lab/core/error.h"
#include "lab/theory/minimise.h"
#include "lab/theory/relu_integrals.h"

namespace lab {
namespace {

constexpr std::int64_t features = 6;

double loss_of(std::int64_t corners, std::int64_t plus, double length, double bias,
               double positive) {
  std::vector<std::array<double, 2>> vectors(features, {0, 0});
  std::vector<double> biases(features, 0);
  for (std::int64_t i = 0; i < features; ++i) {
    const auto at = static_cast<std::size_t>(i);
    if (i < corners) {
      const double angle =
          2 * std::numbers::pi * static_cast<double>(i) / static_cast<double>(corners);
      vectors[at] = {length * std::cos(angle), length * std::sin(angle)};
      biases[at] = bias;
    } else if (i < corners + plus) {
      biases[at] = positive;
    }
  }
  return one_active_loss(vectors, biases);
}

Kgon least(std::int64_t corners, std::int64_t plus) {
  const auto loss = [&](const std::vector<double>& x) {
    return loss_of(corners, plus, x[0], x[1], x[2]);
  };
  const Minimum found = minimise_from(loss, {{1, 0, 0.1}, {1.2, -0.3, 0.1}, {1.3, -0.6, 0.1}}, 0.1,
                                      {{0.1, -2, 0}, {3, 2, 1}});
  return {std::to_string(corners).append(static_cast<std::size_t>(plus), '+'),
          corners,
          plus,
          found.value,
          found.at[0],
          found.at[1]};
}

}  // namespace

double one_active_loss(std::span<const std::array<double, 2>> vectors,
                       std::span<const double> biases) {
  if (vectors.empty() || vectors.size() != biases.size()) {
    throw InputError("one_active_loss: there must be features, and one bias each");
  }
  double sum = 0;
  for (std::size_t i = 0; i < vectors.size(); ++i) {
    for (std::size_t j = 0; j < vectors.size(); ++j) {
      const double product = vectors[i][0] * vectors[j][0] + vectors[i][1] * vectors[j][1];
      sum += relu_error(i == j ? 1 : 0, product, biases[j]);
    }
  }
  return sum / static_cast<double>(vectors.size());
}

std::vector<Kgon> six_feature_kgons() {
  return {least(4, 0), least(4, 1), least(4, 2), least(5, 0), least(5, 1), least(6, 0)};
}

}  // namespace lab
