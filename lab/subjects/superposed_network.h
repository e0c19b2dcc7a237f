// What all constructions of the subject `superposed` build: a plain multi-layer perceptron, by its weights.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

namespace lab {

// x_0 = inputs (times embed); layer i: pre = x_i Wᵀ + b, post = activation(pre) = x_{i+1};
// output = x_L Wᵀ + b, plus skip of what the last layer read. Undefined tensors: there is none.
struct SuperposedNetwork {
  struct Layer {
    at::Tensor weight, bias;  // [out, in], [out]
    bool square = false;      // else ReLU
  };
  at::Tensor embed_DN;
  std::vector<Layer> layers;
  at::Tensor output_weight, output_bias;  // [T, D], [T]
  at::Tensor skip_weight;                 // [T, width of what the last layer reads]
};

}  // namespace lab
