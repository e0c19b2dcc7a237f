#include "experiments/knockoff.h"

#include <ATen/ATen.h>

#include "experiments/stages.h"
#include "lab/knockoffs/facts.h"

namespace lab {
namespace {

std::unique_ptr<World> world_of(const BuildKey& key) {
  return make_world(key.world, key.world.seed.value());
}

Product make_build(const BuildKey& key, Context&) {
  const at::NoGradGuard no_gradients;
  const auto world = world_of(key);
  const SpaceConfig& space = key.space;
  const at::Tensor truth_CD =
      place(space.placement, world->truth(), space.width, space.seed.value_or(0)).frames_CD;
  const at::Tensor knockoff_CD =
      build_knockoff(key.builder, {world->truth(), truth_CD}, key.builder.seed.value_or(0));
  Product product;
  product.record.add(knockoff_facts(*world, truth_CD, knockoff_CD));
  product.tensors = to_safetensors({{"truth", truth_CD}, {"knockoff", knockoff_CD}});
  return product;
}

Product make_consume(const ConsumeKey& key, Context& context) {
  const std::string id = id_of(key_text(key.build));
  const Product build = context.need(id);
  const Tensors tensors = from_safetensors(build.tensors, "stage " + id);
  Product product;
  product.record = consume(key.consumer, *world_of(key.build), tensor(tensors, "knockoff"),
                           key.consumer.seed.value(), context.stop());
  product.record.add(build.record.scores);
  return product;
}

}  // namespace

StagePtr last_stage(const KnockoffExperiment& config, std::int64_t seed) {
  BuildKey build{config.world, config.space, config.builder};
  resolve_files(build.world);
  build.world.seed = config.world.seed.value_or(seed);
  build.space.seed.reset();
  if (uses_seed(config.space.placement)) build.space.seed = config.space.seed.value_or(seed);
  build.builder.seed.reset();
  if (uses_seed(config.builder)) build.builder.seed = config.builder.seed.value_or(seed);
  ConsumeKey consume{build, config.consumer};
  consume.consumer.seed = config.consumer.seed.value_or(seed);
  return make_stage(consume, {make_stage(build, {}, make_build)}, make_consume);
}

}  // namespace lab
