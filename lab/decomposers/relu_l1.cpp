#include "lab/decomposers/relu_l1.h"

#include "lab/decomposers/plain_sae.h"

namespace lab {

Fitted fit_relu_l1(const ReluL1& config, const FitData& data, std::int64_t seed) {
  PlainSae sae;
  sae.l1 = config.l1;
  sae.l1_warmup = config.l1_warmup;
  return fit_plain(sae, config.sae, data, seed);
}

}  // namespace lab
