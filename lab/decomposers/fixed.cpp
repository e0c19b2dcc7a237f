#include "lab/decomposers/fixed.h"

#include <ATen/ATen.h>

#include <numbers>
#include <utility>
#include <vector>

#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/core/hash.h"
#include "lab/decomposers/decomposer.h"
#include "lab/decomposers/fit_samples.h"

namespace lab {
namespace {

// The atoms of each source, and the offset that decoding adds; only the truth's is known.

GivenAtoms without_offset(const at::Tensor& atoms_MD) {
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

GivenAtoms given(const TruthAtoms&, const FitData& data, std::int64_t) {
  const at::Tensor wide_C = wide_coordinates(data.world.truth());
  const Planted truth = true_directions(data);
  return {truth.directions_CD, truth.offset_D, wide_C};
}

GivenAtoms given(const RandomAtoms& random, const FitData& data, std::int64_t seed) {
  const Draw draw("decomposer/atoms", seed);
  return without_offset(unit_rows(normals(draw, 0, random.latents, data.site.output_width())));
}

GivenAtoms given(const BasisAtoms&, const FitData& data, std::int64_t) {
  return without_offset(at::eye(data.site.output_width()));
}

GivenAtoms given(const RingAtoms& ring, const FitData& data, std::int64_t seed) {
  const GivenAtoms truth = given(TruthAtoms{}, data, seed);
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

GivenAtoms given(const PlacementAtoms& atoms, const FitData& data, std::int64_t seed) {
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

GivenAtoms given(const FileAtoms& file, const FitData& data, std::int64_t) {
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

}  // namespace

Fitted fit_fixed(const Fixed& config, const FitData& data, std::int64_t seed) {
  if (data.site.input_tap() != data.site.output_tap()) {
    throw InputError("fixed: input and output tap differ; give it one tap");
  }
  const GivenAtoms atoms =
      std::visit([&](const auto& kind) { return given(kind, data, seed); }, config.atoms.kind);
  return with_encoder(config.encoder, atoms, data, seed);
}

void resolve_atoms(Fixed& config) {
  auto* file = std::get_if<FileAtoms>(&config.atoms.kind);
  if (file) file->sha256 = hex(sha256(content(*file)));
}

}  // namespace lab
