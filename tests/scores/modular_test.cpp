// Clock or pizza: closed forms of the scores of modular addition.
#include "lab/scores/modular.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "lab/tensors/tensors.h"

using namespace lab;

namespace {

constexpr std::int64_t p = 31;

// [p, p]: f(a, b).
template <class F>
at::Tensor table(const F& f) {
  at::Tensor result = at::empty({p, p});
  for (std::int64_t a = 0; a < p; ++a) {
    for (std::int64_t b = 0; b < p; ++b) result[a][b] = f(a, b);
  }
  return result;
}

}  // namespace

TEST_CASE("gradient symmetricity is the mean cosine") {
  const at::Tensor g = normals(Draw("test/g", 1), 0, 50, 6);
  CHECK(gradient_symmetricity(g, g).value == doctest::Approx(1));
  CHECK(gradient_symmetricity(g, -2 * g).value == doctest::Approx(-1));
  CHECK_FALSE(gradient_symmetricity(g, at::zeros({50, 6})).present);
}

TEST_CASE("distance irrelevance: 0 where the distance decides, 1 where it says nothing") {
  const double w = 2 * std::numbers::pi * 3 / p;
  const auto pizza = [&](std::int64_t a, std::int64_t b) {
    return std::abs(std::cos(w * static_cast<double>(a - b) / 2));
  };
  CHECK(distance_irrelevance(table(pizza)).value == doctest::Approx(0).epsilon(1e-6));
  const auto by_sum = [&](std::int64_t a, std::int64_t b) {
    return std::cos(w * static_cast<double>(a + b));
  };
  CHECK(distance_irrelevance(table(by_sum)).value == doctest::Approx(1).epsilon(1e-5));
  CHECK_FALSE(distance_irrelevance(at::ones({p, p})).present);
}

TEST_CASE("a circle of one frequency concentrates all power in it") {
  at::Tensor circle = at::empty({2, p});
  for (std::int64_t r = 0; r < p; ++r) {
    const double angle = 2 * std::numbers::pi * 4 * static_cast<double>(r) / p;
    circle[0][r] = std::cos(angle) + 5;
    circle[1][r] = std::sin(angle);
  }
  const Scores scores = fourier_concentration(circle);
  CHECK(scores.at("fourier_top5").value == doctest::Approx(1).epsilon(1e-6));
  CHECK(scores.at("fourier_frequencies").value == doctest::Approx(1).epsilon(1e-5));
  CHECK_FALSE(fourier_concentration(at::ones({2, p})).at("fourier_top5").present);
}
