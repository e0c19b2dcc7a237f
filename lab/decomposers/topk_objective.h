// What topk, batch_topk and matryoshka minimise.
#pragma once

#include <cstdint>
#include <vector>

#include "lab/decomposers/sae_parts.h"
#include "lab/decomposers/sparse_codes.h"

namespace lab {

enum class TopKOver { kSample, kBatch };

struct TopKSae {
  double k = 1;  // a whole number where each sample has as many
  TopKOver over = TopKOver::kSample;
  std::int64_t batch = 1;  // of training: over as many samples the inference threshold is measured
  std::vector<std::int64_t> prefixes;  // ascending, less than all latents, which are one more
  std::int64_t sampled = 0;  // in place of `prefixes`: so many are drawn anew for each step …
  std::int64_t seed = 0;     // … by this seed
  SaeCommon common;
};

// The prefixes of a step, ascending, without repeats, the last one all latents. Sampled ones are distributed as
// P(m) ∝ m^(−3/2) on 1 … M (a Pareto law with exponent ½, cut off: draw "decomposer/prefixes").
std::vector<std::int64_t> prefixes_at(const TopKSae& sae, std::int64_t latents, std::int64_t step);

// With p = x W_encᵀ + b_enc, c = ReLU(p) of the k largest of each sample (or k·B largest of the batch), c_≤m those of
// the first m latents, e_m = out − c_≤m W_dec − b_dec and P prefixes:
//   loss = mean_b [ 1/P Σ_m ‖e_m‖² + auxiliary loss ]
// `differentiate` is written by hand: beside the encoder's product it costs what active latents cost. Which codes are
// kept is no source of gradient.
class TopKObjective : public SaeObjective {
 public:
  explicit TopKObjective(const TopKSae& sae) : sae_(sae) {}

  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;

 private:
  at::Tensor kept(const at::Tensor& pre_BM) const;

  TopKSae sae_;
};

}  // namespace lab
