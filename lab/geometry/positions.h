// Where latents lie on a continuous circle: latents that tile it have a place each, though no one of
// them is the circle.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "lab/scores/scores.h"

namespace lab {

// The activation-weighted circular mean of one latent, Σ_b c_b e^{iθ_b} / Σ_b c_b over the samples in
// which the feature is present and the code positive; θ is the angle of its two coordinates.
struct Position {
  double angle = 0;          // in (−π, π]
  double concentration = 0;  // length of the mean: 0 fires all round, 1 at one point; π/4 for a
                             // latent that fires like a cosine over half the circle
  std::int64_t firings = 0;  // samples counted
};
std::vector<Position> circle_positions(const at::Tensor& codes_BM, const at::Tensor& values_B2,
                                       const at::Tensor& present_B);

// Of the latents that have a place (concentration ≥ .5 on ≥ 30 samples):
//   tiles              [0, M]   their number
//   position_triples   [.5, 1]  share of triples of them whose atoms, seen in circle_view, go round in
//                               the order of their positions; oracle 1, chance falls to .5 with tiles
//   position_spearman  [−1, 1]  rank correlation of angular distances; oracle 1, chance 0
// With `tiles` < 4, or without a plane, the last two are absent.
Scores position_scores(const std::vector<Position>& positions, const at::Tensor& atoms_MD);

// Columns position, concentration; a row a latent; empty where it never fires on the circle.
Table position_table(const std::vector<Position>& positions);

}  // namespace lab
