#include "worlds.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <set>

#include "lab/core/json.h"

using namespace lab;

namespace lab::tests {

void check_feature_world(const std::string& config) {
  CAPTURE(config);
  const auto world = world_of(config);
  const Truth& truth = world->truth();
  const auto features = static_cast<std::int64_t>(truth.features.size());
  const std::int64_t coordinates = truth.coordinates();
  CHECK(world->inputs() == coordinates);
  CHECK(world->targets() == coordinates);
  CHECK(!world->boolean_targets());
  CHECK(!world->support().has_value());
  CHECK_THROWS_AS(world->enumerate(0, 1), InputError);
  std::set<std::string> names;
  std::int64_t next = 0;
  for (const Feature& feature : truth.features) {
    CHECK(feature.first == next);
    next += feature.width;
    names.insert(feature.name);
  }
  CHECK(std::cmp_equal(names.size(), features));
  std::set<std::pair<std::string, std::string>> relations;
  for (const Relation& relation : truth.relations) {
    CHECK(relations.emplace(relation.kind, relation.name).second);
    for (const std::int64_t i : relation.features) CHECK((i >= 0 && i < features));
  }

  const Batch all = world->sample("fit", 100, 60);
  CHECK((all.values_BC.sizes() == at::IntArrayRef{60, coordinates}));
  CHECK((all.present_BF.sizes() == at::IntArrayRef{60, features}));
  CHECK((all.present_BF.scalar_type() == at::kBool));
  CHECK(all.inputs_BN.equal(all.values_BC));
  CHECK(all.targets_BT.equal(all.values_BC));
  CHECK(all.split == "fit");
  CHECK(all.first == 100);
  for (std::int64_t f = 0; f < features; ++f) {
    const Feature& feature = truth.features[static_cast<std::size_t>(f)];
    const at::Tensor worth =
        all.values_BC.slice(1, feature.first, feature.first + feature.width).ne(0).any(1);
    CHECK(worth.equal(all.present_BF.select(1, f)));
  }

  for (const std::int64_t batch : {1, 7, 60}) {
    for (std::int64_t at = 0; at < 60; at += batch) {
      const std::int64_t size = std::min<std::int64_t>(batch, 60 - at);
      const Batch part = world->sample("fit", 100 + at, size);
      CHECK(part.values_BC.equal(all.values_BC.slice(0, at, at + size)));
      CHECK(part.present_BF.equal(all.present_BF.slice(0, at, at + size)));
    }
  }
  // Enough samples for several threads.
  const int threads = at::get_num_threads();
  at::set_num_threads(1);
  const Batch alone = world->sample("fit", 100, 500);
  at::set_num_threads(3);
  const Batch shared = world->sample("fit", 100, 500);
  at::set_num_threads(threads);
  CHECK(shared.values_BC.equal(alone.values_BC));
  CHECK(shared.present_BF.equal(alone.present_BF));
  CHECK(world_of(config)->sample("fit", 100, 60).values_BC.equal(all.values_BC));
  CHECK(!world_of(config, 2)->sample("fit", 100, 60).values_BC.equal(all.values_BC));
  CHECK(!world->sample("eval", 100, 60).values_BC.equal(all.values_BC));
  CHECK(world->sample("fit", 0, 0).values_BC.size(0) == 0);
  CHECK_THROWS_AS(world->sample("fit", -1, 2), InputError);
  CHECK_THROWS_AS(world->sample("fit", 0, -1), InputError);
}

}  // namespace lab::tests

using namespace lab::tests;

TEST_CASE("a world's own seed goes before the run's") {
  const auto own = world_of(R"({"kind": "sparse", "seed": 5})", 1);
  const auto run = world_of(R"("sparse")", 5);
  CHECK(own->sample("fit", 0, 9).values_BC.equal(run->sample("fit", 0, 9).values_BC));
}

TEST_CASE("every kind of world is made from its JSON word") {
  for (const char* kind : {"sparse", "ordered_groups", "tree", "pair", "circles", "boolean"}) {
    CAPTURE(kind);
    const auto world = world_of(json(kind).dump());
    const Batch batch = world->sample("fit", 0, 3);
    CHECK(batch.inputs_BN.size(1) == world->inputs());
    CHECK(batch.targets_BT.size(1) == world->targets());
  }
}

TEST_CASE("broken worlds are refused at their place") {
  const std::vector<std::pair<const char*, const char*>> broken{
      {R"({"kind": "sparse", "features": 0})", "features"},
      {R"({"kind": "sparse", "probability": {"kind": "equal", "p": 1.5}})", "probability.p"},
      {R"({"kind": "sparse", "probability": {"kind": "zipf", "most": 0.1, "least": 0.2}})",
       "probability.least"},
      {R"({"kind": "sparse", "probability": {"kind": "geometric", "least": 0}})",
       "probability.least"},
      {R"({"kind": "sparse", "magnitude": {"kind": "constant", "value": 0}})", "magnitude.value"},
      {R"({"kind": "sparse", "magnitude": {"kind": "uniform", "low": 2}})", "magnitude.high"},
      {R"({"kind": "sparse", "magnitude": {"kind": "normal", "sd": 0}})", "magnitude.sd"},
      {R"({"kind": "sparse", "magnitude": {"kind": "exponential", "mean": 0}})", "magnitude.mean"},
      {R"({"kind": "sparse", "magnitude": "gaussian"})", "magnitude"},
      {R"({"kind": "ordered_groups", "groups": []})", "groups"},
      {R"({"kind": "ordered_groups", "groups": [{"name": "days", "size": 8}]})", "groups[0].size"},
      {R"({"kind": "ordered_groups", "groups": [{"name": "x", "size": 2}]})", "groups[0].size"},
      {R"({"kind": "ordered_groups", "groups": [{"name": "", "size": 5}]})", "groups[0].name"},
      {R"({"kind": "ordered_groups",
           "groups": [{"name": "x", "size": 5}, {"name": "x", "size": 6}]})",
       "groups"},
      {R"({"kind": "ordered_groups", "firing": "two"})", "firing"},
      {R"({"kind": "tree", "branching": []})", "branching"},
      {R"({"kind": "tree", "branching": [3, 0]})", "branching"},
      {R"({"kind": "tree", "branching": [6]})", "p_child"},
      {R"({"kind": "tree", "branching": [1000, 1000], "exclusive": false})", "branching"},
      {R"({"kind": "pair", "both": 0.6, "child_alone": 0.3})", "child_alone"},
      {R"({"kind": "circles", "p": -0.1})", "p"},
      {R"({"kind": "circles", "angles": "spread"})", "angles"},
      {R"({"kind": "circles", "circles": 0})", "circles"},
      {R"({"kind": "circle"})", "kind"},
  };
  for (const auto& [text, path] : broken) {
    CAPTURE(text);
    try {
      world_of(text);
      FAIL("was accepted");
    } catch (const ConfigError& error) {
      CHECK(error.path.substr(0, std::string(path).size()) == path);
    }
  }
}
