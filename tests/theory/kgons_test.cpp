#include "lab/theory/kgons.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "lab/core/error.h"

using namespace lab;
using doctest::Approx;

TEST_CASE("the six critical losses") {
  const std::vector<Kgon> kgons = six_feature_kgons();
  REQUIRE(kgons.size() == 6);
  // The quadrangles by hand: a zero column costs 1/3 without a bias, 1/3 − 1/24 with the best one.
  CHECK(kgons[0].loss == Approx(1.0 / 9).epsilon(1e-9));
  CHECK(kgons[1].loss == Approx((2.0 / 3 - 1.0 / 24) / 6).epsilon(1e-9));
  CHECK(kgons[2].loss == Approx((2.0 / 3 - 2.0 / 24) / 6).epsilon(1e-9));
  const double published[] = {0.11111, 0.10417, 0.09722, 0.06874, 0.06180, 0.04819};
  for (std::size_t i = 0; i < 6; ++i) CHECK(std::fabs(kgons[i].loss - published[i]) < 1e-5);
  for (std::size_t i = 0; i + 1 < 6; ++i) CHECK(kgons[i].loss > kgons[i + 1].loss);
}

TEST_CASE("lengths and biases of the polygons") {
  const std::vector<Kgon> kgons = six_feature_kgons();
  const auto check = [&](std::size_t i, double length, double bias) {
    CHECK(std::fabs(kgons[i].length - length) < 1e-5);
    CHECK(std::fabs(kgons[i].bias - bias) < 1e-5);
  };
  check(0, 1, 0);
  check(3, 1.17046, -0.28230);
  check(5, 1.32053, -0.61813);
  CHECK(kgons[0].name == "4");
  CHECK(kgons[2].name == "4++");
  CHECK(kgons[4].name == "5+");
}

TEST_CASE("a polygon's loss is stationary in each of its weights, but for columns that stay 0") {
  const Kgon six = six_feature_kgons()[5];
  std::vector<std::array<double, 2>> vectors(6);
  const std::vector<double> biases(6, six.bias);
  for (std::size_t i = 0; i < 6; ++i) {
    const double angle = std::numbers::pi / 3 * static_cast<double>(i);
    vectors[i] = {six.length * std::cos(angle), six.length * std::sin(angle)};
  }
  CHECK(one_active_loss(vectors, biases) == Approx(six.loss));
  const double h = 1e-5;
  for (std::size_t k = 0; k < 2; ++k) {
    auto up = vectors, down = vectors;
    up[2][k] += h;
    down[2][k] -= h;
    const double slope = (one_active_loss(up, biases) - one_active_loss(down, biases)) / (2 * h);
    CHECK(std::fabs(slope) < 1e-6);
  }
}

TEST_CASE("the loss does not change under rotations and permutations") {
  const std::vector<std::array<double, 2>> vectors{{1, 0.2}, {-0.4, 0.9}, {0.1, -1.1}};
  const std::vector<double> biases{0.1, -0.2, 0.05};
  const double loss = one_active_loss(vectors, biases);
  std::vector<std::array<double, 2>> turned;
  for (const auto& v : vectors)
    turned.push_back({0.6 * v[0] - 0.8 * v[1], 0.8 * v[0] + 0.6 * v[1]});
  CHECK(one_active_loss(turned, biases) == Approx(loss).epsilon(1e-12));
  const std::vector<std::array<double, 2>> cycled{vectors[1], vectors[2], vectors[0]};
  CHECK(one_active_loss(cycled, std::vector<double>{-0.2, 0.05, 0.1}) == Approx(loss));
  CHECK_THROWS_AS(one_active_loss(vectors, std::vector<double>{0}), InputError);
}
