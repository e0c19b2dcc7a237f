#include "lab/decomposers/fixed.h"

#include <ATen/ATen.h>

#include <numbers>
#include <utility>
#include <vector>

#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/core/hash.h"
#include "lab/decomposers/decomposer.h"
#include "lab/decomposers/relu_objective.h"
#include "lab/decomposers/sae_training.h"
#include "lab/subjects/directions.h"

namespace lab {
namespace {

// The atoms of each source, and the offset that decoding adds; only the truth's is known.
struct Given {
  at::Tensor atoms_MD;
  at::Tensor offset_D;
  at::Tensor either_sign_M;  // bool: coordinates whose values may be negative; undefined: none
};

Given without_offset(const at::Tensor& atoms_MD) {
  return {atoms_MD.contiguous(), at::zeros({atoms_MD.size(1)}), {}};
}

// The coordinates of features that have several: a point on a circle may lie on either side of 0.
at::Tensor wide_coordinates(const Truth& truth) {
  at::Tensor wide_C = at::zeros({truth.coordinates()}, at::kBool);
  for (const Feature& feature : truth.features) {
    if (feature.width > 1) wide_C.narrow(0, feature.first, feature.width).fill_(true);
  }
  return wide_C.any().item<bool>() ? wide_C : at::Tensor();
}

Given given(const TruthAtoms&, const FitData& data, std::int64_t) {
  const at::Tensor wide_C = wide_coordinates(data.world.truth());
  if (data.planted) return {data.planted->directions_CD, data.planted->offset_D, wide_C};
  const Batch batch = data.world.sample("fit", 0, 8192);
  EstimatedDirections found = estimate_directions(batch.values_BC, data.site.acts(batch).out_BD);
  return {found.directions_CD, found.offset_D, wide_C};
}

Given given(const RandomAtoms& random, const FitData& data, std::int64_t seed) {
  const Draw draw("decomposer/atoms", seed);
  return without_offset(unit_rows(normals(draw, 0, random.latents, data.site.output_width())));
}

Given given(const BasisAtoms&, const FitData& data, std::int64_t) {
  return without_offset(at::eye(data.site.output_width()));
}

Given given(const RingAtoms& ring, const FitData& data, std::int64_t seed) {
  const Given truth = given(TruthAtoms{}, data, seed);
  const at::Tensor angles = at::arange(ring.latents, at::kDouble) *
                            (2 * std::numbers::pi / static_cast<double>(ring.latents));
  const at::Tensor points = at::stack({angles.cos(), angles.sin()}, 1).to(at::kFloat);
  std::vector<at::Tensor> rings;
  for (const Feature& feature : data.world.truth().features) {
    if (feature.width != 2) continue;
    rings.push_back(points.matmul(truth.atoms_MD.narrow(0, feature.first, 2)));
  }
  if (rings.empty()) throw InputError("fixed: ring atoms need a feature of two coordinates");
  return {at::cat(rings), truth.offset_D, {}};
}

Given given(const PlacementAtoms& atoms, const FitData& data, std::int64_t seed) {
  // Not the subject's own seed: the same placement must not be the same vectors.
  const auto own = static_cast<std::int64_t>(Draw("decomposer/placement", seed).at(0)() >> 1);
  return without_offset(
      place(atoms.placement, data.world.truth(), data.site.output_width(), own).frames_CD);
}

// The bytes of the file, which must be what the config says they are.
std::string content(const FileAtoms& file) {
  std::string bytes = read_file(file.path);
  if (!file.sha256.empty() && hex(sha256(bytes)) != file.sha256) {
    throw InputError("fixed: " + file.path + ": the file's SHA-256 is " + hex(sha256(bytes)) +
                     ", not that of the config");
  }
  return bytes;
}

Given given(const FileAtoms& file, const FitData& data, std::int64_t) {
  const Tensors tensors = from_safetensors(content(file), file.path);
  const auto found = tensors.find("atoms");
  const std::int64_t D = data.site.output_width();
  if (found == tensors.end() || !found->second.is_floating_point() || found->second.dim() != 2 ||
      found->second.size(0) == 0 || found->second.size(1) != D) {
    throw InputError("fixed: " + file.path + " needs a tensor \"atoms\" of shape [M, " +
                     std::to_string(D) + "], float32 or float64");
  }
  require_finite(found->second, "fixed: atoms of " + file.path);
  return without_offset(found->second.to(at::kFloat));
}

void require_at_most(std::int64_t k, const at::Tensor& atoms_MD) {
  if (k <= atoms_MD.size(0)) return;
  throw InputError("fixed: encoder.k is " + std::to_string(k) + ", but there are " +
                   std::to_string(atoms_MD.size(0)) + " atoms");
}

// A dictionary with each encoder.

Dictionary affine(const Given& g, const at::Tensor& W_DM, const char* activation,
                  std::int64_t k = 0) {
  AffineEncoder encoder{W_DM.contiguous(), at::zeros({g.atoms_MD.size(0)}), g.offset_D, activation,
                        static_cast<double>(k)};
  return {g.atoms_MD, g.offset_D, std::move(encoder), std::string(activation) == "linear"};
}

at::Tensor projections(const at::Tensor& atoms_MD) {  // [D, M]: w/‖w‖²; 0 for an atom that is 0
  const at::Tensor square_M1 = atoms_MD.square().sum(1, /*keepdim=*/true);
  return (atoms_MD / square_M1).masked_fill(square_M1 == 0, 0).t().contiguous();
}

Fitted with(const LinearCodes&, const Given& g, const FitData&, std::int64_t) {
  const at::Tensor inverse_DM = at::linalg_pinv(g.atoms_MD.to(at::kDouble), 1e-10).to(at::kFloat);
  return {affine(g, inverse_DM, "linear"), {}};
}

Fitted with(const ReluCodes&, const Given& g, const FitData&, std::int64_t) {
  return {affine(g, projections(g.atoms_MD), "relu"), {}};
}

Fitted with(const TopCodes& top, const Given& g, const FitData&, std::int64_t) {
  require_at_most(top.k, g.atoms_MD);
  return {affine(g, projections(g.atoms_MD), "topk", top.k), {}};
}

Fitted with(const Top1Codes&, const Given& g, const FitData&, std::int64_t) {
  return {affine(g, projections(g.atoms_MD), "top1"), {}};
}

Fitted with(const NonNegativeCodes& codes, const Given& g, const FitData&, std::int64_t) {
  return {
      {g.atoms_MD, g.offset_D, NonNegativeEncoder{g.offset_D, g.either_sign_M, codes.l1}, false},
      {}};
}

Fitted with(const PursuitCodes& pursuit, const Given& g, const FitData&, std::int64_t) {
  require_at_most(pursuit.k, g.atoms_MD);
  return {{g.atoms_MD, g.offset_D, PursuitEncoder{g.offset_D, pursuit.k}, false}, {}};
}

Fitted with(const TrainedCodes& trained, const Given& g, const FitData& data, std::int64_t seed) {
  const ReluObjective objective({trained.l1, 0, {}, {}});
  SaeSettings settings;
  settings.latents = g.atoms_MD.size(0);
  settings.steps = trained.steps;
  settings.batch = trained.batch;
  settings.optimizer = trained.optimizer;
  settings.schedule = trained.schedule;
  const SaeParams start{projections(g.atoms_MD).t().contiguous(), at::zeros({g.atoms_MD.size(0)}),
                        g.atoms_MD, g.offset_D, {}};
  return train_sae(settings, objective, start, data, seed, Atoms::kFrozen);
}

}  // namespace

Fitted fit_fixed(const Fixed& config, const FitData& data, std::int64_t seed) {
  if (data.site.input_tap() != data.site.output_tap()) {
    throw InputError("fixed: input and output tap differ; give it one tap");
  }
  const Given g =
      std::visit([&](const auto& kind) { return given(kind, data, seed); }, config.atoms.kind);
  return std::visit([&](const auto& kind) { return with(kind, g, data, seed); },
                    config.encoder.kind);
}

void resolve_files(DecomposerConfig& config) {
  if (auto* external = std::get_if<External>(&config.kind)) resolve_script(*external);
  if (auto* given = std::get_if<GivenSae>(&config.kind)) resolve_sae(*given);
  auto* fixed = std::get_if<Fixed>(&config.kind);
  auto* file = fixed ? std::get_if<FileAtoms>(&fixed->atoms.kind) : nullptr;
  if (file) file->sha256 = hex(sha256(content(*file)));
}

}  // namespace lab
