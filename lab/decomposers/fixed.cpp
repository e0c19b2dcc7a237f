#include "lab/decomposers/fixed.h"

#include <torch/types.h>

#include <utility>

#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/core/hash.h"
#include "lab/decomposers/decomposer.h"
#include "lab/decomposers/plain_sae.h"

namespace lab {
namespace {

// The atoms [M, D] of each source.

at::Tensor atoms_of(const TruthAtoms&, const FitData& data, std::int64_t) {
  if (data.directions_CD) return *data.directions_CD;
  throw Failure("fixed: atoms truth: the subject's directions at tap " + data.site.output_tap() +
                " are not known");
}

at::Tensor atoms_of(const RandomAtoms& random, const FitData& data, std::int64_t seed) {
  return unit_rows(
      normals(Draw("decomposer/atoms", seed), 0, random.latents, data.site.output_width()));
}

at::Tensor atoms_of(const BasisAtoms&, const FitData& data, std::int64_t) {
  return at::eye(data.site.output_width());
}

at::Tensor atoms_of(const PlacementAtoms& atoms, const FitData& data, std::int64_t seed) {
  return place(atoms.placement, data.world.truth(), data.site.output_width(), seed).frames_CD;
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

at::Tensor atoms_of(const FileAtoms& file, const FitData& data, std::int64_t) {
  const Tensors tensors = from_safetensors(content(file), file.path);
  const auto found = tensors.find("atoms");
  const std::int64_t D = data.site.output_width();
  if (found == tensors.end() || !found->second.is_floating_point() || found->second.dim() != 2 ||
      found->second.size(0) == 0 || found->second.size(1) != D) {
    throw InputError("fixed: " + file.path + " needs a tensor \"atoms\" of shape [M, " +
                     std::to_string(D) + "], float32 or float64");
  }
  require_finite(found->second, "fixed: atoms of " + file.path);
  return found->second.to(at::kFloat);
}

void require_at_most(std::int64_t k, const at::Tensor& atoms_MD) {
  if (k <= atoms_MD.size(0)) return;
  throw InputError("fixed: encoder.k is " + std::to_string(k) + ", but there are " +
                   std::to_string(atoms_MD.size(0)) + " atoms");
}

// A dictionary with each encoder. Biases are 0: nothing is known of an offset.

Dictionary affine(const at::Tensor& atoms_MD, const at::Tensor& W_DM, const char* activation,
                  std::int64_t k = 0) {
  const std::int64_t M = atoms_MD.size(0), D = atoms_MD.size(1);
  AffineEncoder encoder{W_DM.contiguous(), at::zeros({M}), at::zeros({D}), activation, k};
  return {atoms_MD, at::zeros({D}), std::move(encoder), std::string(activation) == "linear"};
}

at::Tensor projections(const at::Tensor& atoms_MD) {  // [D, M]: w/‖w‖²; 0 for an atom that is 0
  const at::Tensor square_M1 = atoms_MD.square().sum(1, /*keepdim=*/true);
  return (atoms_MD / square_M1).masked_fill(square_M1 == 0, 0).t().contiguous();
}

Fitted with(const LinearCodes&, const at::Tensor& atoms_MD, const FitData&, std::int64_t) {
  const at::Tensor inverse_DM = at::linalg_pinv(atoms_MD.to(at::kDouble), 1e-10).to(at::kFloat);
  return {affine(atoms_MD, inverse_DM, "linear"), {}};
}

Fitted with(const ReluCodes&, const at::Tensor& atoms_MD, const FitData&, std::int64_t) {
  return {affine(atoms_MD, projections(atoms_MD), "relu"), {}};
}

Fitted with(const TopCodes& top, const at::Tensor& atoms_MD, const FitData&, std::int64_t) {
  require_at_most(top.k, atoms_MD);
  return {affine(atoms_MD, projections(atoms_MD), "topk", top.k), {}};
}

Fitted with(const Top1Codes&, const at::Tensor& atoms_MD, const FitData&, std::int64_t) {
  return {affine(atoms_MD, projections(atoms_MD), "top1"), {}};
}

Fitted with(const NonNegativeCodes&, const at::Tensor& atoms_MD, const FitData&, std::int64_t) {
  const at::Tensor zero_D = at::zeros({atoms_MD.size(1)});
  return {{atoms_MD, zero_D, NonNegativeEncoder{zero_D}, false}, {}};
}

Fitted with(const PursuitCodes& pursuit, const at::Tensor& atoms_MD, const FitData&, std::int64_t) {
  require_at_most(pursuit.k, atoms_MD);
  const at::Tensor zero_D = at::zeros({atoms_MD.size(1)});
  return {{atoms_MD, zero_D, PursuitEncoder{zero_D, pursuit.k}, false}, {}};
}

Fitted with(const TrainedCodes& trained, const at::Tensor& atoms_MD, const FitData& data,
            std::int64_t seed) {
  PlainSae sae;
  sae.l1 = trained.l1;
  sae.input_bias = false;
  SaeSettings settings;
  settings.latents = atoms_MD.size(0);
  settings.steps = trained.steps;
  settings.batch = trained.batch;
  settings.optimizer = trained.optimizer;
  settings.schedule = trained.schedule;
  settings.input_bias = false;
  SaeParams start{projections(atoms_MD), at::zeros({atoms_MD.size(0)}), atoms_MD.contiguous(),
                  at::zeros({atoms_MD.size(1)})};
  return train_sae(settings, PlainSaeObjective(sae), std::move(start), data, seed, Atoms::kFrozen);
}

}  // namespace

Fitted fit_fixed(const Fixed& config, const FitData& data, std::int64_t seed) {
  if (data.site.input_tap() != data.site.output_tap()) {
    throw InputError("fixed: input and output tap differ; give it one tap");
  }
  const at::Tensor atoms_MD =
      std::visit([&](const auto& kind) { return atoms_of(kind, data, seed); }, config.atoms.kind);
  return std::visit([&](const auto& kind) { return with(kind, atoms_MD.contiguous(), data, seed); },
                    config.encoder.kind);
}

void resolve_files(DecomposerConfig& config) {
  auto* fixed = std::get_if<Fixed>(&config.kind);
  auto* file = fixed ? std::get_if<FileAtoms>(&fixed->atoms.kind) : nullptr;
  if (file) file->sha256 = hex(sha256(content(*file)));
}

}  // namespace lab
