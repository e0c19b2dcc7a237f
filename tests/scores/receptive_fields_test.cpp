#include "lab/scores/receptive_fields.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "lab/core/error.h"
#include "random_tensors.h"

using namespace lab;
using namespace random_tensors;
using std::numbers::pi;

namespace {

// Angles of n points at equal distances on a circle, half a step off the axes.
at::Tensor angles(std::int64_t n) {
  return (at::arange(n, at::kDouble) + .5) * (2 * pi / static_cast<double>(n));
}
at::Tensor circle(const at::Tensor& angles_B) {
  return at::stack({angles_B.cos(), angles_B.sin()}, 1);
}
double spread_of_arc(double a) {
  return 2 * pi * (a - 2 * std::sin(a / 2)) / (a * a);
}
// n constant codes on arcs that start at 0.
at::Tensor on_arc(const at::Tensor& angles_B, double a) {
  return (angles_B < a).to(at::kDouble).unsqueeze(1);
}
Scores scores_of(const at::Tensor& codes, const at::Tensor& values) {
  return receptive_field_scores(codes, values, at::ones({values.size(0)}), draw("points"));
}

}  // namespace

TEST_CASE("latents that cover an arc of a circle have the spread of the arc") {
  const at::Tensor angle = angles(500), points = circle(angle);
  for (const double a : {pi / 2, pi, 2 * pi}) {
    const Scores scores = scores_of(on_arc(angle, a), points);
    CHECK(scores.at("support_size").value == 1);
    // Chords of different points only: those of n points are n/(n − 1) of the arc's.
    CHECK(scores.at("receptive_field_spread").value ==
          doctest::Approx(spread_of_arc(a)).epsilon(.01));
  }
  CHECK(scores_of(on_arc(angle, 2 * pi), points).at("receptive_field_spread").value == 1);
  CHECK(spread_of_arc(pi) == doctest::Approx(2 * (pi - 2) / pi));
  const at::Tensor many = angles(4000);  // of which 512 are looked at: sd ≈ .01
  CHECK(scores_of(on_arc(many, pi), circle(many)).at("receptive_field_spread").value ==
        doctest::Approx(spread_of_arc(pi)).epsilon(.05));
}

TEST_CASE("the lowest tenth of a latent's positive codes is cut") {
  const at::Tensor angle = angles(500), points = circle(angle);
  // A half-wave fires on half of the circle; what remains is an arc of .9 π.
  const Table table = receptive_fields_table(points, points, at::ones({500}), draw("points"));
  REQUIRE(table.rows.size() == 2);
  for (const auto& row : table.rows) {
    CHECK(row[1] == doctest::Approx(.45).epsilon(.005));
    CHECK(row[2] == doctest::Approx(spread_of_arc(.9 * pi)).epsilon(.01));
  }
  const at::Tensor half_axes = at::cat({points, -points}, 1).clamp_min(0);
  CHECK(scores_of(half_axes, points).at("support_size").value == 4);
}

TEST_CASE("support needs a tenth of the points and thirty of them") {
  const at::Tensor angle = angles(500), points = circle(angle);
  const auto support = [&](std::int64_t fires, std::int64_t n) {
    const at::Tensor x = circle(angles(n));
    const at::Tensor codes = (at::arange(n, at::kDouble) < static_cast<double>(fires));
    return scores_of(codes.to(at::kDouble).unsqueeze(1), x).at("support_size").value;
  };
  CHECK(support(50, 500) == 1);
  CHECK(support(49, 500) == 0);
  CHECK(support(30, 100) == 1);
  CHECK(support(29, 100) == 0);
}

TEST_CASE("spread is the median over latents, one that fires at one place has 0") {
  const at::Tensor angle = angles(400);
  at::Tensor points = circle(angle);
  points.narrow(0, 0, 100).copy_(points[0].expand({100, 2}).clone());
  const at::Tensor place = (at::arange(400, at::kDouble) < 100).to(at::kDouble).unsqueeze(1);
  CHECK(scores_of(place, points).at("receptive_field_spread").value == 0);
  const at::Tensor all = at::ones({400, 1}, at::kDouble);
  CHECK(scores_of(at::cat({place, all}, 1), points).at("receptive_field_spread").value == .5);
  CHECK(scores_of(at::cat({place, all, all}, 1), points).at("receptive_field_spread").value == 1);
}

TEST_CASE("order of latents, scale and samples without the feature do not matter") {
  const at::Tensor points = circle(angles(1000));
  const at::Tensor codes = points.matmul(normal("w", 2, 7)) + .1 * normal("noise", 1000, 7);
  const Scores a = scores_of(codes, points);
  const Scores moved = scores_of(codes.index_select(1, order("latents", 7)) * 3, points * 5);
  const at::Tensor present = at::cat({at::ones({1000}), at::zeros({1000})});
  const Scores longer =
      receptive_field_scores(at::cat({codes, normal("more", 1000, 7)}),
                             at::cat({points, at::zeros({1000, 2})}), present, draw("points"));
  CHECK(a.at("support_size").value == 7);
  for (const auto& [name, score] : a) {
    CHECK(score.value == doctest::Approx(moved.at(name).value).epsilon(1e-12));
    CHECK(score.value == doctest::Approx(longer.at(name).value).epsilon(1e-12));
  }
}

TEST_CASE("degenerate inputs have defined scores or a reason") {
  const at::Tensor points = circle(angles(100)), codes = points.clamp_min(0);
  const Scores silent = scores_of(at::zeros({100, 3}), points);
  CHECK(silent.at("support_size").value == 0);
  CHECK_FALSE(silent.at("receptive_field_spread").present);
  CHECK(scores_of(-codes, points).at("support_size").value == 0);
  const Scores same = scores_of(codes, at::ones({100, 2}));
  CHECK(same.at("support_size").value == 2);
  CHECK_FALSE(same.at("receptive_field_spread").present);
  CHECK_FALSE(scores_of(at::zeros({100, 0}), points).at("support_size").present);
  CHECK_FALSE(scores_of(codes, points.narrow(1, 0, 1)).at("support_size").present);
  CHECK_FALSE(receptive_field_scores(codes, points, at::zeros({100}), draw("n"))
                  .at("support_size")
                  .present);
  CHECK(receptive_fields_table(codes, points, at::zeros({100}), draw("n")).rows.empty());
  CHECK_THROWS_AS(scores_of(codes / 0., points), Failure);
  CHECK_THROWS_AS(receptive_field_scores(codes, points, at::ones({99}), draw("n")), InputError);
}
