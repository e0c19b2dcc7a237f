#include "lab/scores/consistency.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>

#include "lab/core/error.h"
#include "random_tensors.h"

using namespace lab;
using namespace random_tensors;

TEST_CASE("equal dictionaries agree, whatever the order, signs and lengths of their atoms") {
  const at::Tensor atoms = normal("atoms", 6, 8);
  const std::vector<at::Tensor> same = {atoms, -2 * atoms.flip(0), atoms.roll(1, 0)};
  const Compared found = pairwise_consistency(same, 20, draw("null"));
  CHECK(found.scores.at("pw_mcc").value == doctest::Approx(1).epsilon(1e-12));
  CHECK(found.scores.at("pw_mcc_sd").value == doctest::Approx(0));
  CHECK(found.scores.at("pw_mcc_p").value == doctest::Approx(1. / 21));
  REQUIRE(found.table.rows.size() == 3);
  CHECK(found.table.rows[2][0] == 1);
  CHECK(found.table.rows[2][1] == 2);
}

TEST_CASE("pw_mcc is the mean over pairs of the assignment's mean |cos|") {
  // Orthonormal atoms; the second dictionary has two of three, the third none of them.
  const at::Tensor q = rotation("q", 8);
  const std::vector<at::Tensor> atoms = {q.slice(0, 0, 3), at::stack({q[1], q[0], q[3]}),
                                         q.slice(0, 4, 6)};
  const Compared found = pairwise_consistency(atoms, 0, draw("null"));
  CHECK(found.table.rows[0][2] == doctest::Approx(2. / 3));
  CHECK(found.table.rows[1][2] == doctest::Approx(0));
  CHECK(found.scores.at("pw_mcc").value == doctest::Approx(2. / 9));
  CHECK(found.scores.at("pw_mcc_sd").value == doctest::Approx(2. / 3 / std::sqrt(3)));
  CHECK_FALSE(found.scores.contains("pw_mcc_null"));
}

TEST_CASE("random dictionaries score what their null says") {
  std::vector<at::Tensor> atoms;
  for (const char* name : {"a", "b", "c", "d"}) atoms.push_back(normal(name, 10, 6));
  const Scores scores = pairwise_consistency(atoms, 60, draw("null")).scores;
  // Within four standard deviations: false alarms below 1e-4.
  CHECK(std::abs(scores.at("pw_mcc").value - scores.at("pw_mcc_null").value) <
        4 * scores.at("pw_mcc_null_sd").value);
  CHECK(scores.at("pw_mcc_p").value > .01);
}

TEST_CASE("what cannot be compared") {
  const at::Tensor atoms = normal("atoms", 3, 4);
  const auto reason = [](const std::vector<at::Tensor>& list) {
    return pairwise_consistency(list, 3, draw("null")).scores.at("pw_mcc").reason;
  };
  CHECK(reason({atoms}) == "fewer than two dictionaries");
  CHECK(reason({atoms, atoms.narrow(0, 0, 0)}) == "a dictionary has no latents");
  CHECK_THROWS_AS(reason({atoms, normal("b", 3, 5)}), InputError);
  CHECK_THROWS_AS(reason({atoms, atoms / 0.}), Failure);
  CHECK_FALSE(pairwise_consistency(std::vector<at::Tensor>{atoms, atoms}, 0, draw("null"))
                  .scores.at("pw_mcc_sd")
                  .present);
  CHECK_THROWS_AS(hedging(atoms, atoms, 10, draw("null")), InputError);
  CHECK_THROWS_AS(hedging(atoms, normal("b", 4, 5), 10, draw("null")), InputError);
  CHECK_THROWS_AS(hedging(atoms, normal("b", 4, 4), 0, draw("null")), InputError);
}

TEST_CASE("an atom that lets go of an added feature hedged by what it held of it") {
  // The narrow dictionary holds p + s·n for a feature n without a latent; the wider one p and n.
  const std::int64_t D = 64;
  const at::Tensor q = rotation("q", D);
  const double s = .5, r = 1 / std::sqrt(1 + s * s);
  const at::Tensor before = (q.slice(0, 0, 4) + s * q[5]) * 3;  // lengths do not matter
  const at::Tensor after = at::cat({q.slice(0, 0, 4), q.slice(0, 5, 6)});
  const Compared found = hedging(before, after, 200, draw("null"));
  const double P = s * r, change = std::sqrt((1 - r) * (1 - r) + s * s * r * r);
  CHECK(found.scores.at("hedging_projection").value == doctest::Approx(P));
  // A random line holds |N(0, 1)|/√D of a vector on average: √(2/(πD)), within 5 % over 200 draws.
  const double chance = change * std::sqrt(2 / (M_PI * D));
  CHECK(found.scores.at("hedging_projection_null").value == doctest::Approx(chance).epsilon(.1));
  const double P0 = found.scores.at("hedging_projection_null").value;
  CHECK(found.scores.at("hedging_rate").value == doctest::Approx((P - P0) / (1 - P0)));
  CHECK(found.scores.at("hedging_rate_matched").value ==
        doctest::Approx(found.scores.at("hedging_rate").value));
  CHECK(found.scores.at("hedging_cos").value == doctest::Approx(r));
  CHECK(found.scores.at("hedging_kept").value == 1);
  CHECK(found.table.rows[0][2] == doctest::Approx(change));
  CHECK(found.table.rows[3][3] == doctest::Approx(P));
  // A rotation changes nothing but the null's draws.
  const at::Tensor turn = rotation("turn", D);
  CHECK(hedging(before.matmul(turn), after.matmul(turn), 1, draw("null"))
            .scores.at("hedging_projection")
            .value == doctest::Approx(P));
}

TEST_CASE("no change, and change elsewhere, are no hedging") {
  const at::Tensor q = rotation("q", 32);
  const at::Tensor before = q.slice(0, 0, 6);
  const Scores same = hedging(before, q.slice(0, 0, 8), 20, draw("null")).scores;
  CHECK(same.at("hedging_rate").value == 0);
  CHECK(same.at("hedging_projection").value == doctest::Approx(0));
  const at::Tensor moved = at::cat({before + q.slice(0, 10, 16), q.slice(0, 6, 8)});
  const Scores elsewhere = hedging(before, moved, 20, draw("null")).scores;
  CHECK(elsewhere.at("hedging_rate").value == 0);
  CHECK(elsewhere.at("hedging_projection_p").value == 1);
}

TEST_CASE("latents that changed places are told from latents that hedged") {
  const at::Tensor q = rotation("q", 32);
  const at::Tensor before = q.slice(0, 0, 4);
  // The added latent took over the first one's feature, which now holds a new one.
  const at::Tensor after = at::cat({q.slice(0, 7, 8), q.slice(0, 1, 4), q.slice(0, 0, 1)});
  const Scores scores = hedging(before, after, 50, draw("null")).scores;
  CHECK(scores.at("hedging_kept").value == .75);
  CHECK(scores.at("hedging_rate").value > .1);
  CHECK(scores.at("hedging_rate_matched").value == 0);
}

TEST_CASE("the rate of latents that changed places may be above 1") {
  // e₁ becomes e₂, and the added atom is (e₁ − e₂)/√2: all of the change, of length √2, lies along it.
  const at::Tensor e = at::eye(10, at::kDouble);
  const at::Tensor after = at::stack({e[1], (e[0] - e[1]) / std::sqrt(2.)});
  const Scores scores = hedging(e.slice(0, 0, 1), after, 400, draw("null")).scores;
  CHECK(scores.at("hedging_projection").value == doctest::Approx(std::sqrt(2.)));
  const double P0 = scores.at("hedging_projection_null").value;
  CHECK(scores.at("hedging_rate").value == doctest::Approx((std::sqrt(2.) - P0) / (1 - P0)));
  CHECK(scores.at("hedging_rate").value > 1);
  CHECK(scores.at("hedging_kept").value == 0);
}

TEST_CASE("added atoms that depend on each other, span everything, or are 0") {
  const at::Tensor q = rotation("q", 8);
  const at::Tensor before = q.slice(0, 0, 3) + .5 * q[5];
  const auto scores = [&](const at::Tensor& added) {
    return hedging(before, at::cat({q.slice(0, 0, 3), added}), 20, draw("null")).scores;
  };
  const double one = scores(q.slice(0, 5, 6)).at("hedging_projection").value;
  CHECK(scores(at::stack({q[5], -2 * q[5], 0 * q[5]})).at("hedging_projection").value ==
        doctest::Approx(one));
  CHECK(scores(q).at("hedging_rate").reason == "the added atoms span the whole space");
  CHECK(scores(at::zeros({2, 8}, at::kDouble)).at("hedging_rate").reason ==
        "all added atoms are 0");
  CHECK_FALSE(scores(q).at("hedging_projection_p").present);
}
