#include "lab/placements/placement.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "lab/core/error.h"
#include "lab/placements/families.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

bool draws(const Orthonormal& config) {
  return !config.aligned;
}
bool draws(const Random&) {
  return true;
}
bool draws(const LowCoherence&) {
  return true;
}
bool draws(const Circle& config) {
  return config.subspaces != "aligned";
}
bool draws(const Polyhedron& config) {
  return config.subspaces != "aligned";
}
bool draws(const TreePlacement&) {
  return true;
}
bool draws(const EqualCosines&) {
  return true;
}
bool draws(const Parts& config) {
  return config.subspaces != "aligned" ||
         std::any_of(config.parts.begin(), config.parts.end(),
                     [](const Part& part) { return uses_seed(part.placement); });
}

// What a width must hold, in words: "12 coordinates", "7 features".
template <class Kind>
std::string contents(const Kind&, const Truth& truth) {
  if constexpr (std::is_same_v<Kind, Orthonormal>) {
    return std::to_string(truth.coordinates()) + " coordinates";
  } else {
    return std::to_string(truth.features.size()) + " features";
  }
}

}  // namespace

bool uses_seed(const PlacementConfig& config) {
  return std::visit([](const auto& kind) { return draws(kind); }, config.kind);
}

std::int64_t least_width(const PlacementConfig& config, const Truth& truth) {
  if (truth.features.empty()) return 1;
  return std::visit([&](const auto& kind) { return families::least_width(kind, truth); },
                    config.kind);
}

Placed families::place(const PlacementConfig& config, const Task& task) {
  return std::visit(
      [&]<class Kind>(const Kind& kind) {
        const std::int64_t least = families::least_width(kind, task.truth);
        if (task.width < least) {
          throw InputError(std::string(Kind::name) + ": " + contents(kind, task.truth) +
                           " need width ≥ " + std::to_string(least) + ", got " +
                           std::to_string(task.width));
        }
        return families::place(kind, task);
      },
      config.kind);
}

Placed place(const PlacementConfig& config, const Truth& truth, std::int64_t width,
             std::int64_t seed) {
  if (width < 1)
    throw InputError("placement: width must be at least 1, got " + std::to_string(width));
  if (truth.features.empty()) return {at::zeros({0, width}), {}};
  Placed placed = families::place(config, {truth, width, seed, "placement"});
  placed.frames_CD = placed.frames_CD.to(at::kFloat).contiguous();
  require_finite(placed.frames_CD, "placement: the vectors");
  return placed;
}

double coherence(const at::Tensor& vectors_ND) {
  if (vectors_ND.size(0) < 2) return 0;
  return cosines(vectors_ND, vectors_ND).fill_diagonal_(0).abs().max().item<double>();
}

double welch_bound(std::int64_t n, std::int64_t width) {
  if (n <= width) return 0;
  return std::sqrt(static_cast<double>(n - width) / static_cast<double>(width * (n - 1)));
}

}  // namespace lab
