#include "lab/decomposers/plain_sae.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <limits>
#include <utility>

#include "lab/decomposers/activations.h"

namespace lab {
namespace {

double sum_of_squares(const at::Tensor& x) {
  const at::Tensor flat = x.view(-1);
  return flat.dot(flat).item<double>();
}

// How many elements are not 0; several times faster than LibTorch's count_nonzero.
double count_fired(const at::Tensor& codes_BM) {
  const float* const code = codes_BM.data_ptr<float>();
  const std::int64_t n = codes_BM.numel();
  std::int64_t total = 0;
  for (std::int64_t begin = 0; begin < n; begin += 1 << 20) {
    const std::int64_t end = std::min<std::int64_t>(n, begin + (1 << 20));
    std::int32_t count = 0;  // small integers, so that the loop becomes vector instructions
    for (std::int64_t i = begin; i < end; ++i) count += code[i] != 0;
    total += count;
  }
  return static_cast<double>(total);
}

}  // namespace

double PlainSaeObjective::l1_at(double progress) const {
  return progress < sae_.l1_warmup ? sae_.l1 * progress / sae_.l1_warmup : sae_.l1;
}

at::Tensor PlainSaeObjective::encoder_input(const SaeParams& params,
                                            const at::Tensor& in_BD) const {
  return sae_.input_bias ? in_BD - params.b_dec_D : in_BD;
}

at::Tensor PlainSaeObjective::auxiliary_choice(const at::Tensor& pre_BM,
                                               const SaeMoment& moment) const {
  if (!sae_.auxiliary_k || !moment.dead_M.defined()) return {};
  const auto dead = moment.dead_M.sum().item<std::int64_t>();
  if (dead == 0) return {};
  const at::Tensor candidates =
      pre_BM.detach().masked_fill(~moment.dead_M, -std::numeric_limits<float>::infinity());
  const at::Tensor largest = std::get<1>(candidates.topk(std::min(*sae_.auxiliary_k, dead), 1));
  return at::zeros_like(candidates).scatter_(1, largest, 1.0);
}

at::Tensor PlainSaeObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  const at::Tensor pre_BM =
      at::addmm(params.b_enc_M, encoder_input(params, in_BD), params.W_enc_DM);
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
  const at::Tensor pre_BM =
      at::addmm(params.b_enc_M, encoder_input(params, batch.in_BD), params.W_enc_DM);
  const at::Tensor choice_BM = auxiliary_choice(pre_BM, moment);
  if (choice_BM.defined()) {
    const at::Tensor guess_BD = at::matmul(pre_BM * choice_BM, params.W_dec_MD);
    loss_B = loss_B + sae_.auxiliary_weight * (error_BD.detach() - guess_BD).square().sum(1);
  }
  return loss_B.mean();
}

SaeStep PlainSaeObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                         const SaeMoment& moment, SaeParams& grads) const {
  const at::NoGradGuard no_grad;
  const double B = static_cast<double>(batch.in_BD.size(0));
  const double l1 = l1_at(moment.progress);
  const at::Tensor x_BD = encoder_input(params, batch.in_BD);
  at::Tensor codes_BM = at::addmm(params.b_enc_M, x_BD, params.W_enc_DM);
  const at::Tensor choice_BM = auxiliary_choice(codes_BM, moment);
  const at::Tensor z_BM = choice_BM.defined() ? codes_BM * choice_BM : at::Tensor();
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
    const double weight = sae_.auxiliary_weight;
    const at::Tensor miss_BD = at::addmm(error_BD, z_BM, params.W_dec_MD);  // guess minus residual
    step.loss += weight * sum_of_squares(miss_BD) / B;
    const at::Tensor guess_slope_BD = miss_BD * (2 * weight / B);
    grads.W_dec_MD.addmm_(z_BM.t(), guess_slope_BD);
    pre_slope_BM.addcmul_(at::mm(guess_slope_BD, params.W_dec_MD.t()), choice_BM);
  }
  at::sum_out(grads.b_enc_M, pre_slope_BM, 0);
  at::mm_out(grads.W_enc_DM, x_BD.t(), pre_slope_BM);
  at::sum_out(grads.b_dec_D, slope_BD, 0);
  if (sae_.input_bias) grads.b_dec_D.sub_(at::mv(params.W_enc_DM, grads.b_enc_M));
  return step;
}

Dictionary PlainSaeObjective::dictionary(const SaeParams& params) const {
  AffineEncoder encoder{params.W_enc_DM, params.b_enc_M,
                        sae_.input_bias ? params.b_dec_D : at::zeros({params.W_enc_DM.size(0)}),
                        sae_.k ? "topk" : "relu", sae_.k.value_or(0)};
  return {params.W_dec_MD, params.b_dec_D, std::move(encoder), false};
}

Fitted fit_plain(PlainSae sae, const SaeSettings& settings, const FitData& data,
                 std::int64_t seed) {
  sae.input_bias = subtracts_bias(settings, data.site);
  if (const auto* auxiliary = std::get_if<AuxiliaryLoss>(&settings.dead.kind)) {
    sae.auxiliary_k =
        auxiliary->k.value_or(std::max<std::int64_t>(1, data.site.output_width() / 2));
    sae.auxiliary_weight = auxiliary->weight;
  }
  return train_sae(settings, PlainSaeObjective(sae), initial_params(settings, data, seed), data,
                   seed);
}

}  // namespace lab
