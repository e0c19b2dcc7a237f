#include "lab/scores/latents.h"

#include <ATen/ATen.h>
#include <doctest/doctest.h>

#include <cmath>
#include <limits>

#include "lab/core/error.h"
#include "random_tensors.h"

using namespace lab;
using namespace random_tensors;

namespace {

// Area under the ROC by counting pairs: the meaning of the score.
double area(const at::Tensor& codes_B, const at::Tensor& bits_B) {
  double wins = 0, pairs = 0;
  for (std::int64_t i = 0; i < codes_B.size(0); ++i)
    for (std::int64_t j = 0; j < codes_B.size(0); ++j) {
      if (bits_B[i].item<double>() < .5 || bits_B[j].item<double>() > .5) continue;
      const double a = codes_B[i].item<double>(), b = codes_B[j].item<double>();
      wins += a > b ? 1 : a == b ? .5 : 0;
      ++pairs;
    }
  return wins / pairs;
}

}  // namespace

TEST_CASE("the true values as codes score the oracle values") {
  const at::Tensor present = bits("present", 300, 6, .2), truth = normal("truth", 6, 9);
  const at::Tensor values = present * (.5 + normal("size", 300, 6).abs());
  const Matching matching = match(truth, truth);
  for (const auto& [name, score] : firing_scores(count_firings(values, present), matching))
    CHECK(score.value == doctest::Approx(1).epsilon(1e-12));
  const Scores best = presence_scores(values, present, 50, draw("null"));
  CHECK(best.at("phi_best").value == doctest::Approx(1).epsilon(1e-12));
  CHECK(best.at("auroc").value == doctest::Approx(1).epsilon(1e-12));
  CHECK(best.at("phi_best_p").value == doctest::Approx(1. / 51));
  CHECK(best.at("auroc_null").value < .65);
  CHECK(activation_mcc(values, values).value == doctest::Approx(1).epsilon(1e-12));
  CHECK(magnitude_ratio(values, values, present, truth, truth, matching).value ==
        doctest::Approx(1).epsilon(1e-12));
  CHECK(magnitude_ratio(values / 4, values, present, 2 * truth, truth, matching).value ==
        doctest::Approx(.5).epsilon(1e-12));
}

TEST_CASE("order of samples and latents does not matter") {
  const at::Tensor codes = normal("codes", 200, 7).clamp_min(0), present = bits("p", 200, 4, .3);
  const at::Tensor rows = order("rows", 200), columns = order("columns", 7);
  const at::Tensor moved = codes.index_select(0, rows).index_select(1, columns);
  const at::Tensor moved_bits = present.index_select(0, rows);
  const Scores a = presence_scores(codes, present, 0, draw("none")),
               b = presence_scores(moved, moved_bits, 0, draw("none"));
  for (const char* name : {"phi_best", "auroc"})
    CHECK(a.at(name).value == doctest::Approx(b.at(name).value).epsilon(1e-12));
  CHECK(activation_mcc(codes, present).value ==
        doctest::Approx(activation_mcc(moved, moved_bits).value).epsilon(1e-12));
}

TEST_CASE("auroc is the share of pairs in the right order, ties and negative codes included") {
  at::Tensor codes = normal("codes", 60, 1);
  codes.narrow(0, 0, 25).zero_();
  codes.narrow(0, 30, 10).fill_(.5);
  codes.narrow(0, 50, 5).fill_(-.5);
  const at::Tensor present = bits("p", 60, 1, .4);
  CHECK(presence_scores(codes, present, 0, draw("none")).at("auroc").value ==
        doctest::Approx(area(codes.select(1, 0), present.select(1, 0))).epsilon(1e-12));
}

TEST_CASE("codes that know nothing lie within their null") {
  const at::Tensor codes = normal("codes", 400, 30).clamp_min(0), present = bits("p", 400, 8, .3);
  const Scores scores = presence_scores(codes, present, 99, draw("null"));
  CHECK(scores.at("phi_best_p").value > .01);  // false alarms: 1 % each
  CHECK(scores.at("auroc_p").value > .01);
  CHECK(scores.at("auroc").value > .52);  // the best of thirty is above .5 by choice alone
}

TEST_CASE("degenerate codes have defined scores or a reason") {
  const at::Tensor truth = normal("truth", 3, 5), present = bits("p", 40, 3, .5);
  const at::Tensor silent = at::zeros({40, 3}, at::kDouble);
  const Matching matching = match(truth, truth);
  const Scores dead = firing_scores(count_firings(silent, present), matching);
  CHECK(dead.at("precision").value == 0);
  CHECK(dead.at("f1").value == 0);
  CHECK(activation_mcc(silent, present).value == 0);
  CHECK(activation_mcc(at::full({40, 2}, .1), present).value == 0);
  const Scores none = presence_scores(silent, present, 3, draw("null"));
  CHECK(none.at("phi_best").value == 0);
  CHECK(none.at("auroc").value == .5);
  CHECK_FALSE(presence_scores(silent, at::ones({40, 3}), 0, draw("n")).at("auroc").present);
  CHECK_FALSE(presence_scores(at::zeros({40, 0}), present, 0, draw("n")).at("auroc").present);
  CHECK_FALSE(
      presence_scores(at::zeros({0, 3}), at::zeros({0, 3}), 0, draw("n")).at("auroc").present);
  CHECK_FALSE(firing_scores(count_firings(at::zeros({0, 3}), at::zeros({0, 3})), matching)
                  .at("f1")
                  .present);
  CHECK_FALSE(magnitude_ratio(silent, silent, at::zeros({40, 3}), truth, truth, matching).present);
  CHECK(magnitude_ratio(silent, present, present, truth, truth, matching).value == 0);
  CHECK_THROWS_AS(count_firings(silent / 0., present), Failure);
  CHECK_THROWS_AS(count_firings(silent, bits("p", 41, 3, .5)), InputError);
  const Table table = presence_table(at::zeros({40, 2}), at::ones({40, 1}));
  CHECK(table.rows[0][0] == 1);
  CHECK(std::isnan(table.rows[0][1]));
  CHECK(no_firing_scores().size() == 8);
}

TEST_CASE("coordinates of one feature share its presence") {
  Truth truth;
  truth.features = {{"a", 0, 1}, {"circle", 1, 2}, {"b", 3, 1}};
  const at::Tensor present = bits("p", 5, 3, .5);
  const at::Tensor wide = by_coordinate(present, truth);
  CHECK(wide.size(1) == 4);
  CHECK(wide.select(1, 1).equal(present.select(1, 1)));
  CHECK(wide.select(1, 2).equal(present.select(1, 1)));
  CHECK(wide.select(1, 3).equal(present.select(1, 2)));
}
