// Archetypal sparse autoencoder.
#pragma once

#include <cstdint>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// A TopK sparse autoencoder whose atoms lie near the convex hull of the data:
//   w_i = exp(m) (Σ_k W_ik a_k + Λ_i),   W_ik = ReLU(V_ik)/Σ_k ReLU(V_ik),   ‖Λ_i‖ ≤ relaxation;
// V, Λ and m are trained, the archetypes a_k are k-means centroids of fit samples, less the decoder bias at the start. Codes and
// loss as in topk. The hull makes dictionaries of different seeds alike. V starts near one archetype a latent.
// The paper's code clips V at 0 after each step, so that a weight at 0 may come back; here it stays at 0.
struct Archetypal {
  static constexpr const char* name = "archetypal";
  static constexpr const char* doc =
      "relaxed archetypal TopK sparse autoencoder: atoms near convex combinations of the data "
      "(RA-SAE; Fel et al. 2025, arXiv 2502.12892)";
  static constexpr std::int64_t revision = 1;
  std::int64_t k = 4;
  std::int64_t archetypes = 256;
  std::int64_t samples = 8192;
  double relaxation = 0.1;
  SaeSettings sae;

  void fields(Fields& f) {
    f("k", k, at_least(1), "most latents that fire per sample");
    f("archetypes", archetypes, at_least(1), "centroids that atoms are combined of");
    f("samples", samples, at_least(1), "fit samples that they are the centroids of");
    f("relaxation", relaxation, at_least(0),
      "how far an atom may leave the hull, in units of activation before the scale exp(m)");
    sae.fields(
        f, {.encoder = false, .atoms = false, .normalise = false, .skip = false, .restart = false});
    f.require(k <= sae.latents, "k", "must be at most latents");
    f.require(archetypes <= samples, "archetypes", "must be at most samples");
  }
};

// Throws InputError for a transcoder.
Fitted fit_archetypal(const Archetypal& config, const FitData& data, std::int64_t seed);

}  // namespace lab
