#include "lab/worlds/ordered_groups.h"

#include <ATen/ATen.h>

#include "statistics.h"
#include "worlds.h"

using namespace lab;
using namespace lab::tests;

namespace {

const char* const kCalendar =
    R"({"kind": "ordered_groups", "p": 0.6,
        "groups": [{"name": "days", "size": 7}, {"name": "months", "size": 12},
                   {"name": "residue", "size": 5}]})";
const char* const kOne =
    R"({"kind": "ordered_groups", "p": 0.9, "firing": "one",
        "groups": [{"name": "days", "size": 7}, {"name": "months", "size": 12}]})";

const Relation* relation(const World& world, const std::string& kind, const std::string& name) {
  for (const Relation& r : world.truth().relations) {
    if (r.kind == kind && r.name == name) return &r;
  }
  return nullptr;
}

}  // namespace

TEST_CASE("ordered groups: a world of features") {
  check_feature_world(kCalendar);
  check_feature_world(kOne);
  check_feature_world(R"({"kind": "ordered_groups", "magnitude": "uniform"})");
}

TEST_CASE("ordered groups: names and relations") {
  const auto world = world_of(kCalendar);
  const Truth& truth = world->truth();
  REQUIRE(truth.features.size() == 24);
  CHECK(truth.features[0].name == "Monday");
  CHECK(truth.features[6].name == "Sunday");
  CHECK(truth.features[7].name == "January");
  CHECK(truth.features[18].name == "December");
  CHECK(truth.features[19].name == "residue0");
  for (const char* kind : {"circle", "exclusive"}) {
    const Relation* months = relation(*world, kind, "months");
    REQUIRE(months != nullptr);
    CHECK(months->features ==
          std::vector<std::int64_t>{7, 8, 9, 10, 11, 12, 13, 14, 15, 16, 17, 18});
    CHECK(relation(*world, kind, "residue") != nullptr);
  }
  const auto one = world_of(kOne);
  CHECK(relation(*one, "circle", "days") != nullptr);
  CHECK(relation(*one, "exclusive", "days") == nullptr);
  REQUIRE(relation(*one, "exclusive", "groups") != nullptr);
  CHECK(relation(*one, "exclusive", "groups")->features.size() == 19);
}

TEST_CASE("ordered groups: exclusive sets never have two features present") {
  for (const char* config : {kCalendar, kOne}) {
    const auto world = world_of(config);
    const Batch batch = world->sample("fit", 0, 5000);
    for (const Relation& r : world->truth().relations) {
      if (r.kind != "exclusive") continue;
      const at::Tensor in = batch.present_BF.index_select(1, at::tensor(r.features));
      CHECK(in.to(at::kLong).sum(1).max().item<std::int64_t>() == 1);
    }
  }
}

// Each check has a false-alarm rate of 5.7e-7.
TEST_CASE("ordered groups: frequencies") {
  const std::int64_t n = 30000;
  const Batch batch = world_of(kCalendar)->sample("fit", 0, n);
  const auto hits = counts(batch);
  const std::size_t firsts[] = {0, 7, 19, 24};
  for (int g = 0; g < 3; ++g) {
    const std::vector<double> group(hits.begin() + static_cast<std::ptrdiff_t>(firsts[g]),
                                    hits.begin() + static_cast<std::ptrdiff_t>(firsts[g + 1]));
    double on = 0;
    for (const double count : group) on += count;
    CHECK(std::abs(frequency_z(on, n, 0.6)) < kFiveSigma);
    CHECK(std::abs(uniformity_z(group)) < kFiveSigma);
  }
  const at::Tensor day = batch.present_BF.slice(1, 0, 7).any(1);
  const at::Tensor month = batch.present_BF.slice(1, 7, 19).any(1);
  const auto both = (day & month).sum().item<double>();
  CHECK(std::abs(frequency_z(both, n, 0.36)) < kFiveSigma);

  const auto one = counts(world_of(kOne)->sample("fit", 0, n));
  for (std::size_t i = 0; i < 19; ++i) {
    CHECK(std::abs(frequency_z(one[i], n, 0.9 / 2 / (i < 7 ? 7 : 12))) < kFiveSigma);
  }
  // By default each group is always on.
  const Batch always = world_of(R"("ordered_groups")")->sample("fit", 0, 100);
  CHECK((always.values_BC.sum(1) == 2).all().item<bool>());
}
