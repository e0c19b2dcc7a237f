#include "experiments/seed_consistency.h"

#include <ATen/ATen.h>

#include <limits>
#include <optional>
#include <string>
#include <utility>
#include <variant>

#include "experiments/stages.h"
#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/scores/consistency.h"

namespace lab {
namespace {

Product make_consistency(const SeedConsistencyKey& key, Context& context) {
  std::vector<at::Tensor> atoms;
  for (const FitKey& fit : key.fits) atoms.push_back(fitted(fit, context).atoms_MD);
  const std::int64_t seed = key.fits.front().train.world.seed.value_or(0);
  Compared found = pairwise_consistency(atoms, key.nulls, Draw("scores/nulls/pw_mcc", seed));
  Product product;
  product.record.add(found.scores);
  product.record.tables["pairs"] = std::move(found.table);
  return product;
}

// What has the seed: the decomposer whose atoms a refit takes over, at whatever depth.
DecomposerConfig& innermost(DecomposerConfig& decomposer) {
  auto* const refit = std::get_if<Refit>(&decomposer.kind);
  return refit == nullptr ? decomposer : innermost(*refit->decomposer);
}

// The first of the seeds that belong to this one.
std::int64_t first_seed(std::int64_t seed, std::int64_t dictionaries) {
  const std::int64_t most = std::numeric_limits<std::int64_t>::max() / dictionaries - 1;
  if (seed > most) {
    throw InputError("seed_consistency: the seed must be at most " + std::to_string(most) +
                     " with " + std::to_string(dictionaries) + " dictionaries, got " +
                     std::to_string(seed));
  }
  return seed * dictionaries;
}

}  // namespace

StagePtr last_stage(const SeedConsistency& config, std::int64_t seed) {
  const TrainKey train = train_key(config.world, config.subject, seed);
  SeedConsistencyKey key{{}, config.nulls};
  std::vector<StagePtr> needs;
  DecomposerConfig decomposer = config.decomposer;
  settle_seeds(decomposer, seed);  // in the innermost one, where it uses any
  std::optional<std::int64_t>& own = innermost(decomposer).seed;
  const std::int64_t first = first_seed(own.value_or(0), config.dictionaries);
  for (std::int64_t i = 0; i < config.dictionaries; ++i) {
    own = first + i;  // left out of the key where it is not used
    key.fits.push_back(fit_key(train, config.site, decomposer, seed));
    const StagePtr fit = fit_stage(key.fits.back());
    if (needs.empty() || needs.back()->id != fit->id) needs.push_back(fit);
  }
  return make_stage(key, std::move(needs), make_consistency);
}

}  // namespace lab
