// The non-linearities of hidden layers: as operations that autograd follows, and by hand.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace lab {

// relu max(x, 0); leaky_relu x > 0 ? x : .01x; abs |x|; square x²; linear x; tanh; sigmoid; silu
// x·sigmoid(x); gelu x·Φ(x), the exact one.
const std::vector<std::string>& activation_names();

struct Activation {
  using Apply = at::Tensor (*)(const at::Tensor& pre);
  // In: pre-activations [B, D] without the bias, and the bias [D] or an undefined tensor. Out: `pre_BD`
  // with the bias, `post_BD` of the same shape.
  using Forward = void (*)(at::Tensor& pre_BD, const at::Tensor& bias_D, at::Tensor& post_BD);
  // In: the loss's gradients by the activations, in `gradient_BD`. Out: those by the pre-activations in
  // its place, and their sums over the batch in `sums_D` where that is defined. What autograd says at
  // kinks holds: 0 for relu and abs at 0, .01 for leaky_relu.
  using Backward = void (*)(const at::Tensor& pre_BD, const at::Tensor& post_BD,
                            at::Tensor& gradient_BD, at::Tensor& sums_D);
  Apply apply;  // the definition
  Forward forward;
  Backward backward;
};

// Throws InputError for an unknown name. Tensors by hand are contiguous float32.
const Activation& activation_named(const std::string& name);

}  // namespace lab
