#include "lab/decomposers/block_topk.h"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>

#include "lab/decomposers/activations.h"
#include "lab/decomposers/block_topk_objective.h"
#include "lab/decomposers/sae_kernels.h"
#include "lab/decomposers/sae_training.h"
#include "lab/decomposers/sparse_codes.h"

namespace lab {
namespace {

using std::int64_t;

// The codes of blocks that fire, as one list; `norm` lists the blocks.
SparseCodes spread(const SparseCodes& norm, const at::Tensor& pre_BM, int64_t block) {
  SparseCodes codes{norm.samples, norm.latents * block, {0}, {}, {}};
  const float* const pre = pre_BM.data_ptr<float>();
  for (int64_t b = 0; b < norm.samples; ++b) {
    for (int64_t entry = norm.first[b]; entry < norm.first[b + 1]; ++entry) {
      const float nan = std::isnan(norm.value[entry]) ? norm.value[entry] : 0;  // goes on, if it is
      for (int64_t i = norm.latent[entry] * block; i < (norm.latent[entry] + 1) * block; ++i) {
        codes.latent.push_back(static_cast<std::int32_t>(i));
        codes.value.push_back(pre[b * codes.latents + i] + nan);
      }
    }
    codes.first.push_back(codes.entries());
  }
  return codes;
}

}  // namespace

at::Tensor BlockTopKObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  const at::Tensor pre_BM = pre_activations(common_, params, in_BD);
  return pre_BM * largest_blocks(pre_BM.detach(), k_, block_);
}

at::Tensor BlockTopKObjective::loss(const SaeParams& params, const SaeBatch& batch,
                                    const SaeMoment&) const {
  return (batch.out_BD - reconstruction(params, batch.in_BD)).square().sum(1).mean();
}

SaeStep BlockTopKObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                          const SaeMoment& moment, SaeParams& grads) const {
  if (!batch.in_BD.is_cpu()) return SaeObjective::differentiate(params, batch, moment, grads);
  const at::NoGradGuard no_grad;
  const int64_t B = batch.in_BD.size(0), D = batch.out_BD.size(1), M = params.b_enc_M.size(0);
  const double n = static_cast<double>(B);
  const at::Tensor x_BD = encoder_input_in(work_, common_, params, batch.in_BD);
  at::Tensor pre_BM = work_.of("pre", {B, M}, x_BD), slope_PBD = work_.of("slope", {1, B, D}, x_BD);
  at::mm_out(pre_BM, x_BD, params.W_enc_MD.t()).add_(params.b_enc_M);
  const at::Tensor norm_BG = block_norms(pre_BM, block_);
  const SparseCodes codes =
      spread(largest_of_samples(norm_BG, at::zeros({M / block_}), k_), pre_BM, block_);
  const NestedSlopes nested =
      nested_slopes(codes, params.W_dec_MD, params.b_dec_D, batch.out_BD, {M}, 2 / n, slope_PBD);
  const ByLatent order = by_latent(codes);
  sum_rows(order, codes.value, slope_PBD[0], 0, M, grads.W_dec_MD);
  sum_rows(order, nested.of_value, x_BD, 0, M, grads.W_enc_MD, &grads.b_enc_M);
  column_sums(slope_PBD[0], grads.b_dec_D);
  add_input_bias_gradient(common_, params, grads);
  return {nested.squares / n, nested.squares / n, static_cast<double>(codes.entries()) / n,
          fired_latents(codes), slope_PBD[0]};
}

Dictionary BlockTopKObjective::dictionary(const SaeParams& params, const SaeBatch&) const {
  AffineEncoder encoder{params.W_enc_MD.t().contiguous(),
                        params.b_enc_M,
                        input_shift(common_, params),
                        "blocktopk",
                        static_cast<double>(k_),
                        {},
                        block_};
  return {params.W_dec_MD, params.b_dec_D, std::move(encoder), false};
}

Fitted fit_block_topk(const BlockTopK& config, const FitData& data, std::int64_t seed) {
  return fit_sae(config.sae,
                 BlockTopKObjective(config.k, config.block, common_of(config.sae, data.site)), data,
                 seed);
}

}  // namespace lab
