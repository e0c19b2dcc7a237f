// Dimensionalities against polyhedra and frames whose geometry is known.
#include "lab/scores/superposition.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>
#include <numeric>
#include <vector>

#include "lab/core/error.h"
#include "lab/tensors/tensors.h"

using namespace lab;

namespace {

at::Tensor rows(std::int64_t width, const std::vector<double>& numbers) {
  return at::tensor(numbers, at::kDouble).view({-1, width});
}

at::Tensor polygon(int n) {
  std::vector<double> numbers;
  for (int i = 0; i < n; ++i) {
    numbers.push_back(std::cos(2 * std::numbers::pi * i / n));
    numbers.push_back(std::sin(2 * std::numbers::pi * i / n));
  }
  return rows(2, numbers);
}

at::Tensor antiprism() {  // square antiprism: the eight points that repel each other
  std::vector<double> numbers;
  // A tight frame in three dimensions: Σ z² = Σ x² means 8 z² = 4 r².
  const double r = std::sqrt(2.0 / 3), z = std::sqrt(1.0 / 3);
  for (int i = 0; i < 8; ++i) {
    const double turn = std::numbers::pi / 4 * i;
    numbers.insert(numbers.end(), {r * std::cos(turn), r * std::sin(turn), i % 2 == 0 ? z : -z});
  }
  return rows(3, numbers);
}

at::Tensor tetrahedron() {
  return rows(3, {1, 1, 1, 1, -1, -1, -1, 1, -1, -1, -1, 1});
}

void check_all(const at::Tensor& w_CD, double dimensionality) {
  for (const double d : superposition(w_CD).dimensionality) {
    CHECK(d == doctest::Approx(dimensionality).epsilon(1e-9));
  }
}

double score(const at::Tensor& w_CD, const char* name) {
  return superposition_scores(w_CD).scores.at(name).value;
}

double gaussian_povm(std::int64_t n, std::int64_t m, std::int64_t seed) {
  return score(normals(Draw("test/gaussian", seed), 0, n, m), "povm_error");
}

}  // namespace

TEST_CASE("regular arrangements have the dimensionality of their name") {
  check_all(at::eye(5, at::kDouble) * 0.7, 1);
  check_all(rows(2, {1, 0, -1, 0, 0, 3, 0, -3}), 0.5);  // two digons of different lengths
  check_all(polygon(3), 2.0 / 3);
  check_all(polygon(5), 2.0 / 5);
  check_all(tetrahedron(), 3.0 / 4);
  check_all(antiprism(), 3.0 / 8);
}

TEST_CASE("tight frames fill the space: sum of D is the rank, sum of D ŵŵᵀ the identity") {
  // A pentagon and a digon of other lengths, in orthogonal subspaces of a rotated space.
  at::Tensor w = at::zeros({7, 3}, at::kDouble);
  w.slice(0, 0, 5).slice(1, 0, 2).copy_(polygon(5) * 1.3);
  w[5][2] = 0.4;
  w[6][2] = -0.4;
  const at::Tensor turned =
      std::get<0>(at::linalg_qr(normals(Draw("test/turn", 1), 0, 3, 3).to(at::kDouble)));
  for (const at::Tensor& frame : {w, w.mm(turned), polygon(7), tetrahedron(), antiprism()}) {
    const auto rank = static_cast<double>(frame.size(1));
    CHECK(score(frame, "dimensionality_sum") == doctest::Approx(rank).epsilon(1e-9));
    CHECK(score(frame, "povm_error") < 1e-9);
  }
  // Not tight: the sum stays below the rank. A vector that is 0 adds nothing, and has no part.
  const at::Tensor loose = rows(2, {1, 0, 1, 1, 0, 1, 0, 0});
  CHECK(score(loose, "dimensionality_sum") < 1.999);
  CHECK(score(loose, "povm_error") > 0.1);
  CHECK(superposition(loose).dimensionality[3] == 0);
}

TEST_CASE("scores by hand") {
  const at::Tensor w = rows(2, {2, 0, 0, 0.4, 1, 0});
  const SuperpositionReport report = superposition_scores(w);
  CHECK(report.scores.at("d_star").value == doctest::Approx(2 / 5.16));
  CHECK(report.scores.at("features_represented").value == 2);  // norms above ½
  CHECK(report.scores.at("superposition_mean").value == doctest::Approx((1 + 0 + 4) / 3.0));
  REQUIRE(report.table.rows.size() == 3);
  CHECK(report.table.columns ==
        std::vector<std::string>{"feature", "norm", "dimensionality", "superposition"});
  CHECK(report.table.rows[0][2] == doctest::Approx(4.0 / 5));
  CHECK(report.table.rows[2][3] == doctest::Approx(4));
}

TEST_CASE("no vectors but zeros, and vectors that are not finite") {
  const SuperpositionReport report = superposition_scores(at::zeros({4, 3}));
  CHECK_FALSE(report.scores.at("d_star").present);
  CHECK(report.scores.at("d_star").reason != "");
  CHECK(report.scores.at("dimensionality_sum").value == 0);
  CHECK(report.scores.at("povm_error").value == doctest::Approx(1));
  CHECK_THROWS_AS(superposition_scores(at::full({2, 2}, NAN)), Failure);
}

TEST_CASE("neither rotation, nor scale, nor order changes dimensionalities") {
  const at::Tensor w = normals(Draw("test/w", 3), 0, 30, 8).to(at::kDouble);
  const at::Tensor turn =
      std::get<0>(at::linalg_qr(normals(Draw("test/turn", 2), 0, 8, 8).to(at::kDouble)));
  const auto before = superposition(w).dimensionality;
  const auto after = superposition(w.mm(turn).flip({0}) * 5).dimensionality;
  for (std::size_t i = 0; i < before.size(); ++i) {
    CHECK(after[before.size() - 1 - i] == doctest::Approx(before[i]).epsilon(1e-9));
  }
}

// Means of 20 matrices; the standard deviation of one is below .02, so that a mean is off by .02 with a
// probability below 1e-5.
TEST_CASE("Gaussian vectors: the POVM errors .57, .38, .28") {
  const std::pair<std::int64_t, double> expected[] = {{40, 0.57}, {100, 0.38}, {200, 0.28}};
  for (const auto& [n, value] : expected) {
    double sum = 0;
    for (std::int64_t seed = 0; seed < 20; ++seed) sum += gaussian_povm(n, 20, seed);
    CHECK(std::abs(sum / 20 - value) < 0.02);
  }
}

TEST_CASE("the line test: enough values, and twice as many as beside it") {
  std::vector<double> values(10, 0.5);
  CHECK(line_stands(values, 0.5));
  CHECK_FALSE(line_stands(values, 0.4));
  CHECK_FALSE(line_stands(std::vector<double>(9, 0.5), 0.5));
  CHECK(line_stands(std::vector<double>(10, 0.505), 0.5));         // at the bound
  CHECK_FALSE(line_stands(std::vector<double>(10, 0.5051), 0.5));  // beyond it
  for (int i = 0; i < 3; ++i) values.push_back(0.4875);
  for (int i = 0; i < 2; ++i) values.push_back(0.5125);
  CHECK(line_stands(values, 0.5));  // ten against five
  values.push_back(0.509);
  CHECK_FALSE(line_stands(values, 0.5));
  values.back() = 0.506;  // between the windows: counts for neither
  CHECK(line_stands(values, 0.5));
}

TEST_CASE("blurring takes lines away, by named randomness") {
  const std::vector<double> line(200, 0.5);
  const auto moved = blurred(line, 0.05, Draw("test/blur", 1), 0);
  CHECK_FALSE(line_stands(moved, 0.5));
  for (const double d : moved) CHECK(std::abs(d - 0.5) <= 0.05);
  // The standard deviation of the mean is .05/√600; five of them: a false-alarm rate of 6e-7.
  CHECK(std::abs(std::accumulate(moved.begin(), moved.end(), 0.0) / 200 - 0.5) < 0.0103);
  CHECK(moved == blurred(line, 0.05, Draw("test/blur", 1), 0));
  CHECK(moved != blurred(line, 0.05, Draw("test/blur", 1), 1));
  CHECK(moved != blurred(line, 0.05, Draw("test/blur", 2), 0));
  CHECK(line == blurred(line, 0, Draw("test/blur", 1), 0));
}
