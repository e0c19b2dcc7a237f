#include "lab/decomposers/topk_objective.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "lab/core/rng.h"
#include "lab/core/statistics.h"
#include "lab/decomposers/sae_kernels.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;

SparseCodes selected(const TopKSae& sae, const at::Tensor& pre_BM, const at::Tensor& bias_M) {
  return sae.over == TopKOver::kSample ? largest_of_samples(pre_BM, bias_M, std::llround(sae.k))
                                       : largest_of_batch(pre_BM, bias_M, sae.k);
}

// The mean over batches of the least code that is kept, 0 where nothing is.
double threshold_of(const TopKObjective& objective, const SaeParams& params, const SaeBatch& seen,
                    int64_t batch) {
  std::vector<double> least;
  for (const at::Tensor& in_BD : seen.in_BD.split(batch)) {
    if (in_BD.size(0) < batch) break;  // a part of a batch keeps other codes
    const at::Tensor codes_BM = objective.codes(params, in_BD);
    const at::Tensor fired = codes_BM.masked_select(codes_BM > 0);
    if (fired.numel() > 0) least.push_back(fired.min().item<double>());
  }
  return least.empty() ? 0 : mean(least);
}

}  // namespace

std::vector<int64_t> prefixes_at(const TopKSae& sae, int64_t latents, int64_t step) {
  std::vector<int64_t> prefixes = sae.prefixes;
  if (sae.sampled > 0) {
    const at::Tensor uniform =
        uniforms(Draw("decomposer/prefixes", sae.seed), step, 1, sae.sampled);
    const double most = std::sqrt(static_cast<double>(latents + 1));
    prefixes.clear();
    for (int64_t i = 0; i < sae.sampled; ++i) {  // the inverse of the distribution function
      const double tail = 1 - uniform[0][i].item<double>() * (1 - 1 / most);
      prefixes.push_back(std::min(latents, static_cast<int64_t>(1 / (tail * tail))));
    }
    std::ranges::sort(prefixes);
  }
  prefixes.push_back(latents);
  prefixes.erase(std::unique(prefixes.begin(), prefixes.end()), prefixes.end());
  return prefixes;
}

// 1 where p is kept, else 0.
at::Tensor TopKObjective::kept(const at::Tensor& pre_BM) const {
  const at::Tensor pre = pre_BM.detach().contiguous();
  if (pre.is_cpu()) return selected(sae_, pre, at::zeros({pre.size(1)})).dense().ne_(0);
  const at::Tensor positive =
      sae_.over == TopKOver::kSample ? pre.relu() : pre.relu().view({1, -1});
  const double samples = sae_.over == TopKOver::kSample ? 1 : static_cast<double>(pre.size(0));
  const int64_t k = std::llround(sae_.k * samples);
  const at::Tensor places = std::get<1>(positive.topk(std::min(k, positive.size(1)), 1));
  return at::zeros_like(positive).scatter_(1, places, 1.0).mul_(positive > 0).view(pre.sizes());
}

at::Tensor TopKObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  const at::Tensor pre_BM = pre_activations(sae_.common, params, in_BD);
  return pre_BM * kept(pre_BM);
}

at::Tensor TopKObjective::loss(const SaeParams& params, const SaeBatch& batch,
                               const SaeMoment& moment) const {
  const at::Tensor pre_BM = pre_activations(sae_.common, params, batch.in_BD);
  const at::Tensor codes_BM = pre_BM * kept(pre_BM);
  const std::vector<int64_t> prefixes = prefixes_at(sae_, pre_BM.size(1), moment.step);
  at::Tensor loss_B, error_BD;
  for (const int64_t m : prefixes) {
    error_BD = batch.out_BD - params.b_dec_D -
               at::matmul(codes_BM.narrow(1, 0, m), params.W_dec_MD.narrow(0, 0, m));
    const at::Tensor of_prefix = error_BD.square().sum(1);
    loss_B = loss_B.defined() ? loss_B + of_prefix : of_prefix;
  }
  loss_B = loss_B / static_cast<double>(prefixes.size());
  const at::Tensor auxiliary_B = auxiliary_loss(sae_.common, params, pre_BM, moment, error_BD);
  if (auxiliary_B.defined()) loss_B = loss_B + auxiliary_B;
  return loss_B.mean();
}

SaeStep TopKObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                     const SaeMoment& moment, SaeParams& grads) const {
  if (!batch.in_BD.is_cpu()) return SaeObjective::differentiate(params, batch, moment, grads);
  const at::NoGradGuard no_grad;
  const int64_t B = batch.in_BD.size(0), D = batch.out_BD.size(1), M = params.b_enc_M.size(0);
  const std::vector<int64_t> prefixes = prefixes_at(sae_, M, moment.step);
  const auto P = static_cast<int64_t>(prefixes.size());
  const double n = static_cast<double>(B), scale = 2 / (n * static_cast<double>(P));
  const at::Tensor x_BD = encoder_input_in(work_, sae_.common, params, batch.in_BD);
  at::Tensor pre_BM = work_.of("pre", {B, M}, x_BD);
  at::Tensor slope_PBD = work_.of("slope", {P, B, D}, x_BD);

  at::mm_out(pre_BM, x_BD, params.W_enc_MD.t());
  const SparseCodes codes = selected(sae_, pre_BM, params.b_enc_M);
  const NestedSlopes nested = nested_slopes(codes, params.W_dec_MD, params.b_dec_D, batch.out_BD,
                                            prefixes, scale, slope_PBD);
  const ByLatent order = by_latent(codes);
  for (int64_t p = 0; p < P; ++p) {
    sum_rows(order, codes.value, slope_PBD[p], p == 0 ? 0 : prefixes[p - 1], prefixes[p],
             grads.W_dec_MD);
  }
  sum_rows(order, nested.of_value, x_BD, 0, M, grads.W_enc_MD, &grads.b_enc_M);
  column_sums(slope_PBD[0], grads.b_dec_D);
  add_input_bias_gradient(sae_.common, params, grads);

  SaeStep step{nested.mean_squares / n, nested.squares / n,
               static_cast<double>(codes.entries()) / n, fired_latents(codes), slope_PBD[0]};
  const Auxiliary auxiliary = auxiliary_start(sae_.common, pre_BM, params.b_enc_M, moment);
  if (auxiliary.dead_K.defined()) {
    const at::Tensor error_BD = slope_PBD[P - 1] * (1 / scale);
    step.loss += add_auxiliary(sae_.common, auxiliary, params, x_BD, error_BD, grads);
  }
  return step;
}

Dictionary TopKObjective::dictionary(const SaeParams& params, const SaeBatch& seen) const {
  AffineEncoder encoder{params.W_enc_MD.t().contiguous(), params.b_enc_M,
                        input_shift(sae_.common, params), "topk", sae_.k};
  if (sae_.over == TopKOver::kBatch) {
    encoder.activation = "jumprelu";
    encoder.k = 0;
    encoder.threshold_M =
        at::full({params.b_enc_M.size(0)}, threshold_of(*this, params, seen, sae_.batch));
  }
  return {params.W_dec_MD, params.b_dec_D, std::move(encoder), false};
}

}  // namespace lab
