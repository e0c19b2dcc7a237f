// What the losses of several SAE families have in common.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

#include "lab/decomposers/sae_training.h"

namespace lab {

// What every family does alike.
struct SaeCommon {
  bool input_bias = true;                   // x = in − b_dec, else in
  std::optional<std::int64_t> auxiliary_k;  // dead latents used by the auxiliary loss; absent: none
  double auxiliary_weight = 0;
};
// The initial parameters of an objective, with its own beside those that all have.
SaeParams initial_params(const SaeObjective& objective, const SaeSettings& settings,
                         const FitData& data, std::int64_t seed);
SaeCommon common_of(const SaeSettings& settings, const Site& site);

at::Tensor encoder_input(const SaeCommon& common, const SaeParams& params, const at::Tensor& in_BD);
// What the finished encoder subtracts from its input: b_dec, or 0.
at::Tensor input_shift(const SaeCommon& common, const SaeParams& params);
// p = x W_enc + b_enc
at::Tensor pre_activations(const SaeCommon& common, const SaeParams& params,
                           const at::Tensor& in_BD);

// The auxiliary loss α ‖e − z W_dec‖² of a batch: z the auxiliary_k largest p among dead latents, e = out − x̂ a
// constant (Gao et al. 2024, A.2). `choice_BM` is 1 where a latent is among them, else 0; undefined where there is no
// such loss or nothing is dead.
at::Tensor auxiliary_choice(const SaeCommon& common, const at::Tensor& pre_BM,
                            const SaeMoment& moment);
// [B]; `error_BD` is e.
at::Tensor auxiliary_loss(const SaeCommon& common, const SaeParams& params,
                          const at::Tensor& pre_BM, const at::Tensor& choice_BM,
                          const at::Tensor& error_BD);
// By hand, with e = x̂ − out here: adds its gradient to that of W_dec and to `pre_slope_BM`, and gives its mean.
double add_auxiliary(const SaeCommon& common, const SaeParams& params, const at::Tensor& pre_BM,
                     const at::Tensor& choice_BM, const at::Tensor& error_BD,
                     at::Tensor& pre_slope_BM, SaeParams& grads);

// The gradients of W_enc, b_enc and b_dec from those of p and of x̂ (sums over the batch are taken here).
void finish_gradients(const SaeCommon& common, const SaeParams& params, const at::Tensor& x_BD,
                      const at::Tensor& pre_slope_BM, const at::Tensor& slope_BD, SaeParams& grads);

double sum_of_squares(const at::Tensor& x);
double count_fired(const at::Tensor& codes_BM);  // how many elements are not 0

}  // namespace lab
