// A network as what exact analysis needs: affine maps with one kind of kink between them.
#pragma once

#include <ATen/core/Tensor.h>

#include <optional>
#include <string>
#include <vector>

namespace lab {

struct AffineMap {
  at::Tensor weight_OI, bias_O;  // float64
};

// x_0 = inputs; p_i = x_i W_iᵀ + b_i; x_{i+1} = max(p_i, slope · p_i) except behind the last map, which gives the
// output. Slope 0 is ReLU, .01 leaky ReLU, −1 the absolute value, 1 none.
struct PiecewiseLinear {
  std::vector<AffineMap> maps;
  double slope = 0;
};

// The slope of an activation by its name (activation.h); nothing where it is not of that form.
std::optional<double> slope_of(const std::string& activation);

// The map of weights [O, I] and biases [O] (undefined: 0).
AffineMap affine_map(const at::Tensor& weight_OI, const at::Tensor& bias_O);
// `second` after `first`, as one.
AffineMap after(const AffineMap& second, const AffineMap& first);

}  // namespace lab
