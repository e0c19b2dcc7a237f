#include "lab/decomposers/gated.h"

#include <ATen/ATen.h>

#include <utility>

#include "lab/decomposers/codes.h"
#include "lab/decomposers/gated_objective.h"
#include "lab/decomposers/sae_kernels.h"
#include "lab/decomposers/sae_training.h"

namespace lab {

GatedEncoder GatedObjective::encoder(const SaeParams& params) const {
  return {params.W_enc_MD.t(), input_shift(common_, params), params.more.at(0), params.more.at(1),
          params.b_enc_M};
}

at::Tensor GatedObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  return codes_of(encoder(params), params.W_dec_MD, in_BD);
}

at::Tensor GatedObjective::loss(const SaeParams& params, const SaeBatch& batch,
                                const SaeMoment& moment) const {
  const at::Tensor error_BD = batch.out_BD - reconstruction(params, batch.in_BD);
  const at::Tensor gate_BM = pre_activations(common_, params, batch.in_BD).relu();
  const at::Tensor guess_BD =
      at::matmul(gate_BM, params.W_dec_MD.detach()) + params.b_dec_D.detach();
  const at::Tensor penalty_B = at::matmul(gate_BM, params.W_dec_MD.norm(2, 1));
  return (error_BD.square().sum(1) + at_moment(config_.l1, config_.l1_warmup, moment) * penalty_B +
          (batch.out_BD - guess_BD).square().sum(1))
      .mean();
}

SaeStep GatedObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                      const SaeMoment& moment, SaeParams& grads) const {
  const at::NoGradGuard no_grad;
  const double B = static_cast<double>(batch.in_BD.size(0)),
               l1 = at_moment(config_.l1, config_.l1_warmup, moment);
  const at::Tensor x_BD = encoder_input(common_, params, batch.in_BD);
  const at::Tensor u_BM = at::mm(x_BD, params.W_enc_MD.t()),
                   gate_BM = (u_BM + params.b_enc_M).relu();
  const at::Tensor gain_M = params.more.at(0).exp();
  const at::Tensor magnitude_BM = (u_BM * gain_M + params.more.at(1)).relu();
  const at::Tensor open_BM = gate_BM > 0, codes_BM = magnitude_BM * open_BM;
  const at::Tensor error_BD =
      at::addmm(params.b_dec_D, codes_BM, params.W_dec_MD).sub_(batch.out_BD);
  const at::Tensor guess_error_BD =
      at::addmm(params.b_dec_D, gate_BM, params.W_dec_MD).sub_(batch.out_BD);
  const at::Tensor norm_M = row_norms(params.W_dec_MD);

  SaeStep step;
  step.squared_error = sum_of_squares(error_BD) / B;
  step.l0 = codes_BM.ne(0).sum().item<double>() / B;
  step.fired_M = (codes_BM > 0).any(0);

  const at::Tensor slope_BD = error_BD * (2 / B);
  at::mm_out(grads.W_dec_MD, codes_BM.t(), slope_BD);
  const double pulled =
      add_norm_slopes_(params.W_dec_MD, norm_M, gate_BM.sum(0), l1 / B, grads.W_dec_MD);
  step.loss = step.squared_error + sum_of_squares(guess_error_BD) / B + l1 / B * pulled;
  const at::Tensor magnitude_slope_BM =
      at::mm(slope_BD, params.W_dec_MD.t()) * (codes_BM > 0);  // open, and above 0
  const at::Tensor gate_slope_BM =
      at::addmm(norm_M * (l1 / B), guess_error_BD * (2 / B), params.W_dec_MD.t()).mul_(open_BM);
  grads.more.at(0).copy_((magnitude_slope_BM * u_BM).sum(0) * gain_M);
  grads.more.at(1).copy_(magnitude_slope_BM.sum(0));
  grads.b_enc_M.copy_(gate_slope_BM.sum(0));
  const at::Tensor u_slope_BM = at::addcmul(gate_slope_BM, magnitude_slope_BM, gain_M);
  at::mm_out(grads.W_enc_MD, u_slope_BM.t(), x_BD);
  column_sums(slope_BD, grads.b_dec_D);
  if (common_.input_bias) grads.b_dec_D.sub_(at::mv(params.W_enc_MD.t(), u_slope_BM.sum(0)));
  step.slope_BD = slope_BD + guess_error_BD * (2 / B);
  return step;
}

Dictionary GatedObjective::dictionary(const SaeParams& params, const SaeBatch&) const {
  GatedEncoder finished = encoder(params);
  finished.W_DM = finished.W_DM.contiguous();
  return {params.W_dec_MD, params.b_dec_D, std::move(finished), false};
}

std::vector<at::Tensor> GatedObjective::own_params(const SaeParams& start) const {
  return {at::zeros_like(start.b_enc_M), at::zeros_like(start.b_enc_M)};
}

void GatedObjective::restart(SaeParams& params, const at::Tensor& latents_K) const {
  for (at::Tensor& own : params.more) own.index_fill_(0, latents_K, 0);
}

Fitted fit_gated(const Gated& config, const FitData& data, std::int64_t seed) {
  return fit_sae(config.sae, GatedObjective(config, common_of(config.sae, data.site)), data, seed);
}

}  // namespace lab
