#include "lab/worlds/equality.h"

#include <ATen/ATen.h>

#include "lab/worlds/interchange.h"
#include "worlds.h"

using namespace lab;
using namespace lab::tests;

TEST_CASE("equality: features say which vectors are equal, the target whether both are alike") {
  const auto world = world_of(R"({"kind": "equality", "size": 3})");
  CHECK(world->inputs() == 12);
  CHECK(world->boolean_targets());
  const Batch batch = world->sample("fit", 5, 2000);
  const auto vector = [&](std::int64_t i) { return batch.inputs_BN.narrow(1, 3 * i, 3); };
  const at::Tensor first = (vector(0) == vector(1)).all(1),
                   second = (vector(2) == vector(3)).all(1);
  CHECK(at::equal(batch.present_BF.select(1, 0), first));
  CHECK(at::equal(batch.present_BF.select(1, 1), second));
  CHECK(at::equal(batch.targets_BT.select(1, 0) > .5, first == second));
  CHECK(at::equal(batch.values_BC, batch.present_BF.to(at::kFloat)));
  // Five standard errors, three checks: a false alarm once in 500,000 seeds.
  for (const double count : counts(batch)) CHECK(std::abs(count - 1000) < 5 * std::sqrt(500.0));
  CHECK(batch.inputs_BN.abs().max().item<float>() <= 1);
}

TEST_CASE("equality: samples depend on their number alone") {
  const auto world = world_of(R"("equality")");
  const Batch all = world->sample("fit", 0, 10), part = world->sample("fit", 6, 4);
  CHECK(at::equal(all.inputs_BN.narrow(0, 6, 4), part.inputs_BN));
  CHECK_FALSE(at::equal(all.inputs_BN, world->sample("eval", 0, 10).inputs_BN));
  CHECK_FALSE(world->support().has_value());
}

TEST_CASE("equality: its circuit reads the features") {
  const auto world = world_of(R"("equality")");
  const Pairs pairs = sample_pairs(*world, "swap", 0, 200);
  const at::Tensor read = circuit_inputs(world->truth(), pairs.base);
  CHECK(at::equal(read, pairs.base.present_BF.narrow(1, 0, 2)));
  const at::Tensor values = node_values(*world->truth().circuit, read);
  CHECK(at::equal(values, pairs.base.present_BF));
  // With the first equality of the source.
  const at::Tensor said = interchanged_outputs(world->truth(), pairs, {0});
  CHECK(at::equal(said.select(1, 0),
                  pairs.source.present_BF.select(1, 0) == pairs.base.present_BF.select(1, 1)));
  CHECK(
      at::equal(interchanged_outputs(world->truth(), pairs, {0, 1}), pairs.source.targets_BT > .5));
}
