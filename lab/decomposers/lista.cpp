#include "lab/decomposers/lista.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "lab/decomposers/fit_samples.h"
#include "lab/decomposers/lista_objective.h"
#include "lab/decomposers/sae_training.h"

namespace lab {
namespace {

// L of lista.h
double largest_eigenvalue(const at::Tensor& atoms_MD) {
  const double largest = at::linalg_svdvals(atoms_MD.to(at::kDouble)).max().item<double>();
  return std::max(largest * largest, 1e-12);
}

}  // namespace

at::Tensor ListaObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  const at::Tensor q_BM = pre_activations(common_, params, in_BD);
  at::Tensor codes_BM = q_BM.relu();
  for (std::int64_t round = 0; round < config_.rounds; ++round) {
    codes_BM = at::addmm(q_BM, codes_BM, params.more.at(0)).relu();
  }
  return codes_BM;
}

at::Tensor ListaObjective::loss(const SaeParams& params, const SaeBatch& batch,
                                const SaeMoment& moment) const {
  const at::Tensor codes_BM = codes(params, batch.in_BD);
  const at::Tensor error_BD = batch.out_BD - at::matmul(codes_BM, params.W_dec_MD) - params.b_dec_D;
  const at::Tensor penalty_B = at::matmul(codes_BM, params.W_dec_MD.norm(2, 1));
  return (error_BD.square().sum(1) + at_moment(config_.l1, config_.l1_warmup, moment) * penalty_B)
      .mean();
}

SaeStep ListaObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                      const SaeMoment& moment, SaeParams& grads) const {
  const at::NoGradGuard no_grad;
  const double B = static_cast<double>(batch.in_BD.size(0));
  const double l1 = at_moment(config_.l1, config_.l1_warmup, moment);
  const at::Tensor& S_MM = params.more.at(0);
  const at::Tensor x_BD = encoder_input(common_, params, batch.in_BD);
  const at::Tensor q_BM = at::addmm(params.b_enc_M, x_BD, params.W_enc_MD.t());
  std::vector<at::Tensor> rounds{q_BM.relu()};
  for (std::int64_t round = 0; round < config_.rounds; ++round) {
    rounds.push_back(at::addmm(q_BM, rounds.back(), S_MM).relu_());
  }
  const at::Tensor codes_BM = rounds.back();
  const at::Tensor error_BD =
      at::addmm(params.b_dec_D, codes_BM, params.W_dec_MD).sub_(batch.out_BD);
  const at::Tensor norm_M = params.W_dec_MD.norm(2, 1), code_sum_M = codes_BM.sum(0);

  SaeStep step;
  step.squared_error = sum_of_squares(error_BD) / B;
  step.loss = step.squared_error + l1 / B * code_sum_M.dot(norm_M).item<double>();
  step.l0 = codes_BM.ne(0).sum().item<double>() / B;
  step.fired_M = code_sum_M > 0;
  step.slope_BD = error_BD * (2 / B);

  at::mm_out(grads.W_dec_MD, codes_BM.t(), step.slope_BD);
  const at::Tensor pull_M = (code_sum_M / norm_M).masked_fill_(norm_M == 0, 0);
  grads.W_dec_MD.addcmul_(params.W_dec_MD, pull_M.unsqueeze(1), l1 / B);
  // Back through the rounds: `slope_BM` of the loss in a round's codes, then before its ReLU.
  at::Tensor slope_BM = at::addmm(norm_M * (l1 / B), step.slope_BD, params.W_dec_MD.t());
  at::Tensor q_slope_BM = at::zeros_like(q_BM);
  grads.more.at(0).zero_();
  for (std::size_t round = rounds.size(); round-- > 0;) {
    slope_BM = at::threshold_backward(slope_BM, rounds[round], 0);
    q_slope_BM.add_(slope_BM);
    if (round == 0) break;
    grads.more.at(0).addmm_(rounds[round - 1].t(), slope_BM);
    slope_BM = at::mm(slope_BM, S_MM.t());
  }
  finish_gradients(common_, params, x_BD, q_slope_BM, step.slope_BD, grads);
  return step;
}

Dictionary ListaObjective::dictionary(const SaeParams& params, const SaeBatch&) const {
  return {params.W_dec_MD, params.b_dec_D,
          ListaEncoder{params.W_enc_MD.t().contiguous(), params.b_enc_M,
                       input_shift(common_, params), params.more.at(0), config_.rounds},
          false};
}

std::vector<at::Tensor> ListaObjective::own_params(const SaeParams& start) const {
  const double L = largest_eigenvalue(start.W_dec_MD);
  const at::Tensor gram_MM = at::mm(start.W_dec_MD, start.W_dec_MD.t());
  return {at::eye(gram_MM.size(0)) - gram_MM / L};
}

void ListaObjective::restart(SaeParams& params, const at::Tensor& latents_K) const {
  params.more.at(0).index_fill_(0, latents_K, 0).index_fill_(1, latents_K, 0);
}

Fitted fit_lista(const Lista& config, const FitData& data, std::int64_t seed) {
  require_one_tap(data, Lista::name);
  const ListaObjective objective(config, common_of(config.sae, data.site));
  SaeParams start = initial_params(objective, config.sae, data, seed);
  const double L = largest_eigenvalue(start.W_dec_MD);
  start.W_enc_MD = start.W_dec_MD / L;
  start.b_enc_M.fill_(-config.l1 * config.sae.init_norm / (2 * L));
  return train_sae(config.sae, objective, start, data, seed);
}

}  // namespace lab
