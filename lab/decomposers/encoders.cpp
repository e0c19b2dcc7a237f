#include "lab/decomposers/encoders.h"

#include <ATen/ATen.h>

#include <utility>

#include "lab/core/error.h"
#include "lab/decomposers/fit_samples.h"
#include "lab/decomposers/mlp_objective.h"
#include "lab/decomposers/relu_objective.h"
#include "lab/decomposers/sae_training.h"
#include "lab/decomposers/topk_objective.h"

namespace lab {
namespace {

void require_at_most(std::int64_t k, const at::Tensor& atoms_MD) {
  if (k <= atoms_MD.size(0)) return;
  throw InputError("encoder: k is " + std::to_string(k) + ", but there are " +
                   std::to_string(atoms_MD.size(0)) + " atoms");
}

// A dictionary with each encoder.

Dictionary affine(const GivenAtoms& g, const at::Tensor& W_DM, const char* activation,
                  std::int64_t k = 0) {
  AffineEncoder encoder{W_DM.contiguous(), at::zeros({g.atoms_MD.size(0)}), g.offset_D, activation,
                        static_cast<double>(k)};
  return {g.atoms_MD, g.offset_D, std::move(encoder), std::string(activation) == "linear"};
}

at::Tensor projections(const at::Tensor& atoms_MD) {  // [D, M]: w/‖w‖²; 0 for an atom that is 0
  const at::Tensor square_M1 = atoms_MD.square().sum(1, /*keepdim=*/true);
  return (atoms_MD / square_M1).masked_fill(square_M1 == 0, 0).t().contiguous();
}

Fitted with(const LinearCodes&, const GivenAtoms& g, const FitData&, std::int64_t) {
  const at::Tensor inverse_DM = at::linalg_pinv(g.atoms_MD.to(at::kDouble), 1e-10).to(at::kFloat);
  return {affine(g, inverse_DM, "linear"), {}};
}

Fitted with(const ReluCodes&, const GivenAtoms& g, const FitData&, std::int64_t) {
  return {affine(g, projections(g.atoms_MD), "relu"), {}};
}

Fitted with(const TopCodes& top, const GivenAtoms& g, const FitData&, std::int64_t) {
  require_at_most(top.k, g.atoms_MD);
  return {affine(g, projections(g.atoms_MD), "topk", top.k), {}};
}

Fitted with(const Top1Codes&, const GivenAtoms& g, const FitData&, std::int64_t) {
  return {affine(g, projections(g.atoms_MD), "top1"), {}};
}

Fitted with(const NonNegativeCodes& codes, const GivenAtoms& g, const FitData&, std::int64_t) {
  return {
      {g.atoms_MD, g.offset_D, NonNegativeEncoder{g.offset_D, g.either_sign_M, codes.l1}, false},
      {}};
}

Fitted with(const PursuitCodes& pursuit, const GivenAtoms& g, const FitData&, std::int64_t) {
  require_at_most(pursuit.k, g.atoms_MD);
  return {{g.atoms_MD, g.offset_D, PursuitEncoder{g.offset_D, pursuit.k}, false}, {}};
}

Fitted with(const FistaCodes& fista, const GivenAtoms& g, const FitData&, std::int64_t) {
  FistaEncoder encoder{g.offset_D, g.either_sign_M, fista.l1, fista.iterations};
  return {{g.atoms_MD, g.offset_D, std::move(encoder), false}, {}};
}

Fitted with(const TrainedCodes& trained, const GivenAtoms& g, const FitData& data,
            std::int64_t seed) {
  if (trained.k) require_at_most(*trained.k, g.atoms_MD);
  SaeSettings settings;
  settings.latents = g.atoms_MD.size(0);
  settings.steps = trained.steps;
  settings.batch = trained.batch;
  settings.train_samples = trained.train_samples;
  settings.optimizer = trained.optimizer;
  settings.schedule = trained.schedule;
  const at::Tensor bias_D =
      trained.bias == "mean" ? fit_acts(data, 8192).out_BD.mean(0) : g.offset_D;
  SaeParams start{projections(g.atoms_MD).t().contiguous(),
                  at::zeros({g.atoms_MD.size(0)}),
                  g.atoms_MD,
                  bias_D,
                  {}};
  const auto train = [&](const SaeObjective& objective) {
    start.more = objective.own_params(start);
    return train_sae(settings, objective, start, data, seed, Atoms::kFrozen);
  };
  if (trained.hidden > 0) return train(MlpObjective({trained.l1, 0, trained.hidden, seed, {}}));
  if (!trained.k) return train(ReluObjective({trained.l1, 0, {}, {}}));
  TopKSae topk;
  topk.k = *trained.k;
  return train(TopKObjective(topk));
}

}  // namespace

Fitted with_encoder(const EncoderConfig& config, const GivenAtoms& given, const FitData& data,
                    std::int64_t seed) {
  return std::visit([&](const auto& kind) { return with(kind, given, data, seed); }, config.kind);
}

}  // namespace lab
