#include "experiments/knockoff.h"

#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <set>

#include "experiments/experiment.h"
#include "experiments/memory.h"
#include "lab/core/error.h"

namespace lab {
namespace {

json run_of(const json& builder, int seed = 0, const json& task = "sum") {
  return {{"kind", "knockoff"},
          {"world", {{"kind", "residues"}, {"modulus", 7}, {"task", task}}},
          {"space", {{"placement", {{"kind", "circle"}, {"frequencies", {1, 2}}}}, {"width", 12}}},
          {"builder", builder},
          {"consumer", {{"widths", {16}}, {"kind", "mlp"}, {"steps", 20}}},
          {"seed", seed}};
}

Record record_of(const json& run) {
  at::set_num_threads(1);
  return Memory().make(compose(run)).record;
}

TEST_CASE("a run has the consumer's scores, the facts and the history") {
  const Record record = record_of(run_of("permuted"));
  for (const char* name :
       {"held_out_accuracy", "train_accuracy", "train_loss", "chance", "acts_distance",
        "vectors_distance", "spectrum_distance", "gram_distance", "gram_correlation_within",
        "cyclic_share", "frequency_match"}) {
    CAPTURE(name);
    REQUIRE(record.scores.contains(name));
    CHECK(record.scores.at(name).present);
  }
  CHECK(record.scores.at("acts_distance").value == 0);
  CHECK(record.tables.at("steps").rows.size() == 1);
  CHECK(record_of(run_of("orthogonal")).scores.at("acts_distance").reason != "");
}

TEST_CASE("a builder that needs no seed, and a truth that is fixed, share their knockoff") {
  const auto build_id = [](json run) {
    run["world"]["seed"] = 0;
    run["space"]["seed"] = 0;
    return compose(run)->needs.at(0)->id;
  };
  CHECK(build_id(run_of("truth", 0)) == build_id(run_of("truth", 1)));
  CHECK(build_id(run_of("permuted", 0)) != build_id(run_of("permuted", 1)));
  CHECK(compose(run_of("truth", 0))->needs.at(0)->id !=
        compose(run_of("truth", 1))->needs.at(0)->id);
  // The split and the initial weights are the consumer's alone.
  json pinned = run_of("permuted", 1);
  pinned["consumer"]["seed"] = 0;
  CHECK(compose(pinned)->needs.at(0)->id == compose(run_of("permuted", 1))->needs.at(0)->id);
  CHECK(compose(pinned)->id != compose(run_of("permuted", 1))->id);
}

TEST_CASE("the same key gives the same bits") {
  const Record one = record_of(run_of("random")), two = record_of(run_of("random"));
  for (const auto& [name, score] : one.scores) CHECK(score.value == two.scores.at(name).value);
}

TEST_CASE("what does not fit is said in one line") {
  json run = run_of({{"kind", "orthogonal"}, {"width", 13}});
  CHECK_THROWS_WITH_AS(record_of(run), doctest::Contains("need width ≥ 14"), InputError);
  run = run_of("truth");
  run["world"] = {{"kind", "ordered_groups"}};
  CHECK_THROWS_AS(record_of(run), InputError);
}

}  // namespace
}  // namespace lab
