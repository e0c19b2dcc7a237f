#include "lab/theory/circle_tiling.h"

#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <vector>

#include "lab/core/error.h"
#include "lab/theory/lasso.h"

using namespace lab;
using doctest::Approx;

TEST_CASE("known values of the closed forms") {
  CHECK(std::fabs(tiling_fvu(4) - 0.1817) < 5e-5);
  CHECK(std::fabs(tiling_fvu(8) - 0.0498) < 5e-5);
  CHECK(std::fabs(tiling_fvu(24) - 0.0057) < 5e-5);
  CHECK(std::fabs(tiling_l1(3) - 1.654) < 5e-4);
  CHECK(std::fabs(tiling_l1(4) - 1.273) < 5e-4);
  CHECK(std::fabs(tiling_l1(8) - 1.055) < 5e-4);
  CHECK(std::fabs(tiling_l1(24) - 1.0057) < 1e-4);
  CHECK_THROWS_AS(tiling_fvu(2), InputError);
}

TEST_CASE("the closed forms are means over points of the circle") {
  for (const int n : {3, 4, 8, 24}) {
    const double half = std::numbers::pi / n;
    const int points = 20'000;
    double fvu = 0, l1 = 0;
    for (int i = 0; i < points; ++i) {
      const double angle = half * (i + 0.5) / points;  // from the nearest atom
      fvu += std::pow(std::sin(angle), 2) / points;
      // x = f u(0) + g u(2 half)
      const double g = std::sin(angle) / std::sin(2 * half);
      l1 += (std::cos(angle) - g * std::cos(2 * half) + g) / points;
    }
    CHECK(tiling_fvu(n) == Approx(fvu).epsilon(1e-6));
    CHECK(tiling_l1(n) == Approx(l1).epsilon(1e-6));
  }
}

TEST_CASE("the lasso's loss by quadrature is the mean over points with all atoms") {
  for (const int n : {3, 4, 8}) {
    std::vector<Point> atoms;
    for (int i = 0; i < n; ++i) atoms.push_back(unit_vector(2 * std::numbers::pi * i / n));
    const int points = 24'000;
    for (const double lambda : {0.05, 0.5}) {
      double sum = 0;
      for (int i = 0; i < points; ++i) {
        sum += lasso_loss(unit_vector(2 * std::numbers::pi * (i + 0.5) / points), atoms, lambda);
      }
      CHECK(tiling_lasso(n, lambda) == Approx(sum / points).epsilon(1e-6));
    }
  }
}

TEST_CASE("the excess of the lasso's loss over a continuum of atoms, as the penalty vanishes") {
  for (const int n : {4, 8, 24}) {
    double before = 1e9;
    for (const double lambda : {1e-2, 1e-3, 1e-4}) {
      const double off =
          std::fabs(tiling_lasso_excess(n, lambda) / (lambda * (tiling_l1(n) - 1)) - 1);
      CHECK(off < before / 3);
      before = off;
    }
    CHECK(before < 0.01);
  }
}
