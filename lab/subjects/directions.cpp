#include "lab/subjects/directions.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <string>

#include "lab/core/error.h"

namespace lab {

void DirectionSums::add(const at::Tensor& values_BC, const at::Tensor& acts_BD) {
  const at::Tensor values = values_BC.to(at::kDouble), acts = acts_BD.to(at::kDouble);
  const std::int64_t count = values.size(0);
  if (!mean_C_.defined()) {
    mean_C_ = at::zeros({values.size(1)}, at::kDouble);
    mean_D_ = at::zeros({acts.size(1)}, at::kDouble);
    covariance_CC_ = at::zeros({values.size(1), values.size(1)}, at::kDouble);
    across_CD_ = at::zeros({values.size(1), acts.size(1)}, at::kDouble);
  }
  if (count == 0) return;
  const double before = static_cast<double>(samples_), here = static_cast<double>(count);
  const at::Tensor own_C = values.mean(0), own_D = acts.mean(0);
  const at::Tensor values_centred = values - own_C, acts_centred = acts - own_D;
  const at::Tensor apart_C = own_C - mean_C_, apart_D = own_D - mean_D_;
  const double weight = before * here / (before + here);
  covariance_CC_.addmm_(values_centred.mT(), values_centred).addr_(apart_C, apart_C, 1, weight);
  across_CD_.addmm_(values_centred.mT(), acts_centred).addr_(apart_C, apart_D, 1, weight);
  acts_ += (acts_centred.square().sum() + weight * apart_D.square().sum()).item<double>();
  mean_C_ += apart_C * (here / (before + here));
  mean_D_ += apart_D * (here / (before + here));
  samples_ += count;
}

EstimatedDirections DirectionSums::estimate() const {
  const std::int64_t C = mean_C_.defined() ? mean_C_.size(0) : 0;
  if (samples_ < C + 2) {
    throw Failure("directions of " + std::to_string(C) + " coordinates cannot be estimated from " +
                  std::to_string(samples_) + " samples; it takes " + std::to_string(C + 2));
  }
  // The pseudo-inverse of the C × C covariance: cheaper than of [B, C], and of least norm as well.
  const at::Tensor directions_CD =
      at::linalg_pinv(covariance_CC_, 1e-10, /*hermitian=*/true).mm(across_CD_);
  // Σ ‖a − mean − (v − mean)·directions‖², written out.
  const at::Tensor explained =
      (directions_CD * (2 * across_CD_ - covariance_CC_.mm(directions_CD))).sum();
  const double rest = std::max(0.0, acts_ - explained.item<double>());
  const at::Tensor offset_D = mean_D_ - mean_C_.matmul(directions_CD);
  return {directions_CD.to(at::kFloat), offset_D.to(at::kFloat), acts_ > 0 ? 1 - rest / acts_ : 0};
}

EstimatedDirections estimate_directions(const at::Tensor& values_BC, const at::Tensor& acts_BD) {
  DirectionSums sums;
  sums.add(values_BC, acts_BD);
  return sums.estimate();
}

}  // namespace lab
