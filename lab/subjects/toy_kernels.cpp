#include "lab/subjects/toy_kernels.h"

#include <algorithm>
#include <cmath>

#include "lab/core/kernel.h"

namespace lab {
namespace {

// One row; sums run down the columns, so that lanes need not be added up. A pre-activation that is NaN
// stays NaN and shows in the loss.
LAB_KERNEL void square_row(std::int64_t inputs, const float* __restrict x,
                           const float* __restrict bias, const float* __restrict weight,
                           float floor, float* __restrict pre, float* __restrict loss,
                           float* __restrict bias_gradient) {
  for (std::int64_t i = 0; i < inputs; ++i) {
    const float z = pre[i] + bias[i];
    const float error = (z < floor ? floor : z) - x[i];
    const float weighted = weight[i] * error;
    const float gradient = z > floor ? 2 * weighted : 0.0F;
    loss[i] += weighted * error;
    bias_gradient[i] += gradient;
    pre[i] = gradient;
  }
}

}  // namespace

void square_pass(const ToyPass& pass) {
  const std::int64_t n = pass.inputs;
  std::fill_n(pass.loss_N, n, 0.0F);
  std::fill_n(pass.bias_gradient_N, n, 0.0F);
  for (std::int64_t b = 0; b < pass.rows; ++b) {
    square_row(n, pass.x_BN + b * n, pass.bias_N, pass.weight_N, pass.floor, pass.pre_BN + b * n,
               pass.loss_N, pass.bias_gradient_N);
  }
}

void power_pass(const ToyPass& pass, double p) {
  const std::int64_t n = pass.inputs;
  std::fill_n(pass.loss_N, n, 0.0F);
  std::fill_n(pass.bias_gradient_N, n, 0.0F);
  const auto exponent = static_cast<float>(p);
  for (std::int64_t at = 0; at < pass.rows * n; ++at) {
    const std::int64_t i = at % n;
    const float z = pass.pre_BN[at] + pass.bias_N[i];
    const float error = (z < pass.floor ? pass.floor : z) - pass.x_BN[at];
    const float slope = pass.weight_N[i] * std::pow(std::abs(error), exponent - 1);
    const float sign = error > 0 ? 1.0F : error < 0 ? -1.0F : 0.0F;
    const float gradient = z > pass.floor ? exponent * slope * sign : 0.0F;
    pass.loss_N[i] += slope * std::abs(error);
    pass.bias_gradient_N[i] += gradient;
    pass.pre_BN[at] = gradient;
  }
}

}  // namespace lab
