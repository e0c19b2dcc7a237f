#include "lab/geometry/circle.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <cmath>
#include <map>
#include <numbers>
#include <string>

#include "lab/core/error.h"
#include "lab/geometry/nulls.h"
#include "lab/geometry/positions.h"
#include "scores/random_tensors.h"

using namespace lab;
using namespace random_tensors;

namespace {

constexpr double pi = std::numbers::pi;
// As every worker does: the matrices are small.
[[maybe_unused]] const bool one_thread = (at::set_num_threads(1), true);

at::Tensor points(const at::Tensor& angles) {
  return at::stack({angles.cos(), angles.sin()}, 1);
}
at::Tensor circle(std::int64_t n, std::int64_t frequency = 1) {
  return points(at::arange(n, at::kDouble) * (2 * pi * static_cast<double>(frequency) / n));
}
double circularity(const at::Tensor& vectors) {
  return circle_scores(vectors).at("circularity").value;
}

}  // namespace

TEST_CASE("a circle scores 1 wherever it lies") {
  for (const std::int64_t n : {4, 5, 7, 12}) {
    const at::Tensor plane = rotation("plane", 9).narrow(0, 0, 2);
    const at::Tensor offset = normal("offset", 1, 9);
    for (const auto& [name, score] : circle_scores(3 * circle(n).matmul(plane) + offset)) {
      INFO(name);
      CHECK(score.value == doctest::Approx(1).epsilon(1e-9));
    }
  }
}

TEST_CASE("circularity of known arrangements of seven") {
  const at::Tensor t = at::arange(7, at::kDouble);
  const at::Tensor line = at::outer(t, normal("line", 1, 4)[0]);
  CHECK(circularity(line) == doctest::Approx(.664).epsilon(1e-3));
  CHECK_FALSE(circle_scores(line).at("order_exact").present);
  CHECK(circularity(points(t * (pi / 6))) == doctest::Approx(.886).epsilon(1e-3));
  CHECK(circularity(points(t * (pi / 7))) == doctest::Approx(.865).epsilon(1e-3));
  double shuffled = 0, gaussian = 0;
  for (std::uint64_t i = 0; i < 250; ++i) {
    Words words = draw("orders").at(i);
    const std::vector<std::int64_t> order = words.permutation(7);
    shuffled += circularity(circle(7).index_select(0, at::tensor(order, at::kLong))) / 250;
    gaussian += circularity(random_directions(at::ones({7, 20}), words)) / 250;
  }
  // sd of one is below .2: a mean of 250 is within 4 sd = .05.
  CHECK(std::fabs(shuffled - .52) < .05);
  CHECK(std::fabs(gaussian - .49) < .05);
}

TEST_CASE("chance of an exact order is 2/(n−1)!") {
  const CircleView view = circle_view(circle(5));
  REQUIRE(view.ordered);
  int exact = 0, multiple = 0;
  for (std::uint64_t i = 0; i < 1200; ++i) {
    const std::vector<std::int64_t> order = draw("chance").at(i).permutation(5);
    const Scores scores = circle_scores(circle(5).index_select(0, at::tensor(order, at::kLong)));
    exact += scores.at("order_exact").value == 1;
    multiple += scores.at("order_exact_multiple").value == 1;
  }
  CHECK(std::fabs(exact - 100) < 4 * 9.6);      // 1200 · 2/4!, binomial sd
  CHECK(std::fabs(multiple - 200) < 4 * 12.9);  // 1200 · φ(5)/4!
}

TEST_CASE("rotation, reflection and scale do not matter; the order of the vectors does") {
  const at::Tensor vectors = circle(9).matmul(normal("mix", 2, 6)) + .1 * normal("noise", 9, 6);
  const Scores plain = circle_scores(vectors);
  const Scores moved = circle_scores(2 * vectors.roll(3, 0).matmul(rotation("space", 6)) + 1);
  const Scores mirrored = circle_scores(vectors.flip(0));
  for (const auto& [name, score] : plain) {
    CHECK(moved.at(name).value == doctest::Approx(score.value).epsilon(1e-9));
    CHECK(mirrored.at(name).value == doctest::Approx(score.value).epsilon(1e-9));
  }
}

TEST_CASE("a circle traversed in steps of k is one only for order_exact_multiple") {
  const Scores scores = circle_scores(circle(7, 3));
  CHECK(scores.at("order_exact").value == 0);
  CHECK(scores.at("order_exact_multiple").value == 1);
  CHECK(scores.at("circularity").value == doctest::Approx(1));
  // Steps that share a factor with n visit some places twice: no order at all.
  CHECK(circle_scores(circle(8, 2)).at("order_exact_multiple").value == 0);
  // The stronger of two frequencies is the plane that is seen.
  const Scores both = circle_scores(at::cat({circle(7), .6 * circle(7, 3)}, 1));
  CHECK(both.at("order_exact").value == 1);
}

TEST_CASE("a stronger line beside the circle does not hide it") {
  const at::Tensor line = 4 * (at::arange(7, at::kDouble) * 2.399).sin().unsqueeze(1);
  CHECK(circle_scores(at::cat({line, circle(7)}, 1)).at("order_exact").value == 1);
}

TEST_CASE("no plane is made up where none stands out") {
  for (const at::Tensor& vectors :
       {rotation("frame", 8).to(at::kFloat), at::cat({circle(9), circle(9, 2)}, 1)})
    for (const auto& [name, score] : circle_scores(vectors)) {
      CHECK_FALSE(score.present);
      CHECK(score.reason == "no plane stands out: principal components have equal variances");
    }
  CHECK(circle_scores(at::cat({circle(9), .9 * circle(9, 2)}, 1)).at("order_exact").value == 1);
}

TEST_CASE("nulls of random vectors are random: p spreads over (0, 1]") {
  std::map<std::string, int> low, middle;
  for (std::int64_t i = 0; i < 20; ++i) {
    Words words = Draw("tests/circle/calibration", 5).at(static_cast<std::uint64_t>(i));
    const at::Tensor vectors = random_directions(at::ones({9, 30}), words);
    Scores scores = circle_scores(vectors);
    add_circle_nulls(scores, {vectors}, 9, Draw("tests/circle/null", i));
    for (const std::string kind : {"labels", "directions", "gaussian"}) {
      const double p = scores.at("circularity_p_" + kind).value;
      low[kind] += p < .15;
      middle[kind] += p > .15 && p < .95;
    }
  }
  // p is uniform on .1, .2 … 1: of 20, above 8 with probability 6e-5 and below 9 with 1e-4.
  for (const std::string kind : {"labels", "directions", "gaussian"}) {
    CHECK(low[kind] <= 8);
    CHECK(middle[kind] >= 9);
  }
}

TEST_CASE("vectors without an order get none, whatever their numbers") {
  for (const auto& [name, score] : circle_scores(at::ones({7, 3}))) {
    CHECK_FALSE(score.present);
    CHECK(score.reason == "all vectors are equal");
  }
  CHECK_FALSE(circle_scores(circle(3)).at("order_exact").present);
  at::Tensor twins = circle(6).clone();
  twins[1].copy_(twins[0]);
  CHECK(circle_scores(twins).at("order_exact").value == 0);
  CHECK(circle_scores(twins).at("order_triples").value < 1);
  CHECK_THROWS_AS(circle_scores(circle(6) / 0.), Failure);
}

TEST_CASE("nulls: a circle stands out, Gaussian vectors do not") {
  Scores days = circle_scores(circle(7));
  add_circle_nulls(days, {circle(7)}, 99, draw("null"));
  for (const char* kind : {"labels", "directions", "gaussian"}) {
    CHECK(days.at(std::string("order_exact_p_") + kind).value <= .03);
    CHECK(days.at(std::string("circularity_p_") + kind).value <= .02);
    CHECK(days.at(std::string("order_triples_null_") + kind).value < .8);
  }
  const at::Tensor vectors = normal("gaussian", 9, 30);
  Scores scores = circle_scores(vectors);
  add_circle_nulls(scores, {vectors}, 99, draw("null"));
  for (const char* kind : {"labels", "directions", "gaussian"})
    CHECK(scores.at(std::string("circularity_p_") + kind).value >
          .01);  // false alarms: 1 % each, fixed seed
  Scores few = circle_scores(circle(3));
  add_circle_nulls(few, {circle(3)}, 9, draw("null"));
  CHECK_FALSE(few.at("order_exact_p_labels").present);
}

TEST_CASE("vectors of nulls keep norms or covariance") {
  const at::Tensor vectors = normal("v", 12, 8) * at::arange(1, 13, at::kDouble).unsqueeze(1);
  Words words = draw("null").at(3);
  const at::Tensor spread = low_coherence_like(vectors, words);
  CHECK(at::allclose(spread.norm(2, 1), vectors.norm(2, 1), 1e-9));
  const Scores before = coherence_scores(random_directions(vectors, words));
  CHECK(coherence_scores(spread).at("coherence").value < before.at("coherence").value);
  at::Tensor sum = at::zeros({8, 8}, at::kDouble);
  for (std::uint64_t i = 0; i < 800; ++i) {
    Words w = draw("covariance").at(i);
    const at::Tensor x = gaussian_like(vectors, w) - vectors.mean(0, true);
    sum += x.t().matmul(x) / (800 * 12);
  }
  const at::Tensor centred = vectors - vectors.mean(0, true);
  const at::Tensor covariance = centred.t().matmul(centred) / 11;
  CHECK((sum - covariance).norm().item<double>() < .1 * covariance.norm().item<double>());
}

TEST_CASE("matched atoms of a circle, and what matching alone gives") {
  const at::Tensor truth = at::cat({circle(7), normal("rest", 7, 4)}, 1);
  const std::vector<std::int64_t> coordinates = {0, 1, 2, 3, 4, 5, 6};
  const at::Tensor atoms = truth.index_select(0, order("latents", 7));
  Scores scores = matched_circle_scores(truth, match(truth, truth), coordinates, false);
  const Scores shuffled = matched_circle_scores(atoms, match(atoms, truth), coordinates, false);
  for (const auto& [name, score] : scores)
    CHECK(shuffled.at(name).value == doctest::Approx(score.value).epsilon(1e-9));
  add_rematched_nulls(scores, atoms, truth, {coordinates}, false, 19, draw("null"));
  CHECK(scores.at("circularity_null_rematched").present);
  const at::Tensor few = truth.narrow(0, 0, 3);
  CHECK(
      matched_circle_scores(few, match(few, truth), coordinates, false).at("order_exact").reason ==
      "a feature of the circle has no matched latent");
}

TEST_CASE("latents that tile a circle have places in order") {
  const at::Tensor theta = at::arange(720, at::kDouble) * (2 * pi / 720);
  const at::Tensor values = points(theta);
  const at::Tensor places = circle(8).index_select(0, order("tiles", 8));
  const at::Tensor codes = (values.matmul(places.t()) - .3).clamp_min(0);
  const at::Tensor atoms = places.matmul(normal("plane", 2, 5));
  const at::Tensor everywhere = at::cat({codes, at::ones({720, 1})}, 1);
  const std::vector<Position> positions =
      circle_positions(everywhere, values, at::ones({720}, at::kBool));
  for (std::int64_t m = 0; m < 8; ++m) {
    const double there = std::atan2(places[m][1].item<double>(), places[m][0].item<double>());
    CHECK(std::cos(positions[m].angle - there) == doctest::Approx(1).epsilon(1e-6));
  }
  CHECK(positions[8].concentration < 1e-9);
  const Scores scores = position_scores(positions, at::cat({atoms, at::ones({1, 5})}, 0));
  CHECK(scores.at("tiles").value == 8);
  CHECK(scores.at("position_triples").value == 1);
  CHECK(scores.at("position_spearman").value > .8);
  // A latent that fires like a cosine over half of the circle: ∫cos² / ∫cos = π/4.
  const Position half =
      circle_positions(values.narrow(1, 0, 1).clamp_min(0), values, at::ones({720}, at::kBool))[0];
  CHECK(half.concentration == doctest::Approx(pi / 4).epsilon(1e-3));
  const auto absent = circle_positions(codes, values, at::zeros({720}, at::kBool));
  CHECK(position_scores(absent, atoms).at("tiles").value == 0);
  CHECK_FALSE(position_scores(absent, atoms).at("position_triples").present);
  CHECK(std::isnan(position_table(absent).rows[0][0]));
  CHECK_THROWS_AS(circle_positions(codes, values, at::ones({3})), InputError);
}

TEST_CASE("nulls of a mean over circles are means over circles, draw by draw") {
  const std::vector<at::Tensor> one{circle(9)}, four{circle(9), circle(9), circle(9), circle(9)};
  Scores single = circle_scores(circle(9)), mean = single;  // the mean of four equal scores
  add_circle_nulls(single, one, 200, draw("null"));
  add_circle_nulls(mean, four, 200, draw("null"));
  const auto value = [](const Scores& scores, const char* name) { return scores.at(name).value; };
  CHECK(value(mean, "order_triples_null_labels") ==
        doctest::Approx(value(single, "order_triples_null_labels")).epsilon(.05));
  // Independent draws: half the spread, with a relative standard error of 7 %.
  const double ratio =
      value(mean, "order_triples_null_sd_labels") / value(single, "order_triples_null_sd_labels");
  CHECK(ratio > .35);
  CHECK(ratio < .65);
  CHECK(value(mean, "order_exact_p_labels") == doctest::Approx(1 / 201.));
}
