#include "lab/decomposers/topk.h"

#include "lab/decomposers/plain_sae.h"

namespace lab {

Fitted fit_topk(const TopK& config, const FitData& data, std::int64_t seed) {
  PlainSae sae;
  sae.k = config.k;
  return fit_plain(sae, config.sae, data, seed);
}

}  // namespace lab
