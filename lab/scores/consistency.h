// Dictionaries beside each other: fitted from other seeds, or with more latents. The truth is not asked.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <span>

#include "lab/core/rng.h"
#include "lab/scores/scores.h"

namespace lab {

struct Compared {
  Scores scores;
  Table table;
};

// How alike several dictionaries [M_k, D] of one space are. pw_mcc: the mean over pairs of dictionaries of
// their mcc, the mean |cos| of atoms over the min(M, M') pairs of the best assignment (arXiv 2505.20254);
// pw_mcc_sd: its standard deviation over pairs, absent below two. [0, 1]; 1 for equal dictionaries, in any
// order of their atoms; chance: pw_mcc_null (_null_sd, _p), where every dictionary has random directions
// instead (sample i of the draw for the i-th time; an atom that is 0 stays 0). Absent below two dictionaries
// or without latents. Table: first, second, mcc; a row a pair. Throws InputError when widths differ.
Compared pairwise_consistency(std::span<const at::Tensor> atoms, std::int64_t draws,
                              const Draw& draw);

// Hedging: a dictionary without room for a feature mixes it into the atoms of others, which let go of it when
// latents are added (Chanin et al. 2025, arXiv 2505.11756, "hedging degree"). `before` [M, D] are the atoms
// of the narrower dictionary, `after` [M + K, D] of the wider one, whose first M latents stand for those of
// `before`. With unit atoms and Δ_i = after_i − before_i,
//   hedging_projection       P = mean ‖Π Δ_i‖ / mean ‖before_i‖, Π onto the span of the K added atoms. [0, 2]
//   hedging_projection_null  P₀, the mean over `draws` Gaussian subspaces of the same dimension (_null_sd, _p)
//   hedging_rate             max(0, (P − P₀)/(1 − P₀)). [0, ∞); 0 by chance, and where nothing changes; above 1 where
//                            latents changed places: then Δ_i is longer than what latent i held
//   hedging_cos              mean cos(before_i, after_i). [−1, 1]
// Where both dictionaries were trained from the start, a latent need not keep its feature. So the same is
// also said of partners chosen by the assignment of largest sum of cosines, where the latents without partner
// are those added:
//   hedging_rate_matched     [0, ∞)
//   hedging_kept             share of latents whose partner is the latent of the same number. [0, 1]; where it is low
//                            hedging_rate is about another thing than hedging
// Rates are absent where the added atoms span the whole space, are all 0, or P₀ ≥ 1. Table: latent, cos,
// change (‖Δ_i‖), into_added (‖ΠΔ_i‖), partner, partner_cos; a row a latent of `before`. Throws InputError
// when shapes do not fit or `draws` is below 1.
Compared hedging(const at::Tensor& before_MD, const at::Tensor& after_ND, std::int64_t draws,
                 const Draw& draw);

}  // namespace lab
