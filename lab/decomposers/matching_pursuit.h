// Matching-pursuit sparse autoencoder.
#pragma once

#include <cstdint>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// r_0 = x − b_dec; k times the atom w of largest ⟨r, w⟩ takes c = ReLU⟨r, w⟩, which is left in its code, and r loses c w.
// Loss = mean over the batch of ‖r_k‖². No encoder is trained: the gradient goes through all k residuals, not
// through which atom was chosen. An atom may be taken again; k can be changed after training. A sample may be done
// before k steps (`residual`, `until_repeat`); the published form has both, and no bound on k.
struct MatchingPursuit {
  static constexpr const char* name = "matching_pursuit";
  static constexpr const char* doc =
      "sparse autoencoder whose codes come from matching pursuit on its atoms (MP-SAE; Costa et "
      "al. 2025, arXiv 2506.03093)";
  static constexpr std::int64_t revision = 2;
  std::int64_t k = 4;
  double residual = 0;
  bool until_repeat = false;
  SaeSettings sae;

  void fields(Fields& f) {
    f("k", k, at_least(1), "most steps of pursuit a sample: so many latents fire at most");
    f("residual", residual, at_least(0),
      "a sample is done after a step that leaves less than this of its length; 0: not asked",
      Legacy{"0.0"});
    f("until_repeat", until_repeat, any(), "a sample is done after a step that adds no new latent",
      Legacy{"false"});
    sae.fields(f, {.encoder = false, .input_bias = false, .skip = false, .auxiliary = false});
  }
};

// Throws InputError for a transcoder.
Fitted fit_matching_pursuit(const MatchingPursuit& config, const FitData& data, std::int64_t seed);

}  // namespace lab
