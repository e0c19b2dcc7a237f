#include "lab/scores/absorption.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>
#include <numbers>

#include "lab/core/error.h"
#include "random_tensors.h"

using namespace lab;
using namespace random_tensors;

namespace {

constexpr std::int64_t samples = 600;
const std::vector<ParentChild> one_pair = {{0, 1}};

// Parent, child and a single feature; the child only with its parent.
at::Tensor family() {
  const at::Tensor x = bits("family", samples, 3, .5);
  x.select(1, 1).mul_(x.select(1, 0));
  return x;
}
Truth family_truth() {
  Truth truth;
  truth.features = {{"p", 0, 1}, {"c", 1, 1}, {"s", 2, 1}};
  truth.relations = {{"tree", "tree", {0, 1}, {-1, 0}, ""}};
  return truth;
}
at::Tensor column(const at::Tensor& x, std::int64_t i) {
  return x.select(1, i);
}
at::Tensor columns(const std::vector<at::Tensor>& x) {
  return at::stack(x, 1);
}
// {parent alone, parent with child}: the second latent carries `share` of the parent.
struct Coded {
  at::Tensor codes, atoms;
};
Coded absorbing(const at::Tensor& present, const at::Tensor& truth, double share) {
  const at::Tensor p = column(present, 0), c = column(present, 1);
  return {columns({p * (1 - c), c, column(present, 2)}),
          at::stack({truth[0], truth[1] + share * truth[0], truth[2]})};
}
Scores scores_of(const Coded& coded, const at::Tensor& present, const at::Tensor& truth,
                 std::int64_t draws = 0) {
  return absorption_scores(coded.codes, present, present, coded.atoms, truth, family_truth(),
                           family_truth().relations[0], draws, draw("absorption"));
}
Absorption pair_of(const Coded& coded, const at::Tensor& present, const at::Tensor& truth,
                   Offsets offsets) {
  return absorption(coded.codes, present, present, coded.atoms, truth, one_pair, offsets,
                    draw("absorption"))[0];
}

}  // namespace

TEST_CASE("a faithful dictionary absorbs nothing") {
  const at::Tensor present = family(), truth = rotation("truth", 3);
  const at::Tensor values = present * (.5 + normal("size", samples, 3).abs());
  const Scores scores = absorption_scores(values, values, present, truth, truth, family_truth(),
                                          family_truth().relations[0], 20, draw("absorption"));
  CHECK(scores.at("absorption").value == 0);
  CHECK(scores.at("absorption_excess").value == 0);
  CHECK(scores.at("absorption_pairs").value == 1);
  CHECK(scores.at("absorption_excess_p").value == 1);
}

TEST_CASE("a dictionary of parent alone and parent with child absorbs all") {
  const at::Tensor present = family(), truth = rotation("truth", 3);
  const Scores scores = scores_of(absorbing(present, truth, 1), present, truth, 99);
  CHECK(scores.at("absorption").value == 1);
  CHECK(scores.at("absorption_excess").value == 1);
  CHECK(scores.at("absorption_p").value == doctest::Approx(.01));
  CHECK(scores.at("absorption_excess_p").value == doctest::Approx(.01));
  // Permuted, the excess has mean 0 and sd ≈ .1; the mean of 99 has sd .01.
  CHECK(std::abs(scores.at("absorption_excess_null").value) < .05);
}

TEST_CASE("the child's latent must carry .4 of the parent's value, whatever its scale and sign") {
  const at::Tensor present = family(), truth = rotation("truth", 3);
  CHECK(scores_of(absorbing(present, truth, .41), present, truth).at("absorption").value == 1);
  const Scores less = scores_of(absorbing(present, truth, .39), present, truth);
  CHECK(less.at("absorption").value == 0);
  CHECK(less.at("absorption_excess").value == 1);  // silent all the same
  for (const double scale : {.01, -3.}) {
    const Coded coded = absorbing(present, truth, .41);
    const Coded scaled{coded.codes * scale, coded.atoms / scale};
    CHECK(scores_of(scaled, present, truth).at("absorption").value == 1);
    const Coded wrong{coded.codes, coded.atoms * -1};
    CHECK(scores_of(wrong, present, truth).at("absorption").value == 0);
  }
  // Parents of three times the value, or negative ones, need as much more, or the other sign.
  const Coded coded = absorbing(present, truth, .41);
  const auto with_values = [&](double size, const Coded& x) {
    return absorption(x.codes, present * size, present, x.atoms, truth, one_pair, Offsets::as_given,
                      draw("absorption"))[0]
        .absorption.value;
  };
  CHECK(with_values(3, coded) == 0);
  CHECK(with_values(-1, coded) == 0);
  CHECK(with_values(-1, {coded.codes, coded.atoms * -1}) == 1);
}

TEST_CASE("a child that is parent plus offset is measured on the offset") {
  const at::Tensor present = family(), frame = rotation("truth", 3);
  const at::Tensor truth = at::stack({frame[0], frame[0] + frame[1], frame[2]});
  const Coded oracle{present, truth};
  const Absorption given = pair_of(oracle, present, truth, Offsets::as_given);
  CHECK(given.cosine == doctest::Approx(std::sqrt(.5)));
  CHECK(given.absorption.value == 0);
  CHECK_FALSE(given.excess.present);
  const Absorption offset = pair_of(oracle, present, truth, Offsets::orthogonalised);
  CHECK(offset.absorption.value == 0);
  CHECK(offset.excess.value == 0);
  // With both present the sample is 2 p + δ: a latent δ + .7 p carries .7 of f_p, but .35 of all.
  const Coded partial = absorbing(present, frame, .7), most = absorbing(present, frame, .9);
  CHECK(pair_of(partial, present, truth, Offsets::as_given).absorption.value == 1);
  CHECK(pair_of(partial, present, truth, Offsets::orthogonalised).absorption.value == 0);
  CHECK(pair_of(most, present, truth, Offsets::orthogonalised).absorption.value == 1);
  CHECK(pair_of(most, present, truth, Offsets::orthogonalised).excess.value == 1);
  CHECK(scores_of(most, present, truth).at("absorption").value == 1);  // a tree's pairs
}

TEST_CASE("a latent that misses its parent at random has no excess") {
  const at::Tensor present = family(), truth = rotation("truth", 3);
  const at::Tensor heard = column(bits("heard", samples, 1, .7), 0);
  const at::Tensor codes =
      columns({column(present, 0) * heard, column(present, 1), column(present, 2)});
  const Scores scores = scores_of({codes, truth}, present, truth, 99);
  CHECK(scores.at("absorption").value == 0);
  CHECK(std::abs(scores.at("absorption_excess").value) < .3);  // sd .075
  CHECK(scores.at("absorption_excess_p").value > .01);         // false alarms: 1 %
}

TEST_CASE("the rates are those counted over the second half") {
  const at::Tensor present = family(), truth = rotation("truth", 3);
  const at::Tensor heard = column(bits("heard", samples, 1, .6), 0);
  Coded coded = absorbing(present, truth, 1);
  const at::Tensor p = column(present, 0), c = column(present, 1);
  coded.codes = columns({p * (1 - c * heard), c, column(present, 2)});
  const Absorption a = pair_of(coded, present, truth, Offsets::as_given);
  const at::Tensor second =
      at::tensor(draw("absorption").at(0).permutation(samples), at::kLong).slice(0, samples / 2);
  const auto sum = [&](const at::Tensor& x) {
    return x.index_select(0, second).sum().item<double>();
  };
  CHECK(a.with_child == sum(c));
  CHECK(a.without_child == sum(p * (1 - c)));
  CHECK(a.absorption.value == doctest::Approx(sum(c * heard) / sum(c)).epsilon(1e-12));
  CHECK(a.excess.value == doctest::Approx(a.absorption.value).epsilon(1e-12));
  CHECK(a.main_latent == 0);
  CHECK(a.child_latent == 1);
  CHECK(a.child_f1 == 1);
}

TEST_CASE("order of latents does not matter") {
  const at::Tensor present = family(), truth = normal("truth", 3, 4), atoms = normal("w", 9, 4);
  const at::Tensor codes = normal("codes", samples, 9).clamp_min(0) + present.repeat({1, 3}) - .5;
  const at::Tensor sparse = codes.clamp_min(0), latents = order("latents", 9);
  const Scores a = scores_of({sparse, atoms}, present, truth, 5);
  const Scores b = scores_of({sparse.index_select(1, latents), atoms.index_select(0, latents)},
                             present, truth, 5);
  CHECK(a.size() == 9);
  for (const auto& [name, score] : a) {
    CHECK(score.present);
    CHECK(score.value == doctest::Approx(b.at(name).value).epsilon(1e-12));
  }
}

TEST_CASE("what cannot be measured is absent with a reason") {
  const at::Tensor present = family(), truth = rotation("truth", 3);
  const auto absent = [&](const at::Tensor& codes, const at::Tensor& bits,
                          const at::Tensor& atoms) {
    const Scores scores = scores_of({codes, atoms}, bits, truth, 3);
    CHECK_FALSE(scores.at("absorption").present);
    CHECK_FALSE(scores.at("absorption_excess").present);
    CHECK(scores.at("absorption_pairs").value == 0);
    CHECK_FALSE(scores.at("absorption").reason.empty());
  };
  absent(at::zeros({samples, 3}), present, truth);
  absent(at::zeros({samples, 0}), present, at::zeros({0, 3}));
  absent(at::zeros({0, 3}), at::zeros({0, 3}), truth);
  absent(present.narrow(0, 0, 20), present.narrow(0, 0, 20), truth);
  at::Tensor childless = present.clone();
  childless.select(1, 1).zero_();
  absent(childless, childless, truth);
  const Coded alone{column(present, 0).unsqueeze(1), truth.narrow(0, 0, 1)};
  CHECK_FALSE(scores_of(alone, present, truth).at("absorption").present);  // no other latent
  CHECK(scores_of(alone, present, truth).at("absorption_excess").value == 0);
  at::Tensor always = present.clone();
  always.select(1, 1).copy_(always.select(1, 0));
  CHECK_FALSE(scores_of({always, truth}, always, truth).at("absorption_excess").present);
  const Scores no_vector = scores_of(absorbing(present, truth, 1), present, truth * 0);
  CHECK(no_vector.at("absorption").value == 0);
  CHECK_THROWS_AS(scores_of({present / 0., truth}, present, truth), Failure);
  CHECK_THROWS_AS(scores_of({present, truth.narrow(0, 0, 2)}, present, truth), InputError);
}

TEST_CASE("pairs of a tree, and their table") {
  Truth truth;
  truth.features = {{"circle", 0, 2}, {"p", 2, 1}, {"c", 3, 1}, {"d", 4, 1}};
  Relation tree{"tree", "tree", {1, 2, 3, 0}, {-1, 0, 1, 0}, ""};
  const std::vector<ParentChild> pairs = parent_child_pairs(truth, tree);
  REQUIRE(pairs.size() == 2);  // the circle is no plain child
  CHECK(pairs[0].parent == 2);
  CHECK(pairs[0].child == 3);
  CHECK(pairs[1].parent == 3);
  CHECK(pairs[1].child == 4);
  tree.parent = {-1, 9, 1, 0};
  CHECK_THROWS_AS(parent_child_pairs(truth, tree), InputError);
  tree.kind = "circle";
  CHECK_THROWS_AS(parent_child_pairs(truth, tree), InputError);

  const at::Tensor present = family(), frame = rotation("truth", 3);
  const Coded coded = absorbing(present, frame, 1);
  const Table table =
      absorption_table(coded.codes, present, present, coded.atoms, frame, family_truth(),
                       family_truth().relations[0], draw("absorption"));
  REQUIRE(table.rows.size() == 1);
  REQUIRE(table.rows[0].size() == table.columns.size());
  CHECK(table.rows[0][2] == 0);
  CHECK(table.rows[0][4] == 1);
  CHECK(table.rows[0][9] == 1);
  CHECK(table.rows[0][10] == 1);
}

TEST_CASE("the angle of the child's atom: faithful, absorbed, and in between") {
  const at::Tensor truth = rotation("angle", 3);
  const auto angle = [&](const at::Tensor& atoms) {
    const Score score = child_angle(atoms, truth, one_pair);
    REQUIRE(score.present);
    return score.value;
  };
  CHECK(angle(truth) == doctest::Approx(90));
  CHECK(angle(at::stack({truth[0], 3 * (truth[0] + truth[1]), truth[2]})) == doctest::Approx(45));
  const double slanted = std::tan(std::numbers::pi * 70 / 180);
  CHECK(angle(at::stack({truth[0], truth[0] + slanted * truth[1]})) == doctest::Approx(70));
  // The triple {parent, composite, child} has an atom of the child's own; a dead atom is no atom.
  CHECK(angle(at::stack({truth[0], truth[0] + truth[1], truth[1]})) == doctest::Approx(90));
  CHECK(angle(at::stack({at::zeros_like(truth[0]), truth[0] + truth[1]})) == doctest::Approx(45));
  const std::vector<ParentChild> two_pairs{{0, 1}, {0, 2}};
  const at::Tensor atoms = at::stack({truth[0], truth[0] + truth[1], truth[2]});
  CHECK(child_angle(atoms, truth, two_pairs).value == doctest::Approx((45 + 90) / 2.0));

  CHECK_FALSE(child_angle(at::zeros({2, 3}), truth, one_pair).present);
  CHECK_FALSE(child_angle(atoms, truth, {}).present);
  CHECK_THROWS_AS(child_angle(at::ones({2, 4}), truth, one_pair), InputError);
}
