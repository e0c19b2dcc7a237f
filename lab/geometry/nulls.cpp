#include "lab/geometry/nulls.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "lab/scores/dictionary.h"

namespace lab {
namespace {

// Few and gentle: where all vectors fit at right angles, going on to the end would leave one and the
// same simplex each time, and nothing random in it.
constexpr int repulsions = 8;
constexpr double stride = .1;

}  // namespace

at::Tensor low_coherence_like(const at::Tensor& vectors_ND, Words& words) {
  const at::Tensor norms = vectors_ND.detach().to(at::kCPU, at::kDouble).norm(2, 1, true);
  at::Tensor unit = random_directions(at::ones_like(vectors_ND, at::kDouble), words);
  unit = unit / unit.norm(2, 1, true).clamp_min(1e-300);
  const double n = static_cast<double>(unit.size(0)), d = static_cast<double>(unit.size(1));
  const double step = stride / std::max(1.0, n / std::max(d, 1.0));
  for (int i = 0; i < repulsions; ++i) {
    at::Tensor cos = unit.matmul(unit.t());
    cos.fill_diagonal_(0);
    unit = unit - step * cos.matmul(unit);
    unit = unit / unit.norm(2, 1, true).clamp_min(1e-300);
  }
  return unit * norms;
}

at::Tensor gaussian_like(const at::Tensor& vectors_ND, Words& words) {
  const at::Tensor vectors = vectors_ND.detach().to(at::kCPU, at::kDouble);
  const std::int64_t n = vectors.size(0);
  const at::Tensor center = vectors.mean(0, true);
  at::Tensor mix = at::empty({n, n}, at::kDouble);
  for (std::int64_t i = 0; i < n * n; ++i) mix.data_ptr<double>()[i] = words.normal();
  const double degrees = std::max(1.0, static_cast<double>(n - 1));
  return center + mix.matmul(vectors - center) / std::sqrt(degrees);
}

}  // namespace lab
