#include "lab/decomposers/jump_relu.h"

#include <ATen/ATen.h>

#include <cmath>

#include "lab/decomposers/jump_relu_objective.h"
#include "lab/decomposers/sae_kernels.h"
#include "lab/decomposers/sae_training.h"

namespace lab {
namespace {

// K(p − θ): the slope that the step has in the backward pass.
at::Tensor window(const at::Tensor& pre_BM, const at::Tensor& theta_M, double bandwidth) {
  return ((pre_BM - theta_M).abs() < bandwidth / 2).to(at::kFloat) / bandwidth;
}

// `value` with the slope −`minus_slope` in θ: what is added is 0.
at::Tensor with_slope(const at::Tensor& value, const at::Tensor& minus_slope,
                      const at::Tensor& theta_M) {
  return value - minus_slope.detach() * (theta_M - theta_M.detach());
}

}  // namespace

at::Tensor JumpReluObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  const at::Tensor pre_BM = pre_activations(common_, params, in_BD);
  const at::Tensor theta_M = params.more.at(0).exp();
  return with_slope(pre_BM * (pre_BM > theta_M),
                    theta_M * window(pre_BM, theta_M, config_.bandwidth), theta_M);
}

at::Tensor JumpReluObjective::loss(const SaeParams& params, const SaeBatch& batch,
                                   const SaeMoment& moment) const {
  const at::Tensor pre_BM = pre_activations(common_, params, batch.in_BD);
  const at::Tensor theta_M = params.more.at(0).exp();
  const at::Tensor codes_BM = codes(params, batch.in_BD);
  const at::Tensor error_BD = batch.out_BD - at::matmul(codes_BM, params.W_dec_MD) - params.b_dec_D;
  at::Tensor value = error_BD.square().sum(1).mean();
  at::Tensor sparsity;
  if (config_.penalty == "tanh") {
    sparsity = (codes_BM * (params.W_dec_MD.norm(2, 1) / config_.scale)).tanh().sum(1).mean();
  } else {
    const at::Tensor fires_BM = with_slope((pre_BM > theta_M).to(at::kFloat),
                                           window(pre_BM, theta_M, config_.bandwidth), theta_M);
    sparsity = fires_BM.sum(1).mean();
    if (config_.l0_target) sparsity = (sparsity / *config_.l0_target - 1).square();
  }
  value = value + at_moment(config_.sparsity, config_.warmup, moment) * sparsity;
  const at::Tensor auxiliary_B = auxiliary_loss(common_, params, pre_BM, moment, error_BD);
  return auxiliary_B.defined() ? value + auxiliary_B.mean() : value;
}

SaeStep JumpReluObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                         const SaeMoment& moment, SaeParams& grads) const {
  const at::NoGradGuard no_grad;
  const double B = static_cast<double>(batch.in_BD.size(0));
  const double lambda = at_moment(config_.sparsity, config_.warmup, moment);
  const at::Tensor x_BD = encoder_input(common_, params, batch.in_BD);
  const at::Tensor pre_BM = at::addmm(params.b_enc_M, x_BD, params.W_enc_MD.t());
  const at::Tensor theta_M = params.more.at(0).exp();
  const at::Tensor fires_BM = (pre_BM > theta_M).to(at::kFloat), codes_BM = pre_BM * fires_BM;
  const at::Tensor error_BD =
      at::addmm(params.b_dec_D, codes_BM, params.W_dec_MD).sub_(batch.out_BD);

  SaeStep step;
  step.squared_error = sum_of_squares(error_BD) / B;
  step.l0 = fires_BM.sum().item<double>() / B;
  step.fired_M = fires_BM.any(0);
  step.loss = step.squared_error;

  const at::Tensor slope_BD = error_BD * (2 / B);
  at::mm_out(grads.W_dec_MD, codes_BM.t(), slope_BD);
  at::Tensor code_slope_BM = at::mm(slope_BD, params.W_dec_MD.t());  // of the loss in the codes
  double step_slope = 0;                                             // and in each step H
  if (config_.penalty == "tanh") {
    const at::Tensor norm_M = row_norms(params.W_dec_MD);
    const at::Tensor bent_BM = (codes_BM * (norm_M / config_.scale)).tanh();
    step.loss += lambda * bent_BM.sum().item<double>() / B;
    const at::Tensor inner_BM = (1 - bent_BM.square()) * (lambda / (B * config_.scale));
    code_slope_BM.addcmul_(inner_BM, norm_M);
    add_norm_slopes_(params.W_dec_MD, norm_M, (inner_BM * codes_BM).sum(0), 1, grads.W_dec_MD);
  } else if (config_.l0_target) {
    const double excess = step.l0 / *config_.l0_target - 1;
    step.loss += lambda * excess * excess;
    step_slope = lambda * 2 * excess / *config_.l0_target / B;
  } else {
    step.loss += lambda * step.l0;
    step_slope = lambda / B;
  }
  // θ: through the codes and through the steps, both with the window's slope.
  const at::Tensor window_BM = window(pre_BM, theta_M, config_.bandwidth);
  const at::Tensor theta_slope_M = -(window_BM * (code_slope_BM * theta_M + step_slope)).sum(0);
  grads.more.at(0).copy_(theta_slope_M * theta_M);

  column_sums(slope_BD, grads.b_dec_D);
  finish_gradients(common_, params, x_BD, code_slope_BM.mul_(fires_BM), grads);
  const Auxiliary auxiliary =
      auxiliary_start(common_, pre_BM, at::zeros_like(params.b_enc_M), moment);
  step.loss += add_auxiliary(common_, auxiliary, params, x_BD, error_BD, grads);
  step.slope_BD = slope_BD;
  return step;
}

Dictionary JumpReluObjective::dictionary(const SaeParams& params, const SaeBatch&) const {
  AffineEncoder encoder{
      params.W_enc_MD.t().contiguous(), params.b_enc_M, input_shift(common_, params), "jumprelu", 0,
      params.more.at(0).exp()};
  return {params.W_dec_MD, params.b_dec_D, std::move(encoder), false};
}

std::vector<at::Tensor> JumpReluObjective::own_params(const SaeParams& start) const {
  return {at::full_like(start.b_enc_M, std::log(config_.threshold))};
}

void JumpReluObjective::restart(SaeParams& params, const at::Tensor& latents_K) const {
  params.more.at(0).index_fill_(0, latents_K, std::log(config_.threshold));
}

Fitted fit_jump_relu(const JumpRelu& config, const FitData& data, std::int64_t seed) {
  return fit_sae(config.sae, JumpReluObjective(config, common_of(config.sae, data.site)), data,
                 seed);
}

}  // namespace lab
