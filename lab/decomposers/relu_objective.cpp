#include "lab/decomposers/relu_objective.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <utility>

#include "lab/decomposers/sae_kernels.h"

namespace lab {
namespace {

constexpr double kSmall = 1e-3;  // ε

// (u + ε)^q − ε^q
at::Tensor bent(const at::Tensor& u_BM, double q) {
  return (u_BM + kSmall).pow(q) - std::pow(kSmall, q);
}

// R
double evened(const at::Tensor& u_BM, double q) {
  const double of_power = bent(u_BM, q).sum().item<double>();
  return of_power > 0 ? u_BM.sum().item<double>() / of_power : 1;
}

}  // namespace

double ReluObjective::exponent(const SaeMoment& moment) const {
  if (!sae_.anneal || moment.progress <= sae_.anneal->start) return 1;
  const double share = (moment.progress - sae_.anneal->start) / (1 - sae_.anneal->start);
  return 1 + (sae_.anneal->power - 1) * share;
}

at::Tensor ReluObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  return pre_activations(sae_.common, params, in_BD).relu();
}

at::Tensor ReluObjective::loss(const SaeParams& params, const SaeBatch& batch,
                               const SaeMoment& moment) const {
  const at::Tensor pre_BM = pre_activations(sae_.common, params, batch.in_BD);
  const at::Tensor codes_BM = pre_BM.relu();
  const at::Tensor error_BD = batch.out_BD - at::matmul(codes_BM, params.W_dec_MD) - params.b_dec_D;
  const at::Tensor u_BM = codes_BM * params.W_dec_MD.norm(2, 1);
  const double q = exponent(moment), l1 = at_moment(sae_.l1, sae_.l1_warmup, moment);
  const at::Tensor penalty_B =
      q == 1 ? u_BM.sum(1) : bent(u_BM, q).sum(1) * evened(u_BM.detach(), q);
  const at::Tensor worth = sae_.fidelity ? sae_.fidelity(batch.out_BD - error_BD, batch)
                                         : error_BD.square().sum(1).mean();
  const at::Tensor value = worth + l1 * penalty_B.mean();
  const at::Tensor auxiliary_B = auxiliary_loss(sae_.common, params, pre_BM, moment, error_BD);
  return auxiliary_B.defined() ? value + auxiliary_B.mean() : value;
}

SaeStep ReluObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                     const SaeMoment& moment, SaeParams& grads) const {
  const at::NoGradGuard no_grad;
  const std::int64_t B = batch.in_BD.size(0), D = batch.out_BD.size(1), M = params.b_enc_M.size(0);
  const double n = static_cast<double>(B), q = exponent(moment);
  const double l1 = at_moment(sae_.l1, sae_.l1_warmup, moment);
  const at::Tensor x_BD = encoder_input(sae_.common, params, batch.in_BD);
  at::Tensor codes_BM = work_.of("codes", {B, M}, x_BD), said_BD = work_.of("said", {B, D}, x_BD);
  at::Tensor pre_slope_BM = work_.of("pre_slope", {B, M}, x_BD);

  at::mm_out(codes_BM, x_BD, params.W_enc_MD.t());
  const Auxiliary auxiliary = auxiliary_start(sae_.common, codes_BM, params.b_enc_M, moment);
  const Fired fired = relu_codes_(codes_BM, params.b_enc_M);
  at::mm_out(said_BD, codes_BM, params.W_dec_MD);
  const auto [worth, squares, slope_BD] = worth_of(said_BD, params, batch, grads);

  const at::Tensor norm_M = params.W_dec_MD.norm(2, 1);
  at::Tensor pull_M = norm_M * (l1 / n);  // of the penalty in the codes, the same for all samples
  at::mm_out(grads.W_dec_MD, codes_BM.t(), slope_BD);
  at::mm_out(pre_slope_BM, slope_BD, params.W_dec_MD.t());
  double penalty = fired.sum_M.dot(norm_M).item<double>();
  at::Tensor atom_pull_M = fired.sum_M;  // Σ_b c·∂penalty/∂u
  if (q != 1) {
    const at::Tensor u_BM = codes_BM * norm_M;
    const double even = evened(u_BM, q);
    const at::Tensor slope_BM = (u_BM + kSmall).pow(q - 1).mul_(q * even);
    penalty = even * bent(u_BM, q).sum().item<double>();
    pre_slope_BM.addcmul_(slope_BM, pull_M);
    atom_pull_M = (slope_BM * codes_BM).sum(0);
    pull_M = at::zeros_like(pull_M);
  }
  if (l1 > 0) {
    const at::Tensor share_M = (atom_pull_M / norm_M).masked_fill_(norm_M == 0, 0);
    grads.W_dec_MD.addcmul_(params.W_dec_MD, share_M.unsqueeze(1), l1 / n);
  }
  through_relu_(pre_slope_BM, codes_BM, pull_M, grads.b_enc_M);
  at::mm_out(grads.W_enc_MD, pre_slope_BM.t(), x_BD);
  add_input_bias_gradient(sae_.common, params, grads);

  SaeStep step{worth + l1 * penalty / n, squares / n, fired.count / n, fired.sum_M > 0,
               sae_.fidelity ? at::zeros_like(slope_BD) : slope_BD};
  if (auxiliary.dead_K.defined()) {
    step.loss += add_auxiliary(sae_.common, auxiliary, params, x_BD, slope_BD * (n / 2), grads);
  }
  return step;
}

ReluObjective::Worth ReluObjective::worth_of(at::Tensor& said_BD, const SaeParams& params,
                                             const SaeBatch& batch, SaeParams& grads) const {
  const double n = static_cast<double>(said_BD.size(0));
  if (!sae_.fidelity) {
    const double squares =
        error_slope_(said_BD, params.b_dec_D, batch.out_BD, 2 / n, grads.b_dec_D);
    return {squares / n, squares, said_BD};
  }
  const at::AutoGradMode grad_mode(true);
  const at::Tensor leaf_BD = (said_BD + params.b_dec_D).detach().requires_grad_(true);
  const at::Tensor worth = sae_.fidelity(leaf_BD, batch);
  const at::Tensor slope_BD = torch::autograd::grad({worth}, {leaf_BD})[0];
  const at::NoGradGuard no_grad;
  at::sum_out(grads.b_dec_D, slope_BD, 0);
  return {worth.item<double>(), sum_of_squares(leaf_BD.detach() - batch.out_BD), slope_BD};
}

Dictionary ReluObjective::dictionary(const SaeParams& params, const SaeBatch&) const {
  AffineEncoder encoder{params.W_enc_MD.t().contiguous(), params.b_enc_M,
                        input_shift(sae_.common, params), "relu", 0};
  return {params.W_dec_MD, params.b_dec_D, std::move(encoder), false};
}

}  // namespace lab
