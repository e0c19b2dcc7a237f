#include "lab/worlds/circles.h"

#include <ATen/ATen.h>

#include <numbers>

#include "statistics.h"
#include "worlds.h"

using namespace lab;
using namespace lab::tests;

TEST_CASE("circles: a world of features of width 2") {
  check_feature_world(R"("circles")");
  check_feature_world(R"({"kind": "circles", "radius": "uniform", "p": 0.7})");
  const auto world = world_of(R"({"kind": "circles", "circles": 3})");
  CHECK(world->truth().coordinates() == 6);
  CHECK(world->truth().features[2].first == 4);
  CHECK(world->truth().features[2].width == 2);
  CHECK(world->truth().relations.empty());
}

// Each check has a false-alarm rate of at most 9e-7.
TEST_CASE("circles: presence, angles and radii have their laws") {
  const std::int64_t n = 20000;
  const auto world = world_of(
      R"({"kind": "circles", "circles": 3, "p": 0.4,
          "radius": {"kind": "uniform", "low": 1, "high": 2}})");
  const Batch batch = world->sample("fit", 0, n);
  for (const double count : counts(batch)) CHECK(std::abs(frequency_z(count, n, 0.4)) < kFiveSigma);
  for (std::int64_t c = 0; c < 3; ++c) {
    std::vector<float> angles, radii;
    const auto x = to_vector(batch.values_BC.select(1, 2 * c));
    const auto y = to_vector(batch.values_BC.select(1, 2 * c + 1));
    for (std::size_t i = 0; i < x.size(); ++i) {
      if (x[i] == 0 && y[i] == 0) continue;
      angles.push_back(static_cast<float>(std::atan2(y[i], x[i])));
      radii.push_back(static_cast<float>(std::hypot(x[i], y[i])));
    }
    CHECK(kolmogorov(angles, [](double a) { return a / (2 * std::numbers::pi) + 0.5; }) <
          kKolmogorovBound);
    CHECK(kolmogorov(radii, [](double r) { return std::clamp(r - 1, 0.0, 1.0); }) <
          kKolmogorovBound);
  }
}

TEST_CASE("circles: the default radius is 1") {
  const Batch batch = world_of(R"("circles")")->sample("fit", 0, 500);
  const at::Tensor squared = batch.values_BC.square().reshape({500, 4, 2}).sum(2);
  CHECK(squared.allclose(batch.present_BF.to(at::kFloat), 1e-6, 1e-6));
}

TEST_CASE("circles: spread angles cover the circle evenly, in any run of samples of any split") {
  const char* const config = R"({"kind": "circles", "circles": 1, "p": 1, "angles": "spread"})";
  check_feature_world(config);
  const auto world = world_of(config);
  for (const char* split : {"fit", "eval"}) {
    for (const std::int64_t first : {0, 12345}) {
      const at::Tensor x = world->sample(split, first, 1000).values_BC.to(at::kDouble);
      const at::Tensor angle = at::atan2(x.select(1, 1), x.select(1, 0));
      const at::Tensor sorted = std::get<0>(angle.sort());
      const at::Tensor gaps = sorted.diff();
      // Gaps of the golden-section sequence are at most φ² = 2.6 times the mean gap, where random
      // ones reach seven times.
      CHECK(gaps.max().item<double>() < 2.62 * 2 * std::numbers::pi / 1000);
      CHECK(gaps.min().item<double>() > 0.38 * 2 * std::numbers::pi / 1000);
      CHECK(x.mean(0).abs().max().item<double>() < 3e-3);
    }
  }
  CHECK_FALSE(
      at::equal(world->sample("fit", 0, 5).values_BC, world->sample("eval", 0, 5).values_BC));
}
