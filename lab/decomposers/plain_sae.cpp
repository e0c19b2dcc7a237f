#include "lab/decomposers/plain_sae.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <utility>

#include "lab/decomposers/activations.h"

namespace lab {
double PlainSaeObjective::l1_at(double progress) const {
  return progress < sae_.l1_warmup ? sae_.l1 * progress / sae_.l1_warmup : sae_.l1;
}

at::Tensor PlainSaeObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  const at::Tensor pre_BM = pre_activations(sae_.common, params, in_BD);
  if (!sae_.k) return pre_BM.relu();
  at::Tensor kept_BM = pre_BM.detach().clone();
  keep_largest_(kept_BM, *sae_.k);
  return pre_BM * (kept_BM > 0);
}

at::Tensor PlainSaeObjective::reconstruction(const SaeParams& params,
                                             const at::Tensor& in_BD) const {
  return at::addmm(params.b_dec_D, codes(params, in_BD), params.W_dec_MD);
}

at::Tensor PlainSaeObjective::loss(const SaeParams& params, const SaeBatch& batch,
                                   const SaeMoment& moment) const {
  const at::Tensor codes_BM = codes(params, batch.in_BD);
  const at::Tensor error_BD = batch.out_BD - at::matmul(codes_BM, params.W_dec_MD) - params.b_dec_D;
  const at::Tensor penalty_B = at::matmul(codes_BM, params.W_dec_MD.norm(2, 1));
  at::Tensor loss_B = error_BD.square().sum(1) + l1_at(moment.progress) * penalty_B;
  const at::Tensor pre_BM = pre_activations(sae_.common, params, batch.in_BD);
  const at::Tensor choice_BM = auxiliary_choice(sae_.common, pre_BM, moment);
  if (choice_BM.defined()) {
    loss_B = loss_B + auxiliary_loss(sae_.common, params, pre_BM, choice_BM, error_BD);
  }
  return loss_B.mean();
}

SaeStep PlainSaeObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                         const SaeMoment& moment, SaeParams& grads) const {
  const at::NoGradGuard no_grad;
  const double B = static_cast<double>(batch.in_BD.size(0));
  const double l1 = l1_at(moment.progress);
  const at::Tensor x_BD = encoder_input(sae_.common, params, batch.in_BD);
  at::Tensor codes_BM = at::addmm(params.b_enc_M, x_BD, params.W_enc_DM);
  const at::Tensor choice_BM = auxiliary_choice(sae_.common, codes_BM, moment);
  const at::Tensor pre_BM = choice_BM.defined() ? codes_BM.clone() : at::Tensor();
  if (sae_.k) {
    keep_largest_(codes_BM, *sae_.k);
  } else {
    codes_BM.relu_();
  }
  const at::Tensor code_sum_M = codes_BM.sum(0);
  const at::Tensor norm_M = params.W_dec_MD.norm(2, 1);
  const at::Tensor error_BD =
      at::addmm(params.b_dec_D, codes_BM, params.W_dec_MD).sub_(batch.out_BD);

  SaeStep step;
  step.squared_error = sum_of_squares(error_BD) / B;
  step.loss = step.squared_error + l1 / B * code_sum_M.dot(norm_M).item<double>();
  step.l0 = count_fired(codes_BM) / B;
  step.fired_M = code_sum_M > 0;

  const at::Tensor slope_BD = error_BD * (2 / B);  // of the loss in x̂
  at::mm_out(grads.W_dec_MD, codes_BM.t(), slope_BD);
  at::Tensor pre_slope_BM = at::addmm(norm_M * (l1 / B), slope_BD, params.W_dec_MD.t());
  pre_slope_BM = at::threshold_backward(pre_slope_BM, codes_BM, 0);
  if (l1 > 0) {
    const at::Tensor pull_M = (code_sum_M / norm_M).masked_fill_(norm_M == 0, 0);
    grads.W_dec_MD.addcmul_(params.W_dec_MD, pull_M.unsqueeze(1), l1 / B);
  }
  if (choice_BM.defined()) {
    step.loss +=
        add_auxiliary(sae_.common, params, pre_BM, choice_BM, error_BD, pre_slope_BM, grads);
  }
  finish_gradients(sae_.common, params, x_BD, pre_slope_BM, slope_BD, grads);
  return step;
}

Dictionary PlainSaeObjective::dictionary(const SaeParams& params, const SaeBatch&) const {
  AffineEncoder encoder{params.W_enc_DM, params.b_enc_M, input_shift(sae_.common, params),
                        sae_.k ? "topk" : "relu", static_cast<double>(sae_.k.value_or(0))};
  return {params.W_dec_MD, params.b_dec_D, std::move(encoder), false};
}

Fitted fit_plain(PlainSae sae, const SaeSettings& settings, const FitData& data,
                 std::int64_t seed) {
  sae.common = common_of(settings, data.site);
  return train_sae(settings, PlainSaeObjective(sae), initial_params(settings, data, seed), data,
                   seed);
}

}  // namespace lab
