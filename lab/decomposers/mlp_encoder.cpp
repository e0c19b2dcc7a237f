#include "lab/decomposers/mlp_encoder.h"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>

#include "lab/core/rng.h"
#include "lab/decomposers/codes.h"
#include "lab/decomposers/mlp_objective.h"
#include "lab/decomposers/sae_training.h"
#include "lab/tensors/tensors.h"

namespace lab {

using std::int64_t;

MlpEncoder MlpObjective::encoder(const SaeParams& params) const {
  const at::Tensor &W_in_HD = params.more.at(0), &W_out_MH = params.more.at(2);
  return {W_in_HD.t(), params.more.at(1), W_out_MH.t(), params.more.at(3),
          input_shift(sae_.common, params)};
}

at::Tensor MlpObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  return codes_of(encoder(params), params.W_dec_MD, in_BD);
}

at::Tensor MlpObjective::loss(const SaeParams& params, const SaeBatch& batch,
                              const SaeMoment& moment) const {
  return penalised_loss(params, codes(params, batch.in_BD), batch.out_BD,
                        at_moment(sae_.l1, sae_.l1_warmup, moment));
}

SaeStep MlpObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                    const SaeMoment& moment, SaeParams& grads) const {
  const at::NoGradGuard no_grad;
  const at::Tensor &W_in_HD = params.more.at(0), &W_out_MH = params.more.at(2);
  const at::Tensor x_BD = encoder_input(sae_.common, params, batch.in_BD);
  const at::Tensor hidden_BH = at::addmm(params.more.at(1), x_BD, W_in_HD.t()).relu_();
  const at::Tensor codes_BM = at::addmm(params.more.at(3), hidden_BH, W_out_MH.t()).relu_();
  auto [step, slope_BM] = penalised_slopes(params, codes_BM, batch.out_BD,
                                           at_moment(sae_.l1, sae_.l1_warmup, moment), grads);
  slope_BM = at::threshold_backward(slope_BM, codes_BM, 0);
  at::mm_out(grads.more.at(2), slope_BM.t(), hidden_BH);
  at::sum_out(grads.more.at(3), slope_BM, 0);
  slope_BM = at::threshold_backward(at::mm(slope_BM, W_out_MH), hidden_BH, 0);
  at::mm_out(grads.more.at(0), slope_BM.t(), x_BD);
  at::sum_out(grads.more.at(1), slope_BM, 0);
  if (sae_.common.input_bias) grads.b_dec_D.sub_(at::mv(W_in_HD.t(), grads.more.at(1)));
  grads.W_enc_MD.zero_();
  grads.b_enc_M.zero_();
  return std::move(step);
}

Dictionary MlpObjective::dictionary(const SaeParams& params, const SaeBatch&) const {
  MlpEncoder finished = encoder(params);
  finished.W_in_DH = finished.W_in_DH.contiguous();
  finished.W_out_HM = finished.W_out_HM.contiguous();
  return {params.W_dec_MD, params.b_dec_D, std::move(finished), false};
}

std::vector<at::Tensor> MlpObjective::own_params(const SaeParams& start) const {
  const int64_t M = start.W_enc_MD.size(0), D = start.W_enc_MD.size(1), H = sae_.hidden;
  // [rows, fan_in] and [rows], uniform in ±1/√fan_in
  const auto layer = [&](const char* name, int64_t rows, int64_t fan_in) {
    const at::Tensor all = uniforms(Draw(name, sae_.seed), 0, rows, fan_in + 1) * 2 - 1;
    const at::Tensor scaled = all / std::sqrt(static_cast<double>(fan_in));
    return std::pair{scaled.narrow(1, 0, fan_in).contiguous(),
                     scaled.select(1, fan_in).contiguous()};
  };
  const auto [W_in_HD, b_in_H] = layer("decomposer/hidden", H, D);
  const auto [W_out_MH, b_out_M] = layer("decomposer/encoder", M, H);
  return {W_in_HD, b_in_H, W_out_MH, b_out_M};
}

Fitted fit_mlp_encoder(const MlpAutoencoder& config, const FitData& data, int64_t seed) {
  const MlpObjective objective(
      {config.l1, config.l1_warmup, config.hidden, seed, common_of(config.sae, data.site)});
  return fit_sae(config.sae, objective, data, seed);
}

}  // namespace lab
