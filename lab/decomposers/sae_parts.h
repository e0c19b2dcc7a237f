// What the losses of several SAE families have in common.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>

#include "lab/decomposers/sae_config.h"
#include "lab/decomposers/sae_objective.h"
#include "lab/subjects/site.h"

namespace lab {

// What every family does alike.
struct SaeCommon {
  bool input_bias = true;                   // x = in − b_dec, else in
  std::optional<std::int64_t> auxiliary_k;  // dead latents used by the auxiliary loss; absent: none
  double auxiliary_weight = 0;
};
SaeCommon common_of(const SaeSettings& settings, const Site& site);

at::Tensor encoder_input(const SaeCommon& common, const SaeParams& params, const at::Tensor& in_BD);
// The same, contiguous, not to be written to and nothing to be differentiated: in memory of `work`, or the input itself.
at::Tensor encoder_input_in(Workspace& work, const SaeCommon& common, const SaeParams& params,
                            const at::Tensor& in_BD);
// What the finished encoder subtracts from its input: b_dec, or 0.
at::Tensor input_shift(const SaeCommon& common, const SaeParams& params);
// p = x W_encᵀ + b_enc
at::Tensor pre_activations(const SaeCommon& common, const SaeParams& params,
                           const at::Tensor& in_BD);

// The auxiliary loss α ‖e − z W_dec‖² of a batch: z the auxiliary_k largest p among dead latents, e = out − x̂ a
// constant (Gao et al. 2024, A.2). As part of a family's definition: [B], undefined where there is no such loss or
// nothing is dead.
at::Tensor auxiliary_loss(const SaeCommon& common, const SaeParams& params,
                          const at::Tensor& pre_BM, const SaeMoment& moment,
                          const at::Tensor& error_BD);

// The same by hand, which costs what the dead latents cost. First `auxiliary_start`, while p is at hand (`bias_M` is
// added to it), then `add_auxiliary`, when all other gradients are: with e = x̂ − out it adds its own and gives its mean.
struct Auxiliary {
  at::Tensor dead_K;  // indices; undefined: nothing to do
  at::Tensor pre_BK;
};
Auxiliary auxiliary_start(const SaeCommon& common, const at::Tensor& pre_BM,
                          const at::Tensor& bias_M, const SaeMoment& moment);
double add_auxiliary(const SaeCommon& common, const Auxiliary& auxiliary, const SaeParams& params,
                     const at::Tensor& x_BD, const at::Tensor& error_BD, SaeParams& grads);

// The gradients of W_enc and b_enc from that of p, and the encoder's share of b_dec's, which has its own by x̂ already.
void finish_gradients(const SaeCommon& common, const SaeParams& params, const at::Tensor& x_BD,
                      const at::Tensor& pre_slope_BM, SaeParams& grads);
// b_dec is subtracted from the encoder's input, too: its gradient by that way, once b_enc has its own.
void add_input_bias_gradient(const SaeCommon& common, const SaeParams& params, SaeParams& grads);

// mean_b [ ‖e‖² + λ Σ_i c_i ‖w_i‖ ], e = out − c W_dec − b_dec, of codes that are not negative, however they were made;
// differentiable in them and in the decoder.
at::Tensor penalised_loss(const SaeParams& params, const at::Tensor& codes_BM,
                          const at::Tensor& out_BD, double l1);
// The same by hand: what it says of the step, its slope in the codes, and in `grads` the decoder's gradients.
struct PenalisedSlopes {
  SaeStep step;
  at::Tensor of_codes_BM;
};
PenalisedSlopes penalised_slopes(const SaeParams& params, const at::Tensor& codes_BM,
                                 const at::Tensor& out_BD, double l1, SaeParams& grads);

double sum_of_squares(const at::Tensor& x);

}  // namespace lab
