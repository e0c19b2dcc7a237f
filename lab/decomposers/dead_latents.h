// Latents that fire no more: keeping count of them, and starting them again.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "lab/decomposers/sae_training.h"
#include "lab/tensors/optimizer.h"

namespace lab {

// How long each latent has been silent.
class Silence {
 public:
  explicit Silence(std::int64_t latents);
  void step(const at::Tensor& fired_M);
  at::Tensor dead(std::int64_t after) const;  // bool [M]: silent in the last `after` steps
  void forgive(const at::Tensor& latents);    // counts these (indices) as just having fired

 private:
  at::Tensor steps_M_;
};

// Restarts dead latents (indices) at samples drawn with probability proportional to the square of
// their squared error (Bricken et al. 2023): the atom becomes the sample's direction out − b_dec,
// at the mean norm of the living atoms (1 for unit-norm decoders), the encoder's column the
// direction of its input at 0.2 of the living columns' mean norm, the bias 0, what else a
// family has for them (thresholds …) as at the start, and the optimiser forgets their past. The paper takes the direction of the sample itself. `uniform_K` picks the
// samples: one number of [0, 1) for each dead latent. Returns false when the error is 0 everywhere.
bool resample(const at::Tensor& dead_K, const at::Tensor& uniform_K, const SaeObjective& objective,
              const SaeBatch& batch, bool input_bias, SaeParams& params, Optimizer& optimizer);

}  // namespace lab
