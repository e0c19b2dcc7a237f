#include "lab/decomposers/matching_pursuit.h"

#include <ATen/ATen.h>

#include <utility>
#include <vector>

#include "lab/decomposers/codes.h"
#include "lab/decomposers/fit_samples.h"
#include "lab/decomposers/pursuit_objective.h"
#include "lab/decomposers/sae_parts.h"
#include "lab/decomposers/sae_training.h"

namespace lab {
namespace {

using std::int64_t;

// One step of pursuit.
struct Taken {
  at::Tensor latent_B;   // whose atom was taken
  at::Tensor atoms_BD;   // it
  at::Tensor amount_B1;  // c
  at::Tensor before_BD;  // the residual before
};

Taken take(const SaeParams& params, const at::Tensor& rest_BD, const at::Tensor& goes_on_B1) {
  const at::Tensor latent_B = at::mm(rest_BD.detach(), params.W_dec_MD.detach().t()).argmax(1);
  const at::Tensor atoms_BD = params.W_dec_MD.index_select(0, latent_B);
  return {latent_B, atoms_BD, (rest_BD * atoms_BD).sum(1, true).relu() * goes_on_B1, rest_BD};
}

}  // namespace

MatchingPursuitEncoder PursuitObjective::encoder(const SaeParams& params) const {
  return {params.b_dec_D, config_.k, config_.residual, config_.until_repeat};
}

at::Tensor PursuitObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  return codes_of(encoder(params), params.W_dec_MD, in_BD);
}

at::Tensor PursuitObjective::loss(const SaeParams& params, const SaeBatch& batch,
                                  const SaeMoment&) const {
  return (batch.out_BD - reconstruction(params, batch.in_BD)).square().sum(1).mean();
}

SaeStep PursuitObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                        const SaeMoment&, SaeParams& grads) const {
  const at::NoGradGuard no_grad;
  const double B = static_cast<double>(batch.in_BD.size(0));
  std::vector<Taken> steps;
  at::Tensor rest_BD = batch.in_BD - params.b_dec_D;
  at::Tensor codes_BM =
      at::zeros({batch.in_BD.size(0), params.W_dec_MD.size(0)}, batch.in_BD.options());
  const MatchingPursuitEncoder rule = encoder(params);
  at::Tensor goes_on_B1 = at::ones_like(codes_BM.narrow(1, 0, 1), at::kBool);
  for (int64_t step = 0; step < config_.k && goes_on_B1.any().item<bool>(); ++step) {
    steps.push_back(take(params, rest_BD, goes_on_B1));
    const Taken& taken = steps.back();
    const at::Tensor latent_B1 = taken.latent_B.unsqueeze(1);
    const at::Tensor before_B1 = codes_BM.gather(1, latent_B1);
    codes_BM.scatter_add_(1, latent_B1, taken.amount_B1);
    rest_BD = rest_BD - taken.amount_B1 * taken.atoms_BD;
    goes_on_B1 = pursued_on(rule, goes_on_B1, before_B1, taken.amount_B1, rest_BD);
  }
  // x̂ = in − r_k. Back through the steps, with the slope in the residual after each.
  const at::Tensor error_BD = batch.out_BD - batch.in_BD + rest_BD;
  at::Tensor slope_BD = error_BD * (2 / B);
  const at::Tensor out_slope_BD = -slope_BD;
  grads.W_dec_MD.zero_();
  for (auto taken = steps.rbegin(); taken != steps.rend(); ++taken) {
    const at::Tensor amount_slope_B1 =
        -(slope_BD * taken->atoms_BD).sum(1, true) * (taken->amount_B1 > 0);
    grads.W_dec_MD.index_add_(0, taken->latent_B,
                              taken->before_BD * amount_slope_B1 - slope_BD * taken->amount_B1);
    slope_BD = slope_BD + amount_slope_B1 * taken->atoms_BD;
  }
  at::sum_out(grads.b_dec_D, slope_BD, 0).neg_();
  grads.W_enc_MD.zero_();
  grads.b_enc_M.zero_();

  const double squares = sum_of_squares(error_BD) / B;
  const at::Tensor fires_BM = codes_BM != 0;
  return {squares, squares, fires_BM.sum().item<double>() / B, fires_BM.any(0), out_slope_BD};
}

Dictionary PursuitObjective::dictionary(const SaeParams& params, const SaeBatch&) const {
  return {params.W_dec_MD, params.b_dec_D, encoder(params), false};
}

Fitted fit_matching_pursuit(const MatchingPursuit& config, const FitData& data, std::int64_t seed) {
  require_one_tap(data, MatchingPursuit::name);
  return fit_sae(config.sae, PursuitObjective(config), data, seed);
}

}  // namespace lab
