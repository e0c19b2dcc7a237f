// Rotations: as many circuits as asked, unit vectors, targets that are turned by one angle a circuit.
#include "lab/worlds/rotations.h"

#include <ATen/ATen.h>

#include <cmath>

#include "worlds.h"

using namespace lab;
using namespace lab::tests;

TEST_CASE("rotations: unit vectors of active circuits, turned by the circuit's angle") {
  const auto world = world_of(R"({"kind": "rotations", "circuits": 7, "active": 3})");
  CHECK(world->inputs() == 21);
  CHECK(world->targets() == 14);
  const auto angles = rotation_angles(*world);
  REQUIRE(angles.has_value());
  CHECK(angles->size() == 7);
  const Batch batch = world->sample("fit", 5, 400);
  CHECK(batch.present_BF.sum(1).eq(3).all().item<bool>());
  const at::Tensor values = batch.values_BC.view({400, 7, 3});
  CHECK(values.select(2, 0).equal(batch.present_BF.to(at::kFloat)));
  const at::Tensor from = values.narrow(2, 1, 2), to = batch.targets_BT.view({400, 7, 2});
  const at::Tensor present = batch.present_BF.to(at::kFloat);
  CHECK(at::allclose(from.norm(2, 2), present, 1e-5, 1e-6));
  CHECK(at::allclose(to.norm(2, 2), present, 1e-5, 1e-6));
  // The cosine and the sine of the angle between are the same in every sample.
  const at::Tensor cosine = (from * to).sum(2);
  const at::Tensor sine = from.select(2, 0) * to.select(2, 1) - from.select(2, 1) * to.select(2, 0);
  for (std::int64_t t = 0; t < 7; ++t) {
    const double angle = (*angles)[static_cast<std::size_t>(t)];
    CHECK(at::allclose(cosine.select(1, t), present.select(1, t) * std::cos(angle), 1e-5, 1e-5));
    CHECK(at::allclose(sine.select(1, t), present.select(1, t) * std::sin(angle), 1e-5, 1e-5));
  }
  // Every circuit is active in 3 of 7 samples: within 4.5 standard deviations (false alarms 7e-6 each).
  for (const double count : counts(batch)) {
    CHECK(std::abs(count - 400 * 3 / 7.) < 4.5 * std::sqrt(400 * 3 * 4 / 49.));
  }
}

TEST_CASE("rotations: samples do not depend on batches, and do on seed and split") {
  const std::string config = R"({"kind": "rotations", "circuits": 5, "active": 2})";
  const auto world = world_of(config);
  const Batch all = world->sample("fit", 0, 20), part = world->sample("fit", 13, 4);
  CHECK(part.inputs_BN.equal(all.inputs_BN.narrow(0, 13, 4)));
  CHECK(part.targets_BT.equal(all.targets_BT.narrow(0, 13, 4)));
  CHECK_FALSE(world->sample("eval", 0, 20).inputs_BN.equal(all.inputs_BN));
  CHECK_FALSE(world_of(config, 2)->sample("fit", 0, 20).inputs_BN.equal(all.inputs_BN));
  CHECK(rotation_angles(*world) != rotation_angles(*world_of(config, 2)));
  CHECK_FALSE(rotation_angles(*world_of(R"({"kind": "sparse"})")).has_value());
  CHECK_THROWS_AS(world_of(R"({"kind": "rotations", "circuits": 2, "active": 3})"), InputError);
}
