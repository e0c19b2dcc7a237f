// TopK sparse autoencoder.
#pragma once

#include <cstdint>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// codes = ReLU of the k largest of (x − b_dec) W_enc + b_enc, fewer where fewer are positive;
// loss = mean over the batch of Σ_d (x − x̂)², and the auxiliary loss when `dead` asks for it.
struct TopK {
  static constexpr const char* name = "topk";
  static constexpr const char* doc = "TopK sparse autoencoder (Gao et al. 2024, arXiv 2406.04093)";
  static constexpr std::int64_t revision = 2;
  std::int64_t k = 4;
  SaeSettings sae;

  void fields(Fields& f) {
    f("k", k, at_least(1), "most latents that fire per sample");
    sae.fields(f);
    f.require(k <= sae.latents, "k", "must be at most latents");
  }
};

Fitted fit_topk(const TopK& config, const FitData& data, std::int64_t seed);

}  // namespace lab
