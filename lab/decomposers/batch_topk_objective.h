// What batch_topk and matryoshka minimise.
#pragma once

#include <cstdint>
#include <vector>

#include "lab/decomposers/sae_parts.h"

namespace lab {

struct NestedTopK {
  std::int64_t k = 1;
  std::int64_t batch = 1;  // of training: over as many samples the inference threshold is measured
  std::vector<std::int64_t> prefixes;  // ascending, the last one all latents
  SaeCommon common;
};

// With c the codes of batch_topk.h, c_≤m those of the first m latents, e_m = out − c_≤m W_dec − b_dec and P prefixes:
//   loss = mean_b [ 1/P Σ_m ‖e_m‖² + α ‖e − z W_dec‖² ]
// `differentiate` is written by hand; which codes are kept is no source of gradient.
class NestedTopKObjective : public SaeObjective {
 public:
  explicit NestedTopKObjective(const NestedTopK& sae) : sae_(sae) {}

  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor reconstruction(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;

 private:
  NestedTopK sae_;
};

}  // namespace lab
