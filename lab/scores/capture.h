// How many latents it takes to write one wide feature (a circle, a manifold).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "lab/scores/scores.h"

namespace lab {

// R² after greedily choosing 1, 2, … atoms, at most `most`, whose part of the reconstruction
// Σ_{m chosen} c_m w_m comes nearest to the feature's true contribution M = values · frames (0 where
// the feature is absent): R² = 1 − Σ‖M − part‖² / Σ‖M − mean M‖², in (−∞, 1]; it falls where another
// atom does harm. Ends early when the dictionary has fewer atoms. Empty when M is constant or there
// are no latents. After arXiv 2604.28119. Beside it stand PCA and random dictionaries as arms.
std::vector<double> capture_curve(const at::Tensor& codes_BM, const at::Tensor& atoms_MD,
                                  const at::Tensor& values_BW, const at::Tensor& frames_WD,
                                  std::int64_t most = 64);

// capture@n = R² with n atoms for n = 1, 2, 3, 4, 6, 8, 12, 16, 32, 64 (absent beyond the number of
// atoms), and n_.9, the least n with R² ≥ .9: ≥ 1, absent when 64 do not reach it. An oracle with
// the feature's own coordinates as atoms and exact codes has n_.9 ≤ width; one ReLU atom for each
// half-axis needs twice the width.
Scores capture_scores(const std::vector<double>& curve);

}  // namespace lab
