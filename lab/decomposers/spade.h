// Sparse autoencoder with a sparsemax of distances.
#pragma once

#include <cstdint>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// Each latent has a prototype v_i and an atom w_i. codes = sparsemax(−λ ‖x − v_i‖²), x = in: the point of the simplex nearest
// to these numbers (Martins & Astudillo 2016), so that codes are positive, sum to 1, and few near prototypes fire;
// λ = exp(trained). Loss = mean over the batch of
//   ‖x − x̂‖² + distance_weight · Σ_i c_i ‖x − w_i‖²,   x̂ = Σ_i c_i w_i,
// the second term (Tasissa et al. 2023, deep simplex) asks atoms to lie near what they stand for. Prototypes start at different fit
// samples drawn at random, the atoms equal to them. x̂ has the size and the place of x without scaling or bias.
struct Spade {
  static constexpr const char* name = "spade";
  static constexpr const char* doc =
      "SpaDE: sparse autoencoder whose codes are a sparsemax of distances to prototypes (Hindupur "
      "et al. 2025, arXiv 2503.01822)";
  static constexpr std::int64_t revision = 1;
  double scale = 1;
  double distance_weight = 0;
  SaeSettings sae{.unit_norm_decoder = false, .bias_init = "zero", .input_bias = false};

  void fields(Fields& f) {
    f("scale", scale, above(0), "λ at the start, per squared activation");
    f("distance_weight", distance_weight, at_least(0),
      "weight of the squared distances between a sample and the atoms that it uses");
    sae.fields(f, {.encoder = false,
                   .atoms = false,
                   .input_bias = false,
                   .normalise = true,
                   .skip = false,
                   .bias = false,
                   .dead = false});
  }
};

// Throws InputError for a transcoder.
Fitted fit_spade(const Spade& config, const FitData& data, std::int64_t seed);

}  // namespace lab
