#include <ATen/ATen.h>

#include <algorithm>

#include "lab/placements/families.h"
#include "lab/tensors/tensors.h"

namespace lab::families {

// A feature's coordinates are orthonormal among themselves, so they need as many dimensions.
std::int64_t least_width(const Random&, const Truth& truth) {
  std::int64_t widest = 1;
  for (const Feature& feature : truth.features) widest = std::max(widest, feature.width);
  return widest;
}

Placed place(const Random&, const Task& task) {
  const at::Tensor gaussian = normals(task.draw("random"), 0, task.truth.coordinates(), task.width);
  return {orthonormal_features(gaussian.to(at::kDouble), task.truth), {}};
}

}  // namespace lab::families
