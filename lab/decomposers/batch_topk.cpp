#include "lab/decomposers/batch_topk.h"

#include <algorithm>
#include <functional>

#include "lab/decomposers/sae_training.h"
#include "lab/decomposers/topk_objective.h"

namespace lab {
namespace {

TopKSae over_batch(std::int64_t k, const SaeSettings& settings, const FitData& data) {
  TopKSae sae;
  sae.k = k;
  sae.over = TopKOver::kBatch;
  sae.batch = settings.batch;
  sae.common = common_of(settings, data.site);
  return sae;
}

}  // namespace

void Matryoshka::fields(Fields& f) {
  f("k", k, at_least(1), "latents that fire per sample, on average over a batch");
  f("prefixes", prefixes, at_least(1),
    "numbers of latents that reconstruct alone, ascending, each less than latents");
  f("sampled", sampled, at_least(0),
    "in place of prefixes: so many are drawn anew for each step, P(m) ∝ m^(−3/2)", Legacy{"0"});
  sae.fields(f);
  f.require(k <= sae.latents, "k", "must be at most latents");
  f.require(std::ranges::is_sorted(prefixes, std::less_equal{}), "prefixes", "must be ascending");
  f.require(sampled > 0 || prefixes.empty() || prefixes.back() < sae.latents, "prefixes",
            "must be less than latents");
}

Fitted fit_batch_topk(const BatchTopK& config, const FitData& data, std::int64_t seed) {
  return fit_sae(config.sae, TopKObjective(over_batch(config.k, config.sae, data)), data, seed);
}

Fitted fit_matryoshka(const Matryoshka& config, const FitData& data, std::int64_t seed) {
  TopKSae sae = over_batch(config.k, config.sae, data);
  sae.prefixes = config.prefixes;
  sae.sampled = config.sampled;
  sae.seed = seed;
  return fit_sae(config.sae, TopKObjective(sae), data, seed);
}

}  // namespace lab
