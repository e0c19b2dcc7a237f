// Block-sparse autoencoder: subspaces instead of directions.
#pragma once

#include <cstdint>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// Latents form blocks of `block` neighbours, each with a subspace of activations of its own. With p = x W_enc + b_enc, codes
// are p, of either sign, in the k blocks of largest ‖p_block‖ of the sample, and 0 elsewhere. Loss = mean over the batch of
// Σ_d (x − x̂)². A feature of `block` dimensions (a circle: 2) can be one block, where single latents must tile it
// (block-sparse coding: Eldar & Mishali 2009; group-sparse autoencoders: Theodosis et al. 2023; in blocks of TopK codes for
// multi-dimensional features after Engels et al. 2024, arXiv 2405.14860).
struct BlockTopK {
  static constexpr const char* name = "block_topk";
  static constexpr const char* doc =
      "block-sparse autoencoder: the k largest blocks of latents fire, a block a subspace "
      "(Theodosis et al. 2023; Eldar & Mishali 2009)";
  static constexpr std::int64_t revision = 1;
  std::int64_t k = 2;
  std::int64_t block = 2;
  SaeSettings sae;

  void fields(Fields& f) {
    f("k", k, at_least(1), "blocks that fire per sample");
    f("block", block, at_least(1), "latents of a block");
    sae.fields(f, {.auxiliary = false});
    f.require(sae.latents % block == 0, "block", "must divide latents");
    f.require(k * block <= sae.latents, "k", "must be at most latents / block");
  }
};

Fitted fit_block_topk(const BlockTopK& config, const FitData& data, std::int64_t seed);

}  // namespace lab
