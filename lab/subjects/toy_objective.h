// What a toy autoencoder minimises, twice: as operations that autograd follows, and by hand.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "lab/subjects/toy_autoencoder.h"
#include "lab/subjects/training.h"

namespace lab {

// The parameters as they are trained: W_enc [m, N], W_dec [m, N] unless tied, b [N] when learned.
struct ToyObjective {
  ToyObjective(const ToyAutoencoder& config, std::int64_t inputs);

  at::Tensor decoder(const std::vector<at::Tensor>& params) const;  // [m, N]
  at::Tensor bias(const std::vector<at::Tensor>& params) const;     // [N]
  at::Tensor decode(const std::vector<at::Tensor>& params, const at::Tensor& hidden_BM) const;
  // Σ_i I_i |x_i − x'_i|^p / N, mean over samples.
  at::Tensor mean_loss(const at::Tensor& output_BN, const at::Tensor& x_BN) const;

  Loss definition() const;
  // The same loss and its gradients: five matrix products and one pass over the batch. It holds scratch
  // memory: one training at a time.
  Gradient by_hand() const;

  bool tied, relu, bias_learned;
  double power;
  at::Tensor fixed_bias_N;  // undefined when the bias is learned
  at::Tensor importance_N;
};

}  // namespace lab
