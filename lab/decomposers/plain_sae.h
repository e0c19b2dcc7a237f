// The family linear → ReLU or TopK → linear, with an L1 penalty and an auxiliary loss: what relu_l1
// and topk train, and the trained encoder of fixed.
#pragma once

#include <cstdint>
#include <optional>

#include "lab/decomposers/sae_parts.h"

namespace lab {

struct PlainSae {
  std::optional<std::int64_t> k;  // TopK; absent: ReLU
  double l1 = 0;
  double l1_warmup = 0;  // share of the steps in which l1 rises linearly from 0
  SaeCommon common;
};

// With x = in − b_dec (or in), p = x W_enc + b_enc, c = ReLU(p) (TopK: of its k largest alone),
// e = out − c W_dec − b_dec:
//   loss = mean_b [ ‖e‖² + λ Σ_i c_i ‖w_i‖ + α ‖e − z W_dec‖² ],
// λ = l1 · min(1, progress/l1_warmup); z the auxiliary_k largest p among dead latents, e a constant
// in the last term (Gao et al. 2024, A.2; absent when no latent is dead). `differentiate` is
// written by hand; the choice of latents is no source of gradient.
class PlainSaeObjective : public SaeObjective {
 public:
  explicit PlainSaeObjective(const PlainSae& sae) : sae_(sae) {}

  at::Tensor codes(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor reconstruction(const SaeParams& params, const at::Tensor& in_BD) const override;
  at::Tensor loss(const SaeParams& params, const SaeBatch& batch,
                  const SaeMoment& moment) const override;
  SaeStep differentiate(const SaeParams& params, const SaeBatch& batch, const SaeMoment& moment,
                        SaeParams& grads) const override;
  Dictionary dictionary(const SaeParams& params, const SaeBatch& seen) const override;

 private:
  double l1_at(double progress) const;

  PlainSae sae_;
};

// Trains a PlainSae with these settings on a site: fills in what they say about biases and dead
// latents, and draws the initial parameters.
Fitted fit_plain(PlainSae sae, const SaeSettings& settings, const FitData& data, std::int64_t seed);

}  // namespace lab
