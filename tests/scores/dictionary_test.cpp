#include "lab/scores/dictionary.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "lab/core/error.h"
#include "random_tensors.h"

using namespace lab;
using namespace random_tensors;

namespace {

Scores scores_of(const at::Tensor& atoms, const at::Tensor& truth, bool is_signed = false) {
  return dictionary_scores(atoms, truth, match(atoms, truth), is_signed);
}

void check_equal(const Scores& a, const Scores& b, double tolerance = 1e-9) {
  REQUIRE(a.size() == b.size());
  for (const auto& [name, score] : a) {
    INFO(name);
    CHECK(score.present == b.at(name).present);
    CHECK(score.value == doctest::Approx(b.at(name).value).epsilon(tolerance));
  }
}

}  // namespace

TEST_CASE("the truth itself scores the oracle values, whatever its order and scale") {
  const at::Tensor truth = normal("truth", 12, 8);
  const Scores oracle = scores_of(truth.index_select(0, order("shuffle", 12)), truth);
  for (const char* name : {"mcc", "mcc_signed", "mmcs", "mmcs_latents", "frac_recovered@.9",
                           "frac_recovered@.8", "uniqueness", "gram_correlation"})
    CHECK(oracle.at(name).value == doctest::Approx(1).epsilon(1e-12));
  CHECK(oracle.at("placement_procrustes").value == doctest::Approx(0).epsilon(1e-12));
  CHECK(oracle.at("placement_residual").value == doctest::Approx(0).epsilon(1e-12));
  CHECK(scores_of(3 * truth, truth).at("placement_residual").value ==
        doctest::Approx(0).epsilon(1e-12));
}

TEST_CASE("order and norms of atoms, and the axes of space, do not matter") {
  const at::Tensor truth = normal("truth", 10, 6), atoms = normal("atoms", 15, 6);
  const Scores plain = scores_of(atoms, truth);
  check_equal(plain, scores_of(atoms.index_select(0, order("atoms", 15)), truth));
  const at::Tensor q = rotation("space", 6);
  check_equal(plain, scores_of(atoms.matmul(q), truth.matmul(q)));
  Scores scaled = scores_of(2.5 * atoms, truth);
  check_equal(plain, scaled);
  const at::Tensor stretched = atoms * at::arange(1, 16, at::kDouble).unsqueeze(1);
  scaled = scores_of(stretched, truth);
  for (const char* name : {"mcc", "mmcs", "uniqueness", "coherence", "gram_correlation"})
    CHECK(scaled.at(name).value == doctest::Approx(plain.at(name).value).epsilon(1e-12));
}

TEST_CASE("placement: shape and place are told apart") {
  const at::Tensor truth = normal("truth", 9, 9);
  const Scores turned = scores_of(truth.matmul(rotation("small", 9)), truth);
  CHECK(turned.at("placement_residual").value > turned.at("placement_procrustes").value);
  // Any orthonormal set is the rotation of any other: the shape is always right.
  const Scores axes = scores_of(rotation("frame", 9), at::eye(9, at::kDouble));
  CHECK(axes.at("placement_procrustes").value == doctest::Approx(0).epsilon(1e-12));
  CHECK(axes.at("placement_residual").value > .3);
  CHECK_FALSE(axes.at("gram_correlation").present);
  CHECK(scores_of(at::zeros({9, 9}), truth).at("placement_procrustes").value == 1);
  // An atom and its opposite are the same to a dictionary with signed codes only.
  at::Tensor flipped = truth.clone();
  flipped[3].neg_();
  CHECK(scores_of(flipped, truth, true).at("placement_residual").value ==
        doctest::Approx(0).epsilon(1e-12));
  CHECK(scores_of(flipped, truth, false).at("placement_residual").value > .01);
  CHECK(scores_of(flipped, truth).at("mcc").value == doctest::Approx(1).epsilon(1e-12));
  CHECK(scores_of(flipped, truth).at("mmcs").value < .99);
}

TEST_CASE("coherence of known sets") {
  const at::Tensor mercedes =
      at::tensor({1., 0., -.5, std::sqrt(.75), -.5, -std::sqrt(.75)}, at::kDouble).view({3, 2});
  for (const char* name : {"coherence", "mean_max_cos", "c_dec"})
    CHECK(coherence_scores(mercedes).at(name).value == doctest::Approx(.5).epsilon(1e-12));
  // Rows in several chunks: mean |cos| of random vectors is √(2/(πD)) (sd of the mean about 1e-4).
  const Scores many = coherence_scores(normal("many", 1100, 64));
  CHECK(many.at("c_dec").value == doctest::Approx(std::sqrt(2 / (64 * M_PI))).epsilon(.01));
}

TEST_CASE("random dictionaries lie within their own null") {
  const at::Tensor truth = normal("truth", 10, 16), atoms = normal("random", 20, 16);
  Scores scores = scores_of(atoms, truth);
  add_dictionary_nulls(scores, atoms, truth, false, 99, draw("null"));
  // Each p is uniform on multiples of .01: below .01 with probability 1 %, three looks.
  for (const char* name : {"mcc", "mmcs", "gram_correlation"}) {
    CHECK(scores.at(std::string(name) + "_p").value > .01);
    CHECK(std::fabs(scores.at(name).value - scores.at(std::string(name) + "_null").value) <
          4 * scores.at(std::string(name) + "_null_sd").value);
  }
  Scores oracle = scores_of(truth, truth);
  add_dictionary_nulls(oracle, truth, truth, false, 99, draw("null"));
  CHECK(oracle.at("mcc_p").value == .01);
  CHECK(oracle.at("gram_correlation_p").value == .01);
  CHECK(oracle.at("mcc_null").value < .7);
}

TEST_CASE("degenerate dictionaries have defined scores or a reason") {
  const at::Tensor truth = normal("truth", 4, 5);
  for (const auto& [name, score] : scores_of(at::zeros({0, 5}), truth)) {
    INFO(name);
    CHECK_FALSE(score.present);
    CHECK(score.reason == "the dictionary has no latents");
  }
  CHECK_FALSE(scores_of(truth, at::zeros({0, 5})).at("mcc").present);
  const Scores zero = scores_of(at::zeros({3, 5}), truth);
  CHECK(zero.at("mcc").value == 0);
  CHECK(zero.at("coherence").value == 0);
  CHECK(zero.at("uniqueness").value == doctest::Approx(1. / 3));
  CHECK(zero.at("gram_correlation").value == 0);
  const Scores one = scores_of(truth.narrow(0, 1, 1), truth.narrow(0, 1, 1));
  CHECK(one.at("mcc").value == doctest::Approx(1));
  CHECK_FALSE(one.at("coherence").present);
  CHECK_FALSE(one.at("placement_procrustes").present);
  at::Tensor broken = truth.clone();
  broken[0][0] = std::numeric_limits<double>::quiet_NaN();
  CHECK_THROWS_AS(match(broken, truth), Failure);
  CHECK_THROWS_AS(match(truth, at::ones({4, 6})), InputError);
}

TEST_CASE("tables name partners, and leave cells empty where there is none") {
  const at::Tensor truth = at::eye(3, at::kDouble);
  const at::Tensor atoms = at::tensor({0., 2., 0., 1., 0., 0.}, at::kDouble).view({2, 3});
  const Matching matching = match(atoms, truth);
  const Table latents = latents_table(atoms, matching), truths = coordinates_table(truth, matching);
  CHECK(latents.rows[0] == std::vector<double>{0, 2, 1, 1, 1, 1});
  CHECK(truths.rows[0] == std::vector<double>{0, 1, 1, 1, 1, 1});
  CHECK(truths.rows[2][3] == 0);
  CHECK(std::isnan(truths.rows[2][4]));
  CHECK(matched_atoms(atoms, matching, {1, 0}, false).equal(atoms));
  CHECK(matched_atoms(atoms, matching, {1, 2}, false).size(0) == 0);
}

TEST_CASE("opposite vectors are told apart by the side on which an atom lies") {
  // The corners of an octahedron, as float32 with a rotation's rounding, and in another order.
  const at::Tensor axes = std::get<0>(at::linalg_qr(normal("rotation", 3, 3))).to(at::kFloat);
  const at::Tensor truth = at::cat({axes, -axes});
  const at::Tensor order = at::tensor({4, 2, 0, 5, 1, 3}, at::kLong);
  const at::Tensor atoms = truth.index_select(0, order);
  const Matching matching = match(atoms, truth);
  for (std::int64_t m = 0; m < 6; ++m) {
    CHECK(matching.coordinate_of_latent[m] == order[m].item<std::int64_t>());
    CHECK(matching.best_coordinate[m] == order[m].item<std::int64_t>());
  }
  const Scores scores = dictionary_scores(atoms, truth, matching, false);
  CHECK(scores.at("uniqueness").value == 1);
  CHECK(scores.at("placement_residual").value < 1e-9);
}
