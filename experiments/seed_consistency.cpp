#include "experiments/seed_consistency.h"

#include <ATen/ATen.h>

#include "experiments/stages.h"
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

}  // namespace

StagePtr last_stage(const SeedConsistency& config, std::int64_t seed) {
  const TrainKey train = train_key(config.world, config.subject, seed);
  SeedConsistencyKey key{{}, config.nulls};
  std::vector<StagePtr> needs;
  for (std::int64_t i = 0; i < config.dictionaries; ++i) {
    DecomposerConfig decomposer = config.decomposer;
    decomposer.seed = config.decomposer.seed.value_or(seed) * config.dictionaries + i;
    key.fits.push_back(fit_key(train, config.site, decomposer, seed));
    const StagePtr fit = fit_stage(key.fits.back());
    if (needs.empty() || needs.back()->id != fit->id) needs.push_back(fit);
  }
  return make_stage(key, std::move(needs), make_consistency);
}

}  // namespace lab
