#include "lab/decomposers/dead_latents.h"

#include <ATen/ATen.h>

namespace lab {
namespace {

// Mean norm of the rows of living latents; 1 when none lives.
double living_norm(const at::Tensor& rows_MD, const at::Tensor& dead_K) {
  const std::int64_t living = rows_MD.size(0) - dead_K.size(0);
  if (living == 0) return 1;
  const at::Tensor norm_M = rows_MD.norm(2, 1);
  return (norm_M.sum() - norm_M.index_select(0, dead_K).sum()).item<double>() /
         static_cast<double>(living);
}

void forget(const std::vector<at::Tensor>& moments, const at::Tensor& dead_K) {
  if (moments.empty()) return;
  SaeParams of = SaeParams::from_list(moments);
  of.W_enc_DM.index_fill_(1, dead_K, 0);
  of.b_enc_M.index_fill_(0, dead_K, 0);
  of.W_dec_MD.index_fill_(0, dead_K, 0);
  for (at::Tensor& more : of.more_M) more.index_fill_(0, dead_K, 0);
}

}  // namespace

Silence::Silence(std::int64_t latents) : steps_M_(at::zeros({latents}, at::kLong)) {}

void Silence::step(const at::Tensor& fired_M) {
  steps_M_.add_(1).masked_fill_(fired_M, 0);
}

at::Tensor Silence::dead(std::int64_t after) const {
  return steps_M_ >= after;
}

void Silence::forgive(const at::Tensor& latents) {
  steps_M_.index_fill_(0, latents, 0);
}

bool resample(const at::Tensor& dead_K, const at::Tensor& uniform_K, const SaeObjective& objective,
              const SaeBatch& batch, bool input_bias, SaeParams& params, Optimizer& optimizer) {
  const at::NoGradGuard no_grad;
  const at::Tensor error_BD = objective.reconstruction(params, batch.in_BD) - batch.out_BD;
  const at::Tensor mass_B = error_BD.square().sum(1).to(at::kDouble).square().cumsum(0);
  const at::Tensor total = mass_B[-1];
  if (!(total.item<double>() > 0)) return false;
  const at::Tensor sample_K = at::searchsorted(mass_B, uniform_K.to(at::kDouble) * total,
                                               /*out_int32=*/false, /*right=*/true)
                                  .clamp_max(mass_B.size(0) - 1);
  const at::Tensor out_KD = batch.out_BD.index_select(0, sample_K) - params.b_dec_D;
  at::Tensor in_KD = batch.in_BD.index_select(0, sample_K);
  if (input_bias) in_KD = in_KD - params.b_dec_D;
  const double atom_norm = living_norm(params.W_dec_MD, dead_K);
  const double column_norm = living_norm(params.W_enc_DM.t(), dead_K);
  params.W_dec_MD.index_copy_(0, dead_K, unit_rows(out_KD) * atom_norm);
  params.W_enc_DM.index_copy_(1, dead_K, (unit_rows(in_KD) * (0.2 * column_norm)).t());
  params.b_enc_M.index_fill_(0, dead_K, 0);
  const std::vector<double> fresh = objective.fresh_more();
  for (std::size_t i = 0; i < params.more_M.size(); ++i) {
    params.more_M[i].index_fill_(0, dead_K, fresh.at(i));
  }
  forget(optimizer.first_moments(), dead_K);
  forget(optimizer.second_moments(), dead_K);
  return true;
}

}  // namespace lab
