// Latents that fire no more: keeping count of them, and starting them again.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>

#include "lab/decomposers/sae_config.h"
#include "lab/decomposers/sae_objective.h"
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
// at the mean norm of the living atoms (1 for unit-norm decoders), what the latent reads the
// direction of its input at 0.2 of the living ones' mean norm (with a tied encoder: the atom), the bias 0, what else a
// family has for them (thresholds …) as it says, and the optimiser forgets their past. The paper takes the direction of
// the sample itself. `uniform_K` picks the samples: one number of [0, 1) for each dead latent. Returns false when the error is 0 everywhere.
bool resample(const at::Tensor& dead_K, const at::Tensor& uniform_K, const SaeObjective& objective,
              const SaeBatch& batch, bool input_bias, SaeParams& params, Optimizer& optimizer);

// Restarts dead latents: atoms in the directions `unit_KD`, at the living atoms' mean norm, and readers along `read_KD` at
// the living ones'.
void reinitialise(const at::Tensor& dead_K, const at::Tensor& unit_KD, const at::Tensor& read_KD,
                  const SaeObjective& objective, SaeParams& params, Optimizer& optimizer);

// What SaeSettings::dead does between steps. Draws "decomposer/resample", and "decomposer/reinitialise" for atoms and what
// reads for them, for transcoders another, …"_encoder", for the latter.
class Restarts {
 public:
  // `same_tap`: inputs and outputs lie in one space.
  Restarts(const SaeSettings& settings, bool same_tap, std::int64_t seed);
  // `chunk` gives samples at hand.
  void after_step(std::int64_t done, const SaeObjective& objective,
                  const std::function<SaeBatch()>& chunk, Silence& silence, SaeParams& params,
                  Optimizer& optimizer) const;

 private:
  DeadConfig dead_;
  std::int64_t steps_, seed_;
  bool same_tap_, input_bias_;
};

}  // namespace lab
