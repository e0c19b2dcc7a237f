#include "experiments/superposition_levels.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <cmath>
#include <set>

#include "experiments/experiment.h"
#include "experiments/memory.h"
#include "lab/core/error.h"
#include "lab/sweep/stage.h"

namespace lab {
namespace {

json run_of(const json& more = json::object()) {
  json run = {
      {"kind", "superposition_levels"},
      {"features", 6},
      {"levels", 3},
      {"least_density", 0.04},
      {"seed", 0},
      {"subject",
       {{"hidden", 3},
        {"training",
         {{"steps", 40}, {"batch", 64}, {"optimizer", {{"kind", "adamw"}, {"lr", 0.01}}}}}}}};
  run.merge_patch(more);
  return run;
}

Record record_of(const json& run) {
  at::set_num_threads(1);
  return Memory().make(compose(run)).record;
}

TEST_CASE("levels: densities in equal ratios, and the scores of each") {
  const Record record = record_of(run_of());
  const Table& levels = record.tables.at("levels");
  REQUIRE(levels.rows.size() == 3);
  const double densities[] = {1, 0.2, 0.04};
  for (std::size_t k = 0; k < 3; ++k) {
    CHECK(levels.rows[k][0] == static_cast<double>(k));
    CHECK(levels.rows[k][1] == doctest::Approx(densities[k]));
    CHECK(levels.rows[k][2] == doctest::Approx(1 / densities[k]));
    CHECK(levels.rows[k][5] > 0);  // train_loss
  }
  CHECK(record.scores.at("d_star_first").value == levels.rows[0][3]);
  CHECK(record.scores.at("d_star_last").value == levels.rows[2][3]);
  CHECK(record.scores.at("povm_error_mean").value ==
        doctest::Approx((levels.rows[0][4] + levels.rows[1][4] + levels.rows[2][4]) / 3));
  CHECK(record.tables.at("dimensionalities").rows.size() == 18);
  CHECK(record.scores.at("line_1_2").value == 0);  // six features a level are too few
}

TEST_CASE("the line test looks at features in superposition, and at all where there are none") {
  for (const double init_sd : {0.01, 0.7, 3.0}) {  // D* = 3/‖W‖² from far above .95 to far below
    for (const int steps : {0, 40}) {
      const Record record = record_of(
          run_of({{"subject", {{"training", {{"steps", steps}}}, {"init_sd", init_sd}}}}));
      double superposed = 0;
      for (const auto& level : record.tables.at("levels").rows) {
        superposed += level[3] < 0.95 ? 6 : 0;
      }
      CAPTURE(init_sd);
      CHECK(record.scores.at("line_features").value == (superposed > 0 ? superposed : 18));
      if (steps == 0) CHECK(superposed == (init_sd < 0.1 ? 0 : 18));
    }
  }
}

TEST_CASE("levels are the train stages that recover uses") {
  const StagePtr levels = compose(run_of());
  REQUIRE(levels->needs.size() == 3);
  const json run = {{"kind", "recover"},
                    {"seed", 0},
                    {"world",
                     {{"kind", "sparse"},
                      {"features", 6},
                      {"probability", {{"kind", "equal"}, {"p", 1.0}}},
                      {"magnitude", "uniform"}}},
                    {"subject", run_of().at("subject")}};
  json subject = run.at("subject");
  subject["kind"] = "toy_autoencoder";
  json whole = run;
  whole["subject"] = subject;
  CHECK(compose(whole)->needs.at(0)->id == levels->needs.at(0)->id);
}

TEST_CASE("controls: blurring moves dimensionalities alone, and shares all training") {
  const json plain = run_of(), blurred = run_of({{"blur", 0.05}});
  const StagePtr a = compose(plain), b = compose(blurred);
  CHECK(a->id != b->id);
  for (std::size_t k = 0; k < 3; ++k) CHECK(a->needs[k]->id == b->needs[k]->id);
  const Record before = record_of(plain), after = record_of(blurred);
  for (const char* same : {"d_star_first", "d_star_last", "povm_error_mean"}) {
    CHECK(before.scores.at(same).value == after.scores.at(same).value);
  }
  const auto &rows = before.tables.at("dimensionalities").rows,
             &moved = after.tables.at("dimensionalities").rows;
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CHECK(rows[i][2] == moved[i][2]);
    CHECK(rows[i][3] != moved[i][3]);
    CHECK(std::abs(rows[i][3] - moved[i][3]) <= 0.05);
  }
}

TEST_CASE("without training there is no loss, and D* is that of the initial weights") {
  const json none = {{"subject", {{"init_sd", 0.02132}, {"training", {{"steps", 0}}}}},
                     {"features", 200}};
  json run = run_of(none);
  run["subject"]["hidden"] = 20;
  const Record record = record_of(run);
  CHECK(std::isnan(record.tables.at("levels").rows[0][5]));
  // ‖W‖_F² is 4000 · init_sd², to within 2 % (its standard deviation is √(2/4000)).
  CHECK(record.scores.at("d_star_first").value ==
        doctest::Approx(20 / (4000 * 0.02132 * 0.02132)).epsilon(0.1));
  CHECK(record.scores.at("plateau_levels").value == 0);
}

TEST_CASE("a density above 1 is refused") {
  CHECK_THROWS_AS(compose(run_of({{"least_density", 1.5}})), ConfigError);
}

}  // namespace
}  // namespace lab
