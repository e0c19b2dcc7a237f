// The bare embedding: activations are the feature values times their vectors, and noise.
#pragma once

#include <cstdint>
#include <memory>

#include "lab/core/fields.h"
#include "lab/placements/kinds.h"

namespace lab {

class Subject;
class World;

// acts_BD = values_BC · frames_CD + bias_D + noise·N(0, I). A feature's frame is as the placement says, times 1 +
// norm_sd·N(0, 1), the same number for all its samples. One tap, "embed", which is also the
// output; `planted("embed")` is frames_CD and the bias. Noise belongs to the sample: it does not depend on
// batches. No task, no weights, nothing is trained.
struct Embedding {
  static constexpr const char* name = "embedding";
  static constexpr const char* doc = "feature values times placed vectors, plus noise; no network";
  static constexpr std::int64_t revision = 1;
  PlacementConfig placement;
  std::int64_t width = 32;
  double noise = 0;
  double bias = 0;
  double norm_sd = 0;

  void fields(Fields& f) {
    f("placement", placement, any(), "where the features lie");
    f("width", width, at_least(1), "dimensions of the activation space");
    f("noise", noise, at_least(0), "standard deviation of the Gaussian noise in each dimension");
    f("bias", bias, at_least(0), "norm of a constant vector, in a random direction, that is added");
    f("norm_sd", norm_sd, at_least(0).below(0.2),
      "spread of the features' lengths: each one's vector is multiplied by 1 + norm_sd·N(0, 1)",
      Legacy{"0.0"});
  }
};

// Throws InputError when the placement does not fit the world.
std::unique_ptr<Subject> make_subject(const Embedding& config, const World& world,
                                      std::int64_t seed);

// Whether the seed changes anything: a random placement, noise, a bias, or lengths.
bool uses_seed(const Embedding& config);

}  // namespace lab
