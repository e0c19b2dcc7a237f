// How well a dictionary gives the activations back, and how sparsely.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "lab/scores/scores.h"

namespace lab {

//   name                          range       oracle  definition (sums and means over samples b)
//   mse                           [0, ∞)      0       mean of Σ_d (x − x̂)²
//   fvu                           [0, ∞)      0       Σ‖x − x̂‖² / Σ‖x − mean x‖², not a mean of
//                                                     ratios; 1 for x̂ = mean x
//   explained_variance            (−∞, 1]     1       1 − fvu
//   shrinkage                     [0, ∞)      1       mean of ‖x̂‖/‖x‖ over ‖x‖ > 1e-6
//   l2_ratio                      [0, ∞)      1       E‖x̂‖ / E‖x‖
//   relative_reconstruction_bias  (−∞, ∞)     1       E‖x̂‖² / E[x·x̂]; below 1: shrunk; 2404.16014
// Oracle values hold without noise in the activations. Absent where the denominator is 0 or there
// are no samples. Throws Failure when an input is not finite, InputError when shapes differ.
Scores reconstruction_scores(const at::Tensor& acts_BD, const at::Tensor& reconstruction_BD);

// l0: mean number of latents that fire (code ≠ 0), in [0, M]; oracle: true_l0. dead: number of
// latents that never fire in these samples, in [0, M]; the oracle's is the number of features that
// never occur. For signed or dense codes use no_sparsity_scores().
Scores sparsity_scores(const at::Tensor& codes_BM);
Scores no_sparsity_scores();

// bits: log₂ C(M, l0) + l0 · bits_per_code, what it takes to say which of M latents fire on a sample and how
// much: with real l0 in [0, M] by the gamma function. [0, ∞); at a given l0 it grows with M, so that
// dictionaries of different sizes are compared at the same cost. It grows with l0 up to about M/(1 +
// 2^−bits_per_code), .996 M at 8 bits, and falls beyond: all latents are said without saying which. Throws
// InputError for l0 outside [0, M].
Score code_bits(double l0, std::int64_t latents, double bits_per_code);

// l1: mean of Σ_i |c_i| ‖w_i‖ with w_i the atoms: what an L1 penalty counts, whatever the atoms' norms.
// [0, ∞); also of signed codes. Absent without samples. Throws InputError when shapes do not fit.
Score code_l1(const at::Tensor& codes_BM, const at::Tensor& atoms_MD);

// true_l0: mean number of present features, in [0, F].
Score true_l0(const at::Tensor& present_BF);

// loss_recovered = (L(zero) − L(x̂)) / (L(zero) − L(x)) with the subject's mean task loss when the
// tap holds zeros (or the mean activation: the caller says which), the reconstruction, its own
// activations. (−∞, ∞); 1 for x̂ = x, 0 for x̂ = 0. Absent where L(zero) − L(x) ≤ 1e-12 (1 + |L(x)|):
// the tap does not matter. arXiv 2404.16014
Score loss_recovered(double loss_zero, double loss_reconstruction, double loss_own);

}  // namespace lab
