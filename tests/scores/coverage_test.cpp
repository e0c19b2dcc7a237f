// Coverage: gates that are there are covered, by complement and threshold too; chance covers none.
#include "lab/scores/coverage.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include "scores/random_tensors.h"

using namespace lab;
using namespace random_tensors;

TEST_CASE("a gate is covered by a unit, by its complement, by a graded unit; not by two halves") {
  const at::Tensor gates = bits("gates", 400, 4, .5);
  const at::Tensor noise = normal("noise", 400, 3);
  const at::Tensor units =
      at::stack({gates.select(1, 0), 3 - gates.select(1, 1),
                 gates.select(1, 2) * 5 + noise.select(1, 0).abs(),
                 gates.select(1, 3) * bits("half", 400, 1, .5).select(1, 0), noise.select(1, 1)},
                1);
  const Coverage found = coverage("units", units, gates, 20, Draw("test/coverage", 1));
  CHECK(found.scores.at("coverage_units").value == .75);
  CHECK(found.scores.at("coverage_units_null").value == 0);
  CHECK(found.scores.at("coverage_units_p").value == doctest::Approx(1. / 21));
  CHECK(found.gates.rows[1][2] == 1);
  CHECK(found.gates.rows[3][1] < covered_phi);
  CHECK(found.gates.rows[2][1] > .99);
}

TEST_CASE("the order of units changes nothing but their numbers") {
  const at::Tensor gates = bits("gates", 300, 5, .3);
  const at::Tensor units = gates.matmul(normal("mix", 5, 9)) + normal("noise", 300, 9) * .2;
  const Coverage a = coverage("units", units, gates, 3, Draw("test/coverage", 1));
  const Coverage b = coverage("units", units.flip({1}), gates, 3, Draw("test/coverage", 1));
  CHECK(a.scores.at("coverage_units").value == b.scores.at("coverage_units").value);
  for (std::size_t g = 0; g < 5; ++g) {
    CHECK(a.gates.rows[g][1] == b.gates.rows[g][1]);
    CHECK(a.gates.rows[g][2] == 8 - b.gates.rows[g][2]);
  }
}

TEST_CASE("nothing to cover, or nothing that covers, is said") {
  const at::Tensor gates = bits("gates", 50, 2, .5);
  const Draw draw("test/coverage", 1);
  CHECK_FALSE(
      coverage("units", at::zeros({50, 0}), gates, 2, draw).scores.at("coverage_units").present);
  CHECK_FALSE(coverage("units", gates, at::zeros({50, 0}), 2, draw).scores.at("phi_units").present);
  CHECK_FALSE(
      coverage("units", gates, at::ones({50, 2}), 2, draw).scores.at("coverage_units").present);
}

TEST_CASE("the matrix holds the best of coverage, and F1 as a hand would count it") {
  const at::Tensor gates = bits("gates", 400, 3, .3);
  const at::Tensor units = at::cat({gates, gates.narrow(1, 0, 1) * bits("half", 400, 1, .5)}, 1);
  const Draw draw("test/coverage", 1);
  const Table matrix = unit_matrix(units, gates, draw);
  const Coverage found = coverage("units", units, gates, 0, draw);
  REQUIRE(matrix.rows.size() == 12);
  for (int g = 0; g < 3; ++g) {
    double most = 0;
    for (int u = 0; u < 4; ++u) most = std::max(most, matrix.rows[g * 4 + u][2]);
    CHECK(most == found.gates.rows[g][1]);
    CHECK(matrix.rows[g * 4 + g][3] == doctest::Approx(1));
    CHECK(matrix.rows[g * 4][0] == g);
    CHECK(matrix.rows[g * 4 + 3][1] == 3);
  }
  CHECK(matrix.rows[3][3] ==
        doctest::Approx(2. / 3).epsilon(.1));  // half of the firings: 2·½/(1 + ½)
}
