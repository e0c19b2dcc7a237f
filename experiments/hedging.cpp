#include "experiments/hedging.h"

#include <ATen/ATen.h>

#include "experiments/stages.h"
#include "lab/core/rng.h"
#include "lab/scores/consistency.h"

namespace lab {
namespace {

// Where a kind keeps its number of latents; nullptr where it is no trained autoencoder.
std::int64_t* latents_of(DecomposerConfig& decomposer) {
  return std::visit(
      [](auto& kind) -> std::int64_t* {
        if constexpr (requires { kind.sae.latents; }) {
          return &kind.sae.latents;
        } else {
          return nullptr;
        }
      },
      decomposer.kind);
}

Product make_hedging(const HedgingKey& key, Context& context) {
  const Dictionary narrower = fitted(key.narrower, context), wider = fitted(key.wider, context);
  const Draw draw("scores/nulls/hedging", key.narrower.train.world.seed.value_or(0));
  Compared found = hedging(narrower.atoms_MD, wider.atoms_MD, key.subspaces, draw);
  Product product;
  product.record.add(found.scores);
  product.record.tables["latents"] = std::move(found.table);
  return product;
}

}  // namespace

std::optional<DecomposerConfig> widened(DecomposerConfig decomposer, std::int64_t added) {
  std::int64_t* const latents = latents_of(decomposer);
  if (latents == nullptr) return std::nullopt;
  *latents += added;
  return decomposer;
}

std::string widening_refused(const DecomposerConfig& decomposer, std::int64_t added) {
  const auto wide = widened(decomposer, added);
  if (!wide.has_value()) return "";
  try {
    read_config<DecomposerConfig>(config_json(*wide));
    return "";
  } catch (const ConfigError& error) {
    return std::string("makes a wider decomposer of which is wrong: ") + error.what();
  }
}

StagePtr last_stage(const HedgingExperiment& config, std::int64_t seed) {
  const TrainKey train = train_key(config.world, config.subject, seed);
  const DecomposerConfig wide = widened(config.decomposer, config.added).value();
  const HedgingKey key{fit_key(train, config.site, config.decomposer, seed),
                       fit_key(train, config.site, wide, seed), config.subspaces};
  return make_stage(key, {fit_stage(key.narrower), fit_stage(key.wider)}, make_hedging);
}

}  // namespace lab
