// The elementwise part of a toy autoencoder's training step, in one pass over the batch.
#pragma once

#include <cstdint>

namespace lab {

// What the pass reads and writes; all arrays are row-major, [B, N] or [N].
struct ToyPass {
  std::int64_t rows, inputs;  // B, N
  const float* x_BN;
  const float* bias_N;
  const float* weight_N;  // importance / (B·N)
  float floor;            // the output is max(floor, pre): 0 for ReLU, −∞ for a linear output
  float* pre_BN;  // in: pre-activations without the bias; out: gradients of the loss by them
  float* loss_N;  // out: the sum over the batch of weight·|x' − x|^p
  float* bias_gradient_N;  // out: the sums of the gradients over the batch
};

void square_pass(const ToyPass& pass);           // p = 2
void power_pass(const ToyPass& pass, double p);  // p ≥ 1; slower, one power an element

}  // namespace lab
