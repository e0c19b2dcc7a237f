#include "lab/decomposers/spade.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "lab/core/error.h"
#include "lab/decomposers/fit_batches.h"
#include "lab/decomposers/fit_samples.h"
#include "lab/decomposers/sae_parts.h"
#include "lab/decomposers/sae_training.h"
#include "lab/decomposers/spade_objective.h"
#include "lab/decomposers/sparsemax.h"

namespace lab {
namespace {

// ‖x − w‖²
at::Tensor distances(const at::Tensor& x_BD, const at::Tensor& points_MD) {
  const at::Tensor centre_D = points_MD.detach().mean(0);
  return nearness(x_BD, points_MD) + (x_BD - centre_D).square().sum(1, true);
}

// Fit samples drawn at random, as the autoencoder sees them, no two alike: where there are too few different ones, noise
// of a hundredth of their spread tells the rest apart.
at::Tensor random_samples(const Spade& config, const FitData& data, std::int64_t seed) {
  const Normaliser normaliser(config.sae, data);
  const std::int64_t M = config.sae.latents, N = std::max(kFitChunk, M);
  const at::Tensor in_UD = std::get<0>(at::unique_dim(normaliser(fit_acts(data, N)).in_BD, 0));
  const std::int64_t U = in_UD.size(0), D = in_UD.size(1);
  const at::Tensor key_U = uniforms(Draw("decomposer/prototypes", seed), 0, 1, U).view(-1);
  const at::Tensor order_U = std::get<1>(key_U.sort(/*stable=*/true, 0, /*descending=*/false));
  const at::Tensor chosen_M = order_U.index_select(0, at::arange(M).remainder(U));
  const at::Tensor noise_MD = normals(Draw("decomposer/prototype_noise", seed), 0, M, D);
  const at::Tensor copies_M1 = (at::arange(M) >= U).to(at::kFloat).unsqueeze(1);
  const double spread = (in_UD - in_UD.mean(0)).square().mean().sqrt().item<double>();
  return in_UD.index_select(0, chosen_M) + noise_MD * copies_M1 * (0.01 * spread);
}

}  // namespace

at::Tensor SpadeObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  return sparsemax(-params.more.at(0).exp() * nearness(in_BD, params.W_enc_MD));
}

at::Tensor SpadeObjective::loss(const SaeParams& params, const SaeBatch& batch,
                                const SaeMoment&) const {
  const at::Tensor codes_BM = codes(params, batch.in_BD);
  at::Tensor loss_B = (batch.out_BD - at::matmul(codes_BM, params.W_dec_MD)).square().sum(1);
  if (config_.distance_weight > 0) {
    const at::Tensor distance_BM = distances(batch.in_BD, params.W_dec_MD);
    loss_B = loss_B + config_.distance_weight * (codes_BM * distance_BM).sum(1);
  }
  return loss_B.mean();
}

SaeStep SpadeObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                      const SaeMoment&, SaeParams& grads) const {
  const at::NoGradGuard no_grad;
  const double B = static_cast<double>(batch.in_BD.size(0));
  const double weight = config_.distance_weight / B;
  const at::Tensor& x_BD = batch.in_BD;
  const at::Tensor lambda = params.more.at(0).exp();
  const at::Tensor near_BM = nearness(x_BD, params.W_enc_MD);
  const at::Tensor codes_BM = sparsemax(-lambda * near_BM);
  const at::Tensor support_BM = codes_BM > 0;
  const at::Tensor error_BD = at::mm(codes_BM, params.W_dec_MD).sub_(batch.out_BD);
  const at::Tensor slope_BD = error_BD * (2 / B);

  SaeStep step;
  step.squared_error = sum_of_squares(error_BD) / B;
  step.loss = step.squared_error;
  step.l0 = support_BM.sum().item<double>() / B;
  step.fired_M = support_BM.any(0);
  step.slope_BD = slope_BD;

  at::Tensor code_slope_BM = at::mm(slope_BD, params.W_dec_MD.t());
  at::mm_out(grads.W_dec_MD, codes_BM.t(), slope_BD);
  if (config_.distance_weight > 0) {
    const at::Tensor distance_BM = distances(x_BD, params.W_dec_MD);
    step.loss += weight * (codes_BM * distance_BM).sum().item<double>();
    code_slope_BM.add_(distance_BM, weight);
    grads.W_dec_MD.addcmul_(params.W_dec_MD, codes_BM.sum(0).unsqueeze(1), 2 * weight);
    grads.W_dec_MD.addmm_(codes_BM.t(), x_BD, 1, -2 * weight);
  }
  // Through sparsemax: on the support the slope loses its mean.
  const at::Tensor size_B1 = support_BM.sum(1, true);
  const at::Tensor mean_B1 = (code_slope_BM * support_BM).sum(1, true) / size_B1;
  const at::Tensor near_slope_BM = (code_slope_BM - mean_B1) * support_BM * -lambda;
  grads.more.at(0).copy_((near_slope_BM * near_BM).sum().view({1}));
  const at::Tensor total_M1 = near_slope_BM.sum(0).unsqueeze(1);
  at::mm_out(grads.W_enc_MD, near_slope_BM.t(), x_BD);
  grads.W_enc_MD.mul_(-2).addcmul_(params.W_enc_MD, total_M1, 2);
  grads.b_enc_M.zero_();
  grads.b_dec_D.zero_();
  return step;
}

Dictionary SpadeObjective::dictionary(const SaeParams& params, const SaeBatch&) const {
  return {params.W_dec_MD, params.b_dec_D,
          SpadeEncoder{params.W_enc_MD, params.more.at(0).exp().item<double>()}, false};
}

std::vector<at::Tensor> SpadeObjective::own_params(const SaeParams& start) const {
  return {at::full({1}, std::log(config_.scale), start.b_enc_M.options())};
}

Fitted fit_spade(const Spade& config, const FitData& data, std::int64_t seed) {
  require_one_tap(data, Spade::name);
  const SpadeObjective objective(config);
  SaeParams start = initial_params(objective, config.sae, data, seed);
  start.W_enc_MD = random_samples(config, data, seed);
  start.W_dec_MD = start.W_enc_MD.clone();
  return train_sae(config.sae, objective, start, data, seed);
}

}  // namespace lab
