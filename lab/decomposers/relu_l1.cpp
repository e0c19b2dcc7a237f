#include "lab/decomposers/relu_l1.h"

#include "lab/decomposers/relu_objective.h"
#include "lab/decomposers/sae_training.h"

namespace lab {

Fitted fit_relu_l1(const ReluL1& config, const FitData& data, std::int64_t seed) {
  const ReluObjective objective(
      {config.l1, config.l1_warmup, {}, common_of(config.sae, data.site)});
  return fit_sae(config.sae, objective, data, seed);
}

Fitted fit_p_anneal(const PAnneal& config, const FitData& data, std::int64_t seed) {
  const ReluObjective objective({config.sparsity, config.warmup, Anneal{config.start, config.power},
                                 common_of(config.sae, data.site)});
  return fit_sae(config.sae, objective, data, seed);
}

}  // namespace lab
