#include "lab/decomposers/topk.h"

#include "lab/decomposers/sae_training.h"
#include "lab/decomposers/topk_objective.h"

namespace lab {

Fitted fit_topk(const TopK& config, const FitData& data, std::int64_t seed) {
  TopKSae sae;
  sae.k = config.k;
  sae.common = common_of(config.sae, data.site);
  return fit_sae(config.sae, TopKObjective(sae), data, seed);
}

}  // namespace lab
