// The elementwise part of hidden layers in one pass over the batch, for activations without
// transcendental functions.
#pragma once

#include <cstdint>

namespace lab {

// Row-major arrays [rows, width]; `bias` and `sums` are [width], or null.
struct LayerPass {
  std::int64_t rows, width;
  float* pre;
  float* post;
  float* gradient;
  const float* bias;
  float* sums;
};

// x > 0 ? x : below·x, whose derivative at 0 is `at_zero`.
struct Kink {
  float below, at_zero;
};

// Reads pre and bias, writes pre with the bias and post.
void kink_forward(const LayerPass& pass, const Kink& kink);
void square_forward(const LayerPass& pass);
// Reads pre and gradient, writes gradient times the derivative, and its column sums.
void kink_backward(const LayerPass& pass, const Kink& kink);
void square_backward(const LayerPass& pass);

}  // namespace lab
