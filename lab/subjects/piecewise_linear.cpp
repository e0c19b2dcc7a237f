#include "lab/subjects/piecewise_linear.h"

#include <ATen/ATen.h>

namespace lab {

std::optional<double> slope_of(const std::string& activation) {
  if (activation == "relu") return 0;
  if (activation == "leaky_relu") return .01;
  if (activation == "abs") return -1;
  if (activation == "linear") return 1;
  return std::nullopt;
}

AffineMap affine_map(const at::Tensor& weight_OI, const at::Tensor& bias_O) {
  const at::Tensor weight = weight_OI.detach().to(at::kDouble);
  return {weight, bias_O.defined() ? bias_O.detach().to(at::kDouble)
                                   : at::zeros({weight.size(0)}, at::kDouble)};
}

AffineMap after(const AffineMap& second, const AffineMap& first) {
  return {second.weight_OI.mm(first.weight_OI), second.weight_OI.mv(first.bias_O) + second.bias_O};
}

}  // namespace lab
