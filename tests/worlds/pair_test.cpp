#include "lab/worlds/pair.h"

#include <ATen/ATen.h>

#include "statistics.h"
#include "worlds.h"

using namespace lab;
using namespace lab::tests;

TEST_CASE("pair: a world of features") {
  check_feature_world(R"("pair")");
  check_feature_world(R"({"kind": "pair", "both": 0.1, "child_alone": 0.3, "background": 3})");
  check_feature_world(R"({"kind": "pair", "background": 0})");
}

TEST_CASE("pair: features and the tree") {
  const auto world = world_of(R"({"kind": "pair", "background": 2})");
  const Truth& truth = world->truth();
  REQUIRE(truth.features.size() == 4);
  CHECK(truth.features[0].name == "parent");
  CHECK(truth.features[1].name == "child");
  CHECK(truth.features[3].name == "background1");
  REQUIRE(truth.relations.size() == 1);
  CHECK(truth.relations[0].kind == "tree");
  CHECK(truth.relations[0].features == std::vector<std::int64_t>{0, 1});
  CHECK(truth.relations[0].parent == std::vector<std::int64_t>{-1, 0});
}

TEST_CASE("pair: the joint law, the background's law, and values") {
  const auto world = world_of(
      R"({"kind": "pair", "both": 0.2, "parent_alone": 0.15, "child_alone": 0.05,
          "background": 5, "p_background": 0.08})");
  const std::int64_t n = 40'000;
  const Batch batch = world->sample("fit", 0, n);
  const at::Tensor parent = batch.present_BF.select(1, 0), child = batch.present_BF.select(1, 1);
  const auto count = [](const at::Tensor& bits) { return bits.sum().item<std::int64_t>(); };
  // Five standard errors of a binomial, four checks: a false alarm once in 400,000 seeds.
  const auto check = [](std::int64_t hits, std::int64_t trials, double p) {
    const double mean = p * static_cast<double>(trials);
    CHECK(std::fabs(static_cast<double>(hits) - mean) < 5 * std::sqrt(mean * (1 - p)));
  };
  check(count(parent & child), n, 0.2);
  check(count(parent & ~child), n, 0.15);
  check(count(~parent & child), n, 0.05);
  const at::Tensor background = batch.present_BF.narrow(1, 2, 5);
  check(count(background), 5 * n, 0.08);

  const at::Tensor pair = batch.values_BC.narrow(1, 0, 2);
  CHECK(at::equal(pair, batch.present_BF.narrow(1, 0, 2).to(at::kFloat)));
  const at::Tensor worth = batch.values_BC.narrow(1, 2, 5).masked_select(background);
  CHECK(worth.min().item<double>() > 0.8);
  CHECK(worth.max().item<double>() <= 1.2 + 1e-6);
}
