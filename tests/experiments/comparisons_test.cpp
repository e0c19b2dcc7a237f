#include <ATen/ATen.h>
#include <ATen/Parallel.h>
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdint>
#include <limits>

#include "experiments/experiment.h"
#include "experiments/hedging.h"
#include "experiments/memory.h"
#include "experiments/seed_consistency.h"
#include "lab/core/error.h"

namespace lab {
namespace {

const json sparse = {
    {"kind", "sparse"}, {"features", 12}, {"probability", {{"kind", "equal"}, {"p", 0.1}}}};
const json embedding = {{"kind", "embedding"}, {"width", 16}, {"placement", "orthonormal"}};

json run_of(const char* kind, const json& decomposer, int seed = 0) {
  return {{"kind", kind},
          {"world", sparse},
          {"subject", embedding},
          {"decomposer", decomposer},
          {"seed", seed}};
}

Record record_of(const json& run) {
  at::set_num_threads(1);
  return Memory().make(compose(run)).record;
}

json topk(int latents, int steps) {
  return {{"kind", "topk"}, {"k", 2}, {"latents", latents}, {"steps", steps}};
}

json seeds_of(const StagePtr& stage) {
  json seeds = json::array();
  for (const StagePtr& fit : stage->needs)
    seeds.push_back(json::parse(fit->key)["decomposer"]["seed"]);
  return seeds;
}

TEST_CASE("decomposers without a seed agree, random ones as their null says, trained ones more") {
  const Record same = record_of(run_of("seed_consistency", "pca"));
  CHECK(same.scores.at("pw_mcc").value == doctest::Approx(1));
  CHECK(same.tables.at("pairs").rows.size() == 10);
  const json atoms = {{"kind", "fixed"}, {"atoms", {{"kind", "random"}, {"latents", 12}}}};
  const auto random = record_of(run_of("seed_consistency", atoms)).scores;
  // Four standard deviations: false alarms below 1e-4.
  CHECK(std::abs(random.at("pw_mcc").value - random.at("pw_mcc_null").value) <
        4 * random.at("pw_mcc_null_sd").value);
  json run = run_of("seed_consistency", topk(12, 300));
  run["dictionaries"] = 3;
  const auto trained = record_of(run).scores;
  CHECK(trained.at("pw_mcc").value > random.at("pw_mcc").value + .2);
  CHECK(trained.at("pw_mcc_p").value == doctest::Approx(1. / 51));
}

TEST_CASE("dictionaries stand on one subject and differ in their seed alone; runs share none") {
  json run = run_of("seed_consistency", topk(12, 5), 3);
  run["dictionaries"] = 4;
  const StagePtr stage = compose(run);
  CHECK(seeds_of(stage) == json::array({12, 13, 14, 15}));
  for (const StagePtr& fit : stage->needs)
    CHECK(fit->needs[0]->id == stage->needs[0]->needs[0]->id);
  run["decomposer"]["seed"] = 0;
  CHECK(seeds_of(compose(run)) == json::array({0, 1, 2, 3}));
  CHECK(compose(run_of("seed_consistency", "pca"))->needs.size() == 1);
}

TEST_CASE(
    "dictionaries of a refit differ in the seed of the decomposer within, its own or the run's") {
  const auto inner_seeds = [](const json& decomposer) {
    json run = run_of("seed_consistency", decomposer, 3);
    run["dictionaries"] = 2;
    json seeds = json::array();
    const StagePtr stage = compose(run);
    for (const StagePtr& fit : stage->needs) {
      json inner = json::parse(fit->key)["decomposer"];
      while (inner.contains("decomposer")) inner = inner["decomposer"];
      seeds.push_back(inner["seed"]);
    }
    return seeds;
  };
  const auto refit = [](const json& inner) {
    return json{{"kind", "refit"}, {"decomposer", inner}, {"encoder", "fista"}};
  };
  json seeded = topk(12, 5);
  seeded["seed"] = 7;
  CHECK(inner_seeds(refit(topk(12, 5))) == json::array({6, 7}));
  CHECK(inner_seeds(refit(seeded)) == json::array({14, 15}));
  CHECK(inner_seeds(refit(refit(seeded))) == json::array({14, 15}));
  json outside = refit(topk(12, 5));
  outside["seed"] = 1;
  CHECK(inner_seeds(outside) == json::array({2, 3}));
  CHECK(inner_seeds(seeded) == json::array({14, 15}));
}

TEST_CASE("seeds that do not fit are refused") {
  json run = run_of("seed_consistency", topk(12, 5));
  run["decomposer"]["seed"] = std::numeric_limits<std::int64_t>::max() / 5;
  CHECK_THROWS_AS(compose(run), InputError);
  run["decomposer"]["seed"] = std::numeric_limits<std::int64_t>::max() / 5 - 1;
  CHECK(seeds_of(compose(run)).size() == 5);
}

TEST_CASE("the first latents of the wider autoencoder start where those of the narrower one do") {
  json run = run_of("hedging", topk(8, 1));
  run["decomposer"]["optimizer"] = {{"kind", "adam"}, {"lr", 1e-9}};
  const Record record = record_of(run);
  CHECK(record.scores.at("hedging_cos").value == doctest::Approx(1).epsilon(1e-6));
  CHECK(record.scores.at("hedging_kept").value == 1);
  CHECK(record.scores.at("hedging_rate").value == doctest::Approx(0));
  CHECK(record.tables.at("latents").rows.size() == 8);
}

TEST_CASE("an autoencoder without room for a feature mixes it into another's atom") {
  // p and c alone or together, .2 each: one latent lies between them, about 45° from both; two are p and c.
  // Then P ≈ 1/√2, a random line of 16 dimensions holds √(2/16π) of a change of .77, and the rate is near
  // .65.
  json run = run_of("hedging", {{"kind", "relu_l1"}, {"l1", 0.01}, {"latents", 1}, {"steps", 600}});
  run["world"] = {{"kind", "pair"},
                  {"background", 0},
                  {"both", 0.2},
                  {"parent_alone", 0.2},
                  {"child_alone", 0.2}};
  run["added"] = 1;
  const auto scores = record_of(run).scores;
  CHECK(scores.at("hedging_rate_matched").value > .5);
  CHECK(scores.at("hedging_rate").value > .5);
  CHECK(scores.at("hedging_projection_p").value < .05);
}

TEST_CASE("what has no latents of its own cannot be widened") {
  const json refit = {{"kind", "refit"}, {"decomposer", "topk"}, {"encoder", "fista"}};
  for (const json& decomposer :
       {json("pca"), json("fixed"), json("ica"), json("nmf"), json("kmeans"), refit}) {
    CAPTURE(decomposer);
    CHECK_THROWS_AS(compose(run_of("hedging", decomposer)), InputError);
  }
  for (const char* kind : {"topk", "relu_l1", "batch_topk", "matryoshka", "jump_relu", "gated",
                           "p_anneal", "matching_pursuit", "spade", "block_topk", "archetypal",
                           "lista", "end_to_end", "mlp_encoder"}) {
    CAPTURE(kind);
    const StagePtr stage = compose(run_of("hedging", kind));
    REQUIRE(stage->needs.size() == 2);
    const json narrow = json::parse(stage->needs[0]->key), wide = json::parse(stage->needs[1]->key);
    CHECK(wide["decomposer"]["latents"] == narrow["decomposer"]["latents"].get<int>() + 4);
  }
}

TEST_CASE("the wider autoencoder must pass its kind's checks, too") {
  json run = run_of("hedging", {{"kind", "block_topk"}, {"block", 3}, {"latents", 66}});
  run["added"] = 3;
  CHECK(compose(run)->needs.size() == 2);
  run["added"] = 4;
  CHECK_THROWS_WITH_AS(
      compose(run), "added: makes a wider decomposer of which is wrong: block: must divide latents",
      ConfigError);
}

}  // namespace
}  // namespace lab
