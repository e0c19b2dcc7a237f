#include "lab/subjects/directions.h"

#include <ATen/ATen.h>

#include <string>

#include "lab/core/error.h"

namespace lab {

EstimatedDirections estimate_directions(const at::Tensor& values_BC, const at::Tensor& acts_BD) {
  if (values_BC.size(0) < values_BC.size(1) + 2) {
    throw Failure("directions of " + std::to_string(values_BC.size(1)) +
                  " coordinates cannot be estimated from " + std::to_string(values_BC.size(0)) +
                  " samples; it takes " + std::to_string(values_BC.size(1) + 2));
  }
  const at::Tensor mean_C = values_BC.to(at::kDouble).mean(0);
  const at::Tensor mean_D = acts_BD.to(at::kDouble).mean(0);
  const at::Tensor values = values_BC.to(at::kDouble) - mean_C;
  const at::Tensor acts = acts_BD.to(at::kDouble) - mean_D;
  // The pseudo-inverse of the C × C covariance: cheaper than of [B, C], and of least norm as well.
  const at::Tensor covariance_CC = values.mT().mm(values);
  const at::Tensor directions_CD =
      at::linalg_pinv(covariance_CC, 1e-10, /*hermitian=*/true).mm(values.mT().mm(acts));
  const double total = acts.square().sum().item<double>();
  const double rest = (acts - values.mm(directions_CD)).square().sum().item<double>();
  const at::Tensor offset_D = mean_D - mean_C.matmul(directions_CD);
  return {directions_CD.to(at::kFloat), offset_D.to(at::kFloat), total > 0 ? 1 - rest / total : 0};
}

}  // namespace lab
