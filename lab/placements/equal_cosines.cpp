#include <ATen/ATen.h>

#include <cmath>

#include "lab/core/error.h"
#include "lab/placements/families.h"

namespace lab::families {

std::int64_t least_width(const EqualCosines&, const Truth& truth) {
  require_plain(truth, EqualCosines::name);
  return truth.coordinates();
}

// √G has the eigenvalue √(1 + (n−1)ρ) along 11ᵀ/n and √(1−ρ) elsewhere.
Placed place(const EqualCosines& config, const Task& task) {
  const std::int64_t rows = task.truth.coordinates();
  const auto n = static_cast<double>(rows);
  const double along = 1 + (n - 1) * config.cosine;
  if (along < -1e-12) {
    throw InputError("equal_cosines: no " + std::to_string(rows) + " vectors have a cosine below " +
                     std::to_string(-1 / (n - 1)) + " with one another; raise cosine");
  }
  const double elsewhere = std::sqrt(1 - config.cosine);
  const at::Tensor root_NN =
      at::eye(rows, at::kDouble) * elsewhere + (std::sqrt(std::max(along, 0.)) - elsewhere) / n;
  return {root_NN.mm(random_frame(task.draw("equal_cosines"), 0, rows, task.width)), {}};
}

}  // namespace lab::families
