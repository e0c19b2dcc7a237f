#include "lab/worlds/tree.h"

#include <ATen/ATen.h>

#include <numeric>

#include "statistics.h"
#include "worlds.h"

using namespace lab;
using namespace lab::tests;

namespace {

const char* const kMatryoshka = R"("tree")";  // the defaults
const char* const kPursuit = R"({"kind": "tree", "p_root": 0.2, "exclusive": false})";
const char* const kDeep =
    R"({"kind": "tree", "roots": 2, "branching": [3, 2, 4], "p_root": 0.7, "p_child": 0.25,
        "singles": 1, "p_single": 0.5})";

Tree tree_of(const std::string& text) {
  return std::get<Tree>(read_config<WorldConfig>(parse_json(text, "test")).kind);
}

const Relation& tree_relation(const World& world) {
  const Relation& tree = world.truth().relations.at(0);
  REQUIRE(tree.kind == "tree");
  return tree;
}

}  // namespace

TEST_CASE("tree: a world of features") {
  for (const char* config : {kMatryoshka, kPursuit, kDeep}) check_feature_world(config);
  check_feature_world(R"({"kind": "tree", "magnitude": {"kind": "normal", "mean": 1.5, "sd": 0.25},
                          "scale_by_parent": true, "singles": 0})");
}

TEST_CASE("tree: the closed form of L0 gives the published toys' numbers") {
  CHECK(tree_of(kMatryoshka).expected_l0() == doctest::Approx(1.12).epsilon(1e-12));
  CHECK(tree_of(kPursuit).expected_l0() == doctest::Approx(1.36).epsilon(1e-12));
}

TEST_CASE("tree: features and relations") {
  const auto world = world_of(kDeep);
  const Truth& truth = world->truth();
  REQUIRE(truth.features.size() == 2 + 6 + 12 + 48 + 1);
  CHECK(truth.features[1].name == "1");
  CHECK(truth.features[2].name == "0.0");
  CHECK(truth.features[7].name == "1.2");
  CHECK(truth.features[8].name == "0.0.0");
  CHECK(truth.features[67].name == "1.2.1.3");
  CHECK(truth.features[68].name == "single0");
  const Relation& tree = tree_relation(*world);
  REQUIRE(tree.features.size() == 68);
  REQUIRE(tree.parent.size() == 68);
  for (std::size_t i = 0; i < 68; ++i) {
    const std::int64_t parent = tree.parent[i];
    CHECK(parent < static_cast<std::int64_t>(i));
    const std::string& name = truth.features[static_cast<std::size_t>(tree.features[i])].name;
    const std::size_t dot = name.rfind('.');
    CHECK((parent == -1) == (dot == std::string::npos));
    if (parent < 0) continue;
    const std::int64_t above = tree.features[static_cast<std::size_t>(parent)];
    CHECK(truth.features[static_cast<std::size_t>(above)].name == name.substr(0, dot));
  }
  CHECK(truth.relations.size() == 1 + 2 + 6 + 12);
  CHECK(truth.relations[1].kind == "exclusive");
  CHECK(truth.relations[1].name == "children of 0");
  CHECK(truth.relations[1].features == std::vector<std::int64_t>{2, 3, 4});
  CHECK(world_of(kPursuit)->truth().relations.size() == 1);
}

TEST_CASE("tree: a child fires only with its parent, and exclusive siblings never together") {
  for (const char* config : {kMatryoshka, kPursuit, kDeep}) {
    const auto world = world_of(config);
    const Batch batch = world->sample("fit", 0, 5000);
    const Relation& tree = tree_relation(*world);
    for (std::size_t i = 0; i < tree.features.size(); ++i) {
      if (tree.parent[i] < 0) continue;
      const at::Tensor child = batch.present_BF.select(1, tree.features[i]);
      const std::int64_t above = tree.features[static_cast<std::size_t>(tree.parent[i])];
      CHECK(!(child & ~batch.present_BF.select(1, above)).any().item<bool>());
    }
    for (const Relation& r : world->truth().relations) {
      if (r.kind != "exclusive") continue;
      const at::Tensor in = batch.present_BF.index_select(1, at::tensor(r.features));
      CHECK(in.to(at::kLong).sum(1).max().item<std::int64_t>() <= 1);
    }
  }
}

// Each check has a false-alarm rate of 5.7e-7.
TEST_CASE("tree: frequencies and mean L0") {
  const std::int64_t n = 40000;
  for (const char* config : {kMatryoshka, kPursuit, kDeep}) {
    CAPTURE(config);
    const Tree tree = tree_of(config);
    const auto world = world_of(config);
    const Batch batch = world->sample("fit", 0, n);
    const auto hits = counts(batch);
    const auto& features = world->truth().features;
    for (std::size_t i = 0; i < features.size(); ++i) {
      const std::string& name = features[i].name;
      const auto depth = static_cast<double>(std::count(name.begin(), name.end(), '.'));
      const double p =
          name.starts_with("single") ? tree.p_single : tree.p_root * std::pow(tree.p_child, depth);
      CHECK(std::abs(frequency_z(hits[i], n, p)) < kFiveSigma);
    }
    const at::Tensor l0 = batch.present_BF.to(at::kDouble).sum(1);
    CHECK(std::abs(mean_z(l0.mean().item<double>(), n, tree.expected_l0(),
                          l0.std().item<double>())) < kFiveSigma);
  }
  // Siblings that are not exclusive are independent, given their parent.
  const Batch batch = world_of(kPursuit)->sample("fit", 0, n);
  const at::Tensor pair = batch.present_BF.select(1, 3) & batch.present_BF.select(1, 4);
  CHECK(std::abs(frequency_z(pair.sum().item<double>(), n, 0.2 * 0.2 * 0.2)) < kFiveSigma);
}

TEST_CASE("tree: exclusive roots and singles, one of which is always present when they sum to 1") {
  const char* const config =
      R"({"kind": "tree", "p_root": 0.2, "exclusive_roots": true})";  // 3 · .2 + 8 · .05 = 1
  check_feature_world(config);
  CHECK(tree_of(config).expected_l0() == doctest::Approx(1.36).epsilon(1e-12));
  const auto world = world_of(config);
  constexpr std::int64_t count = 20000;
  const at::Tensor present = world->sample("test", 0, count).present_BF.to(at::kDouble);
  const at::Tensor roots = present.narrow(1, 0, 3), singles = present.narrow(1, 12, 8);
  CHECK(at::equal(roots.sum(1) + singles.sum(1), at::ones({count}, at::kDouble)));
  CHECK(present.sum(1).max().item<double>() == 2);
  // Each within 5 standard errors: 11 frequencies, false alarms 6e-6.
  for (const std::int64_t i : {0, 1, 2, 12, 13, 14, 15, 16, 17, 18, 19}) {
    const double p = i < 3 ? .2 : .05, found = present.select(1, i).mean().item<double>();
    CHECK(std::abs(found - p) < 5 * std::sqrt(p * (1 - p) / count));
  }
  const Relation& tops = world->truth().relations.back();
  CHECK(tops.name == "roots and singles");
  CHECK(tops.features == std::vector<std::int64_t>{0, 1, 2, 12, 13, 14, 15, 16, 17, 18, 19});
  CHECK_THROWS_AS(tree_of(R"({"kind": "tree", "p_root": 0.3, "exclusive_roots": true})"),
                  ConfigError);
}

TEST_CASE("tree: values scaled by the parent") {
  const auto world = world_of(
      R"({"kind": "tree", "roots": 1, "branching": [1, 1], "p_root": 1, "p_child": 1, "singles": 0,
          "magnitude": {"kind": "constant", "value": 3}, "scale_by_parent": true})");
  const at::Tensor values = world->sample("fit", 0, 2).values_BC;
  CHECK(values.equal(at::tensor({3.F, 9.F, 27.F, 3.F, 9.F, 27.F}).reshape({2, 3})));
}

TEST_CASE("tree: certain and impossible children") {
  const auto share = [](const std::string& p) {
    return world_of(R"({"kind": "tree", "p_root": 1, "singles": 0, "branching": [1], "p_child": )" +
                    p + "}")
        ->sample("fit", 0, 200)
        .present_BF.to(at::kFloat)
        .mean()
        .item<double>();
  };
  CHECK(share("0") == 0.5);
  CHECK(share("1") == 1);
}
