#include "lab/decomposers/relu_objective.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>
#include <utility>

#include "lab/decomposers/sae_kernels.h"
#include "lab/decomposers/sparse_codes.h"

namespace lab {
namespace {

constexpr double kSmall = 1e-3;  // ε
// Share of codes that fire below which lists of them cost less than products.
constexpr double kFew = 0.15;

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
  const std::int64_t B = batch.in_BD.size(0), M = params.b_enc_M.size(0);
  const double n = static_cast<double>(B), q = exponent(moment);
  const double l1 = at_moment(sae_.l1, sae_.l1_warmup, moment);
  const at::Tensor x_BD = encoder_input_in(work_, sae_.common, params, batch.in_BD);
  at::Tensor codes_BM = work_.of("codes", {B, M}, x_BD);
  at::mm_out(codes_BM, x_BD, params.W_enc_MD.t());
  const Auxiliary auxiliary = auxiliary_start(sae_.common, codes_BM, params.b_enc_M, moment);
  const Fired fired = relu_codes_(codes_BM, params.b_enc_M);

  const at::Tensor norm_M = row_norms(params.W_dec_MD);
  const bool listed =
      q == 1 && !sae_.fidelity && x_BD.is_cpu() && fired.count < kFew * n * static_cast<double>(M);
  Passed passed = listed
                      ? through_lists(params, batch, x_BD, codes_BM, norm_M, l1 / n, grads)
                      : through_products(params, batch, x_BD, codes_BM, norm_M, l1 / n, q, grads);
  if (q == 1) passed.atom_pull_M = fired.sum_M;
  const double pulled =
      add_norm_slopes_(params.W_dec_MD, norm_M, passed.atom_pull_M, l1 / n, grads.W_dec_MD);
  if (q == 1) passed.penalty = pulled;
  add_input_bias_gradient(sae_.common, params, grads);

  const Worth& worth = passed.worth;
  SaeStep step{worth.value + l1 * passed.penalty / n, worth.squares / n, fired.count / n,
               fired.any_M, sae_.fidelity ? at::zeros_like(worth.slope_BD) : worth.slope_BD};
  if (auxiliary.dead_K.defined()) {
    step.loss +=
        add_auxiliary(sae_.common, auxiliary, params, x_BD, worth.slope_BD * (n / 2), grads);
  }
  return step;
}

ReluObjective::Passed ReluObjective::through_products(const SaeParams& params,
                                                      const SaeBatch& batch, const at::Tensor& x_BD,
                                                      const at::Tensor& codes_BM,
                                                      const at::Tensor& norm_M, double share,
                                                      double q, SaeParams& grads) const {
  const std::int64_t B = batch.out_BD.size(0), D = batch.out_BD.size(1), M = norm_M.size(0);
  at::Tensor said_BD = work_.of("said", {B, D}, x_BD);
  at::Tensor pre_slope_BM = work_.of("pre_slope", {B, M}, x_BD);
  at::mm_out(said_BD, codes_BM, params.W_dec_MD);
  Passed passed{worth_of(said_BD, params, batch, grads)};
  at::mm_out(grads.W_dec_MD, codes_BM.t(), passed.worth.slope_BD);
  at::mm_out(pre_slope_BM, passed.worth.slope_BD, params.W_dec_MD.t());
  if (q == 1) {
    through_relu_(pre_slope_BM, codes_BM, norm_M, share, grads.b_enc_M);
  } else {
    const at::Tensor u_BM = codes_BM * norm_M;
    const double even = evened(u_BM, q);
    const at::Tensor slope_BM = (u_BM + kSmall).pow(q - 1).mul_(q * even);
    passed.penalty = even * bent(u_BM, q).sum().item<double>();
    passed.atom_pull_M = (slope_BM * codes_BM).sum(0);
    pre_slope_BM.addcmul_(slope_BM, norm_M, share);
    through_relu_(pre_slope_BM, codes_BM, norm_M, 0, grads.b_enc_M);
  }
  at::mm_out(grads.W_enc_MD, pre_slope_BM.t(), x_BD);
  return passed;
}

ReluObjective::Passed ReluObjective::through_lists(const SaeParams& params, const SaeBatch& batch,
                                                   const at::Tensor& x_BD,
                                                   const at::Tensor& codes_BM,
                                                   const at::Tensor& norm_M, double share,
                                                   SaeParams& grads) const {
  const std::int64_t B = batch.out_BD.size(0), D = batch.out_BD.size(1), M = norm_M.size(0);
  const double n = static_cast<double>(B);
  at::Tensor slope_1BD = work_.of("slope", {1, B, D}, x_BD);
  const SparseCodes codes = nonzero_codes(codes_BM);
  NestedSlopes error =
      nested_slopes(codes, params.W_dec_MD, params.b_dec_D, batch.out_BD, {M}, 2 / n, slope_1BD);
  add_by_latent(codes, norm_M, share, error.of_value);
  const ByLatent order = by_latent(codes);
  const at::Tensor slope_BD = slope_1BD[0];
  sum_rows(order, codes.value, slope_BD, 0, M, grads.W_dec_MD);
  sum_rows(order, error.of_value, x_BD, 0, M, grads.W_enc_MD, &grads.b_enc_M);
  column_sums(slope_BD, grads.b_dec_D);
  return {{error.squares / n, error.squares, slope_BD}};
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
