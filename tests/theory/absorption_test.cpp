#include "lab/theory/absorption.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/theory/lasso.h"

using namespace lab;
using doctest::Approx;

TEST_CASE("the non-negative lasso: one atom, orthogonal atoms, and a search on a grid") {
  const Point x{0.6, 0.8};
  const std::vector<Point> one{{0.6, 0.8}}, axes{{1, 0}, {0, 1}}, against{{-1, 0}};
  CHECK(lasso_loss(x, one, 0.2) == Approx(0.2 - 0.01));
  CHECK(lasso_loss(x, axes, 0.2) == Approx(0.2 * 1.4 - 2 * 0.01));
  CHECK(lasso_loss(x, against, 0.2) == Approx(1));
  CHECK(lasso_loss(x, std::vector<Point>{}, 0.2) == Approx(1));

  Words words = Draw("test", 3).at(0);
  for (int round = 0; round < 10; ++round) {
    std::vector<Point> atoms;
    for (int i = 0; i < 2; ++i) atoms.push_back(unit_vector(6.283 * words.uniform()));
    double least = 1e9;
    for (int i = 0; i <= 300; ++i) {
      for (int k = 0; k <= 300; ++k) {
        const double f = 0.01 * i, g = 0.01 * k;
        const double dx = x[0] - f * atoms[0][0] - g * atoms[1][0];
        const double dy = x[1] - f * atoms[0][1] - g * atoms[1][1];
        least = std::min(least, dx * dx + dy * dy + 0.3 * (f + g));
      }
    }
    const double exact = lasso_loss(x, atoms, 0.3);
    CHECK(exact <= least + 1e-12);
    CHECK(exact == Approx(least).epsilon(2e-3));
  }
}

TEST_CASE("the lasso's gain never falls when an atom is added") {
  Words words = Draw("test", 4).at(0);
  for (int round = 0; round < 50; ++round) {
    const Point x{words.normal(), words.normal()};
    std::vector<Point> atoms;
    double before = x[0] * x[0] + x[1] * x[1];
    for (int i = 0; i < 5; ++i) {
      atoms.push_back(unit_vector(6.283 * words.uniform()));
      const double loss = lasso_loss(x, atoms, 0.25);
      CHECK(loss <= before + 1e-12);
      before = loss;
    }
  }
}

TEST_CASE("epsilon star: the crossing of the losses is the closed form") {
  const double known[][3] = {{0.2, 0.05, 0.01181},
                             {0.2, 0.1, 0.02383},
                             {0.2, 0.2, 0.04855},
                             {0.2, 0.3, 0.07436},
                             {0.1, 0.2, 0.02428}};
  for (const auto& [q, lambda, star] : known) {
    CHECK(std::fabs(epsilon_star(q, lambda) - star) < 1e-5);
    CHECK(epsilon_star_by_crossing({q, 0.2, 0, lambda}) ==
          Approx(epsilon_star(q, lambda)).epsilon(1e-9));
    CHECK(epsilon_star_by_crossing({q, 0.05, 0, lambda}) ==  // p0 does not matter
          Approx(epsilon_star(q, lambda)).epsilon(1e-9));
  }
}

TEST_CASE("the best pair of atoms turns continuously") {
  const double star = epsilon_star(0.2, 0.2);
  const auto child = [](double epsilon) {
    return best_dictionary({0.2, 0.2, epsilon, 0.2}, 2).child();
  };
  CHECK(std::fabs(child(0.5 * star) - 47) < 0.5);
  CHECK(std::fabs(child(0.7 * star) - 63) < 0.5);
  CHECK(std::fabs(child(star) - 72) < 0.5);
  CHECK(std::fabs(child(0.05) - 72.1) < 0.05);
  CHECK(std::fabs(child(0.08) - 78.8) < 0.05);
  CHECK(std::fabs(child(0.18) - 84.9) < 0.05);
  CHECK(std::fabs(child(0) - 45) < 0.1);
}

TEST_CASE("with a spare atom the best dictionary is the redundant triple") {
  for (const double epsilon : {0.02, 0.1}) {
    const AbsorptionSetting setting{0.2, 0.2, epsilon, 0.2};
    const BestDictionary best = best_dictionary(setting, 3);
    REQUIRE(best.degrees.size() == 3);
    CHECK(std::fabs(best.degrees[0]) < 1e-3);
    CHECK(std::fabs(best.degrees[1] - 45) < 1e-3);
    CHECK(std::fabs(best.degrees[2] - 90) < 1e-3);
    CHECK(best.loss < best_dictionary(setting, 2).loss);
  }
  CHECK_THROWS_AS(best_dictionary({}, 1), InputError);
}
