#include "lab/decomposers/sae_parts.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "lab/decomposers/sae_kernels.h"

namespace lab {
namespace {

// 1 where a latent is among the k largest of its row, else 0.
at::Tensor chosen(const at::Tensor& pre_BK, std::int64_t k) {
  if (k >= pre_BK.size(1)) return at::ones_like(pre_BK);
  return at::zeros_like(pre_BK).scatter_(1, std::get<1>(pre_BK.topk(k, 1)), 1.0);
}

}  // namespace

SaeCommon common_of(const SaeSettings& settings, const Site& site) {
  SaeCommon common;
  common.input_bias = settings.input_bias && site.input_tap() == site.output_tap();
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

at::Tensor encoder_input_in(Workspace& work, const SaeCommon& common, const SaeParams& params,
                            const at::Tensor& in_BD) {
  if (!common.input_bias) return in_BD.contiguous();
  at::Tensor x_BD = work.of("x", {in_BD.size(0), in_BD.size(1)}, in_BD);
  subtract_row(in_BD, params.b_dec_D, x_BD);
  return x_BD;
}

at::Tensor input_shift(const SaeCommon& common, const SaeParams& params) {
  if (common.input_bias) return params.b_dec_D;
  return at::zeros({params.W_enc_MD.size(1)}, params.b_dec_D.options().requires_grad(false));
}

at::Tensor pre_activations(const SaeCommon& common, const SaeParams& params,
                           const at::Tensor& in_BD) {
  return at::addmm(params.b_enc_M, encoder_input(common, params, in_BD), params.W_enc_MD.t());
}

at::Tensor auxiliary_loss(const SaeCommon& common, const SaeParams& params,
                          const at::Tensor& pre_BM, const SaeMoment& moment,
                          const at::Tensor& error_BD) {
  const Auxiliary start =
      auxiliary_start(common, pre_BM.detach(), at::zeros_like(params.b_enc_M), moment);
  if (!start.dead_K.defined()) return {};
  const at::Tensor z_BK =
      pre_BM.index_select(1, start.dead_K) * chosen(start.pre_BK, *common.auxiliary_k);
  const at::Tensor guess_BD = at::matmul(z_BK, params.W_dec_MD.index_select(0, start.dead_K));
  return common.auxiliary_weight * (error_BD.detach() - guess_BD).square().sum(1);
}

Auxiliary auxiliary_start(const SaeCommon& common, const at::Tensor& pre_BM,
                          const at::Tensor& bias_M, const SaeMoment& moment) {
  if (!common.auxiliary_k || !moment.dead_M.defined()) return {};
  const at::Tensor dead_K = moment.dead_M.nonzero().view(-1);
  if (dead_K.numel() == 0) return {};
  return {dead_K, pre_BM.index_select(1, dead_K).add_(bias_M.index_select(0, dead_K))};
}

double add_auxiliary(const SaeCommon& common, const Auxiliary& auxiliary, const SaeParams& params,
                     const at::Tensor& x_BD, const at::Tensor& error_BD, SaeParams& grads) {
  if (!auxiliary.dead_K.defined()) return 0;
  const double B = static_cast<double>(error_BD.size(0)), weight = common.auxiliary_weight;
  const at::Tensor choice_BK = chosen(auxiliary.pre_BK, *common.auxiliary_k);
  const at::Tensor z_BK = auxiliary.pre_BK * choice_BK;
  const at::Tensor atoms_KD = params.W_dec_MD.index_select(0, auxiliary.dead_K);
  const at::Tensor miss_BD = at::addmm(error_BD, z_BK, atoms_KD);  // guess minus residual
  const at::Tensor guess_slope_BD = miss_BD * (2 * weight / B);
  const at::Tensor pre_slope_BK = at::mm(guess_slope_BD, atoms_KD.t()).mul_(choice_BK);
  const at::Tensor sum_K = pre_slope_BK.sum(0);
  grads.W_dec_MD.index_add_(0, auxiliary.dead_K, at::mm(z_BK.t(), guess_slope_BD));
  grads.W_enc_MD.index_add_(0, auxiliary.dead_K, at::mm(pre_slope_BK.t(), x_BD));
  grads.b_enc_M.index_add_(0, auxiliary.dead_K, sum_K);
  if (common.input_bias) {
    const at::Tensor readers_KD = params.W_enc_MD.index_select(0, auxiliary.dead_K);
    grads.b_dec_D.sub_(at::mv(readers_KD.t(), sum_K));
  }
  return weight * sum_of_squares(miss_BD) / B;
}

void finish_gradients(const SaeCommon& common, const SaeParams& params, const at::Tensor& x_BD,
                      const at::Tensor& pre_slope_BM, SaeParams& grads) {
  at::sum_out(grads.b_enc_M, pre_slope_BM, 0);
  at::mm_out(grads.W_enc_MD, pre_slope_BM.t(), x_BD);
  add_input_bias_gradient(common, params, grads);
}

void add_input_bias_gradient(const SaeCommon& common, const SaeParams& params, SaeParams& grads) {
  if (common.input_bias) grads.b_dec_D.addmv_(params.W_enc_MD.t(), grads.b_enc_M, 1, -1);
}

at::Tensor penalised_loss(const SaeParams& params, const at::Tensor& codes_BM,
                          const at::Tensor& out_BD, double l1) {
  const at::Tensor error_BD = out_BD - at::matmul(codes_BM, params.W_dec_MD) - params.b_dec_D;
  const at::Tensor penalty_B = at::matmul(codes_BM, params.W_dec_MD.norm(2, 1));
  return (error_BD.square().sum(1) + l1 * penalty_B).mean();
}

PenalisedSlopes penalised_slopes(const SaeParams& params, const at::Tensor& codes_BM,
                                 const at::Tensor& out_BD, double l1, SaeParams& grads) {
  const double B = static_cast<double>(out_BD.size(0));
  const at::Tensor error_BD = at::addmm(params.b_dec_D, codes_BM, params.W_dec_MD).sub_(out_BD);
  const at::Tensor norm_M = row_norms(params.W_dec_MD), code_sum_M = codes_BM.sum(0);
  SaeStep step;
  step.squared_error = sum_of_squares(error_BD) / B;
  step.l0 = codes_BM.ne(0).sum().item<double>() / B;
  step.fired_M = code_sum_M > 0;
  step.slope_BD = error_BD * (2 / B);
  at::mm_out(grads.W_dec_MD, codes_BM.t(), step.slope_BD);
  const double pulled =
      add_norm_slopes_(params.W_dec_MD, norm_M, code_sum_M, l1 / B, grads.W_dec_MD);
  step.loss = step.squared_error + l1 / B * pulled;
  column_sums(step.slope_BD, grads.b_dec_D);
  return {step, at::addmm(norm_M * (l1 / B), step.slope_BD, params.W_dec_MD.t())};
}

double sum_of_squares(const at::Tensor& x) {
  const at::Tensor flat = x.reshape(-1);
  return flat.dot(flat).item<double>();
}

}  // namespace lab
