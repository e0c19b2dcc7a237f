// Readouts fitted by regression.
#pragma once

#include <ATen/core/Tensor.h>

namespace lab {

// One affine readout a target: x·weights + offset, for x itself. Float64.
struct Readout {
  at::Tensor weights_DT;
  at::Tensor offset_T;
};

// In both, s² is the mean over coordinates of the variance of x, so that neither the scale of x nor a rotation of it
// changes what is read out; the offset is not penalised.

// argmin of mean_b (y − x·w − b)² + ridge s² ‖w‖² for every column y. Throws Failure when x or y is not finite.
Readout ridge_regression(const at::Tensor& x_BD, const at::Tensor& y_BT, double ridge);

// argmin of mean_b log(1 + exp(−±(x·w + b))) + ½ l2 s² ‖w‖² for every column of labels (bool; + where true), l2 > 0, by
// Newton's method with step halving, to a decrement of 1e-10; the optimum is unique. A label that never changes has
// w = 0 and b = log((n₁ + ½)/(n₀ + ½)). A Newton step costs 2·B·D² flops a column, of which some ten are needed. Throws
// Failure when x is not finite.
Readout logistic_regression(const at::Tensor& x_BD, const at::Tensor& labels_BT, double l2);

}  // namespace lab
