#include "lab/decomposers/sae_parts.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

namespace lab {

SaeParams initial_params(const SaeObjective& objective, const SaeSettings& settings,
                         const FitData& data, std::int64_t seed) {
  SaeParams params = initial_params(settings, data, seed);
  for (const double start : objective.fresh_more()) {
    params.more_M.push_back(at::full({settings.latents}, start, at::kFloat));
  }
  return params;
}

SaeCommon common_of(const SaeSettings& settings, const Site& site) {
  SaeCommon common;
  common.input_bias = subtracts_bias(settings, site);
  if (const auto* auxiliary = std::get_if<AuxiliaryLoss>(&settings.dead.kind)) {
    common.auxiliary_k = auxiliary->k.value_or(std::max<std::int64_t>(1, site.output_width() / 2));
    common.auxiliary_weight = auxiliary->weight;
  }
  return common;
}

at::Tensor encoder_input(const SaeCommon& common, const SaeParams& params,
                         const at::Tensor& in_BD) {
  return common.input_bias ? in_BD - params.b_dec_D : in_BD;
}

at::Tensor input_shift(const SaeCommon& common, const SaeParams& params) {
  return common.input_bias ? params.b_dec_D : at::zeros({params.W_enc_DM.size(0)});
}

at::Tensor pre_activations(const SaeCommon& common, const SaeParams& params,
                           const at::Tensor& in_BD) {
  return at::addmm(params.b_enc_M, encoder_input(common, params, in_BD), params.W_enc_DM);
}

at::Tensor auxiliary_choice(const SaeCommon& common, const at::Tensor& pre_BM,
                            const SaeMoment& moment) {
  if (!common.auxiliary_k || !moment.dead_M.defined()) return {};
  const auto dead = moment.dead_M.sum().item<std::int64_t>();
  if (dead == 0) return {};
  const at::Tensor candidates =
      pre_BM.detach().masked_fill(~moment.dead_M, -std::numeric_limits<float>::infinity());
  const at::Tensor largest = std::get<1>(candidates.topk(std::min(*common.auxiliary_k, dead), 1));
  return at::zeros_like(candidates).scatter_(1, largest, 1.0);
}

at::Tensor auxiliary_loss(const SaeCommon& common, const SaeParams& params,
                          const at::Tensor& pre_BM, const at::Tensor& choice_BM,
                          const at::Tensor& error_BD) {
  const at::Tensor guess_BD = at::matmul(pre_BM * choice_BM, params.W_dec_MD);
  return common.auxiliary_weight * (error_BD.detach() - guess_BD).square().sum(1);
}

double add_auxiliary(const SaeCommon& common, const SaeParams& params, const at::Tensor& pre_BM,
                     const at::Tensor& choice_BM, const at::Tensor& error_BD,
                     at::Tensor& pre_slope_BM, SaeParams& grads) {
  const double B = static_cast<double>(error_BD.size(0)), weight = common.auxiliary_weight;
  const at::Tensor z_BM = pre_BM * choice_BM;
  const at::Tensor miss_BD = at::addmm(error_BD, z_BM, params.W_dec_MD);  // guess minus residual
  const at::Tensor guess_slope_BD = miss_BD * (2 * weight / B);
  grads.W_dec_MD.addmm_(z_BM.t(), guess_slope_BD);
  pre_slope_BM.addcmul_(at::mm(guess_slope_BD, params.W_dec_MD.t()), choice_BM);
  return weight * sum_of_squares(miss_BD) / B;
}

void finish_gradients(const SaeCommon& common, const SaeParams& params, const at::Tensor& x_BD,
                      const at::Tensor& pre_slope_BM, const at::Tensor& slope_BD,
                      SaeParams& grads) {
  at::sum_out(grads.b_enc_M, pre_slope_BM, 0);
  at::mm_out(grads.W_enc_DM, x_BD.t(), pre_slope_BM);
  at::sum_out(grads.b_dec_D, slope_BD, 0);
  if (common.input_bias) grads.b_dec_D.sub_(at::mv(params.W_enc_DM, grads.b_enc_M));
}

double sum_of_squares(const at::Tensor& x) {
  const at::Tensor flat = x.view(-1);
  return flat.dot(flat).item<double>();
}

// Several times faster than LibTorch's count_nonzero.
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

}  // namespace lab
