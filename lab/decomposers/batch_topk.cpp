#include "lab/decomposers/batch_topk.h"

#include <algorithm>
#include <functional>

#include "lab/decomposers/sae_training.h"
#include "lab/decomposers/topk_objective.h"

namespace lab {
namespace {

TopKSae over_batch(double k, const SaeSettings& settings, const FitData& data) {
  TopKSae sae;
  sae.k = k;
  sae.over = TopKOver::kBatch;
  sae.batch = settings.batch;
  sae.common = common_of(settings, data.site);
  return sae;
}

constexpr const char* kLatentsPerSample = "latents that fire per sample, on average over a batch";

void require_enough(Fields& f, double k, const SaeSettings& settings) {
  f.require(k <= static_cast<double>(settings.latents), "k", "must be at most latents");
  f.require(k * static_cast<double>(settings.batch) >= 1, "k",
            "must leave at least one latent a batch");
}

}  // namespace

void BatchTopK::fields(Fields& f) {
  f("k", k, above(0), kLatentsPerSample);
  sae.fields(f);
  require_enough(f, k, sae);
}

void Matryoshka::fields(Fields& f) {
  f("k", k, above(0), kLatentsPerSample);
  f("prefixes", prefixes, at_least(1),
    "numbers of latents that reconstruct alone, ascending, each less than latents");
  f("sampled", sampled, at_least(0),
    "in place of prefixes: so many are drawn anew for each step, P(m) ∝ m^(−3/2)", Legacy{"0"});
  sae.fields(f);
  require_enough(f, k, sae);
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
