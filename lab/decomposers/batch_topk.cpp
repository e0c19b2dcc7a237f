#include "lab/decomposers/batch_topk.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "lab/core/statistics.h"
#include "lab/decomposers/batch_topk_objective.h"

namespace lab {
namespace {

using std::int64_t;

// 1 where p is positive and among the k·B largest of the batch, else 0.
at::Tensor kept(const at::Tensor& pre_BM, int64_t k) {
  const at::Tensor positive = pre_BM.detach().relu().flatten();
  const int64_t most = std::min(k * pre_BM.size(0), positive.numel());
  const at::Tensor places = std::get<1>(positive.topk(most, 0, true, false));
  const at::Tensor mask = at::zeros_like(positive).scatter_(0, places, 1.0);
  return mask.mul_(positive > 0).view(pre_BM.sizes());
}

// The mean over batches of the least code that is kept, 0 where nothing is.
double threshold_of(const NestedTopKObjective& objective, const SaeParams& params,
                    const SaeBatch& seen, int64_t batch) {
  std::vector<double> least;
  for (const at::Tensor& in_BD : seen.in_BD.split(batch)) {
    if (in_BD.size(0) < batch) break;  // a part of a batch keeps other codes
    const at::Tensor codes_BM = objective.codes(params, in_BD);
    const at::Tensor fired = codes_BM.masked_select(codes_BM > 0);
    if (fired.numel() > 0) least.push_back(fired.min().item<double>());
  }
  return least.empty() ? 0 : mean(least);
}

NestedTopK nested(int64_t k, std::vector<int64_t> prefixes, const SaeSettings& settings,
                  const FitData& data) {
  prefixes.push_back(settings.latents);
  return {k, settings.batch, std::move(prefixes), common_of(settings, data.site)};
}

}  // namespace

void Matryoshka::fields(Fields& f) {
  f("k", k, at_least(1), "latents that fire per sample, on average over a batch");
  f("prefixes", prefixes, at_least(1),
    "numbers of latents that reconstruct alone, ascending, each less than latents");
  sae.fields(f);
  f.require(k <= sae.latents, "k", "must be at most latents");
  f.require(std::ranges::is_sorted(prefixes, std::less_equal{}), "prefixes", "must be ascending");
  f.require(prefixes.empty() || prefixes.back() < sae.latents, "prefixes",
            "must be less than latents");
}

at::Tensor NestedTopKObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  const at::Tensor pre_BM = pre_activations(sae_.common, params, in_BD);
  return pre_BM * kept(pre_BM, sae_.k);
}

at::Tensor NestedTopKObjective::reconstruction(const SaeParams& params,
                                               const at::Tensor& in_BD) const {
  return at::addmm(params.b_dec_D, codes(params, in_BD), params.W_dec_MD);
}

at::Tensor NestedTopKObjective::loss(const SaeParams& params, const SaeBatch& batch,
                                     const SaeMoment& moment) const {
  const at::Tensor pre_BM = pre_activations(sae_.common, params, batch.in_BD);
  const at::Tensor codes_BM = pre_BM * kept(pre_BM, sae_.k);
  at::Tensor loss_B, error_BD;
  for (const int64_t m : sae_.prefixes) {
    error_BD = batch.out_BD - params.b_dec_D -
               at::matmul(codes_BM.narrow(1, 0, m), params.W_dec_MD.narrow(0, 0, m));
    const at::Tensor of_prefix = error_BD.square().sum(1);
    loss_B = loss_B.defined() ? loss_B + of_prefix : of_prefix;
  }
  loss_B = loss_B / static_cast<double>(sae_.prefixes.size());
  const at::Tensor choice_BM = auxiliary_choice(sae_.common, pre_BM, moment);
  if (choice_BM.defined()) {
    loss_B = loss_B + auxiliary_loss(sae_.common, params, pre_BM, choice_BM, error_BD);
  }
  return loss_B.mean();
}

SaeStep NestedTopKObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                           const SaeMoment& moment, SaeParams& grads) const {
  const at::NoGradGuard no_grad;
  const double B = static_cast<double>(batch.in_BD.size(0)),
               P = static_cast<double>(sae_.prefixes.size());
  const at::Tensor x_BD = encoder_input(sae_.common, params, batch.in_BD);
  const at::Tensor pre_BM = at::addmm(params.b_enc_M, x_BD, params.W_enc_DM);
  const at::Tensor mask_BM = kept(pre_BM, sae_.k), codes_BM = pre_BM * mask_BM;

  // Errors x̂_m − out, prefix by prefix, each from the one before.
  std::vector<at::Tensor> errors;
  at::Tensor error_BD = params.b_dec_D - batch.out_BD;
  SaeStep step;
  int64_t first = 0;
  for (const int64_t m : sae_.prefixes) {
    error_BD = at::addmm(error_BD, codes_BM.narrow(1, first, m - first),
                         params.W_dec_MD.narrow(0, first, m - first));
    errors.push_back(error_BD);
    step.loss += sum_of_squares(error_BD) / (B * P);
    first = m;
  }
  step.squared_error = sum_of_squares(error_BD) / B;
  step.l0 = count_fired(codes_BM) / B;
  step.fired_M = codes_BM.any(0);

  // A latent feels the errors of all prefixes that it is in: from the last one back.
  at::Tensor pre_slope_BM = at::empty_like(pre_BM);
  at::Tensor slope_BD = at::zeros_like(error_BD);
  for (std::size_t i = errors.size(); i-- > 0;) {
    const int64_t begin = i == 0 ? 0 : sae_.prefixes[i - 1], count = sae_.prefixes[i] - begin;
    slope_BD.add_(errors[i], 2 / (B * P));
    at::Tensor rows = grads.W_dec_MD.narrow(0, begin, count);
    rows.copy_(at::mm(codes_BM.narrow(1, begin, count).t(), slope_BD));
    pre_slope_BM.narrow(1, begin, count)
        .copy_(at::mm(slope_BD, params.W_dec_MD.narrow(0, begin, count).t()));
  }
  pre_slope_BM.mul_(mask_BM);
  const at::Tensor choice_BM = auxiliary_choice(sae_.common, pre_BM, moment);
  if (choice_BM.defined()) {
    step.loss +=
        add_auxiliary(sae_.common, params, pre_BM, choice_BM, error_BD, pre_slope_BM, grads);
  }
  finish_gradients(sae_.common, params, x_BD, pre_slope_BM, slope_BD, grads);
  return step;
}

Dictionary NestedTopKObjective::dictionary(const SaeParams& params, const SaeBatch& seen) const {
  const double threshold = threshold_of(*this, params, seen, sae_.batch);
  AffineEncoder encoder{params.W_enc_DM,
                        params.b_enc_M,
                        input_shift(sae_.common, params),
                        "jumprelu",
                        0,
                        at::full({params.b_enc_M.size(0)}, threshold)};
  return {params.W_dec_MD, params.b_dec_D, std::move(encoder), false};
}

Fitted fit_batch_topk(const BatchTopK& config, const FitData& data, std::int64_t seed) {
  return train_sae(config.sae, NestedTopKObjective(nested(config.k, {}, config.sae, data)),
                   initial_params(config.sae, data, seed), data, seed);
}

Fitted fit_matryoshka(const Matryoshka& config, const FitData& data, std::int64_t seed) {
  return train_sae(config.sae,
                   NestedTopKObjective(nested(config.k, config.prefixes, config.sae, data)),
                   initial_params(config.sae, data, seed), data, seed);
}

}  // namespace lab
