#include "lab/decomposers/archetypal.h"

#include <ATen/ATen.h>

#include <utility>

#include "lab/core/rng.h"
#include "lab/decomposers/archetypal_objective.h"
#include "lab/decomposers/fit_samples.h"
#include "lab/decomposers/kmeans.h"
#include "lab/decomposers/sae_training.h"

namespace lab {
namespace {

using std::int64_t;

at::Tensor row_sums(const at::Tensor& weights_MK) {
  return weights_MK.sum(1, /*keepdim=*/true).clamp_min(1e-8);
}

// W of archetypal.h
at::Tensor mixture(const at::Tensor& V_MK) {
  const at::Tensor positive_MK = V_MK.relu();
  return positive_MK / row_sums(positive_MK);
}

at::Tensor atoms_of(const SaeParams& params, const at::Tensor& archetypes_KD) {
  const at::Tensor hull_MD = at::matmul(mixture(params.more.at(0)), archetypes_KD);
  return (hull_MD + params.more.at(1)) * params.more.at(2).exp();
}

SaeParams with_atoms(const SaeParams& params, const at::Tensor& atoms_MD) {
  return {params.W_enc_MD, params.b_enc_M, atoms_MD, params.b_dec_D, {}};
}

}  // namespace

at::Tensor ArchetypalObjective::codes(const SaeParams& params, const at::Tensor& in_BD) const {
  return topk_.codes(params, in_BD);
}

at::Tensor ArchetypalObjective::loss(const SaeParams& params, const SaeBatch& batch,
                                     const SaeMoment& moment) const {
  return topk_.loss(with_atoms(params, atoms_of(params, archetypes_KD_)), batch, moment);
}

SaeStep ArchetypalObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                           const SaeMoment& moment, SaeParams& grads) const {
  const at::NoGradGuard no_grad;
  SaeParams inner = with_atoms(grads, grads.W_dec_MD);
  const SaeStep step =
      topk_.differentiate(with_atoms(params, params.W_dec_MD), batch, moment, inner);
  const at::Tensor& atom_slope_MD = grads.W_dec_MD;
  const at::Tensor &V_MK = params.more.at(0), scale = params.more.at(2).exp();
  const at::Tensor inner_MD = atom_slope_MD * scale;  // of the loss in hull + Λ
  const at::Tensor W_MK = mixture(V_MK), W_slope_MK = at::mm(inner_MD, archetypes_KD_.t());
  const at::Tensor mean_M1 = (W_slope_MK * W_MK).sum(1, true);
  grads.more.at(0).copy_((W_slope_MK - mean_M1) / row_sums(V_MK.relu()) * (V_MK > 0));
  grads.more.at(1).copy_(inner_MD);
  grads.more.at(2).copy_((atom_slope_MD * params.W_dec_MD).sum().view({1}));
  grads.W_dec_MD.zero_();
  return step;
}

Dictionary ArchetypalObjective::dictionary(const SaeParams& params, const SaeBatch& seen) const {
  return topk_.dictionary(params, seen);
}

// Draw "decomposer/archetypes": latent i starts near archetype i modulo K.
std::vector<at::Tensor> ArchetypalObjective::own_params(const SaeParams& start) const {
  const int64_t M = start.b_enc_M.size(0), K = archetypes_KD_.size(0);
  const at::Tensor own_M = at::arange(M).remainder(K);
  const at::Tensor V_MK =
      uniforms(Draw("decomposer/archetypes", seed_), 0, M, K) * (0.1 / static_cast<double>(K));
  return {V_MK.scatter_add(1, own_M.unsqueeze(1), at::ones({M, 1})), at::zeros_like(start.W_dec_MD),
          at::zeros({1})};
}

void ArchetypalObjective::settle(SaeParams& params) const {
  const at::NoGradGuard no_grad;
  at::Tensor& relaxed_MD = params.more.at(1);
  const at::Tensor norm_M1 = relaxed_MD.norm(2, 1, true).clamp_min(1e-12);
  relaxed_MD.mul_((relaxation_ / norm_M1).clamp_max(1));
  params.W_dec_MD.copy_(atoms_of(params, archetypes_KD_));
}

Fitted fit_archetypal(const Archetypal& config, const FitData& data, int64_t seed) {
  require_one_tap(data, Archetypal::name);
  TopKSae topk;
  topk.k = config.k;
  topk.common = common_of(config.sae, data.site);
  KMeans clusters;
  clusters.latents = config.archetypes;
  clusters.samples = config.samples;
  const at::Tensor centroids_KD = fit_kmeans(clusters, data, seed).dictionary.atoms_MD;
  const at::Tensor bias_D = initial_params(TopKObjective(topk), config.sae, data, seed).b_dec_D;
  const ArchetypalObjective objective(
      topk, (centroids_KD - bias_D).to(at::Device(config.sae.device)), config.relaxation, seed);
  SaeParams start = initial_params(objective, config.sae, data, seed);
  const at::Tensor atoms_MD = atoms_of(start, centroids_KD - bias_D);
  start.W_enc_MD = unit_rows(atoms_MD);
  return train_sae(config.sae, objective, start, data, seed);
}

}  // namespace lab
