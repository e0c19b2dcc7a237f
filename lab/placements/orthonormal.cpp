#include <ATen/ATen.h>

#include "lab/placements/families.h"

namespace lab::families {

std::int64_t least_width(const Orthonormal&, const Truth& truth) {
  return truth.coordinates();
}

Placed place(const Orthonormal& config, const Task& task) {
  const std::int64_t rows = task.truth.coordinates();
  if (config.aligned) return {at::eye(rows, task.width, at::kDouble), {}};
  return {random_frame(task.draw("orthonormal"), 0, rows, task.width), {}};
}

}  // namespace lab::families
