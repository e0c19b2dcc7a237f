// Which algorithm adds modulo p: the scores of Zhong et al. 2023 (arXiv 2306.17844, "The Clock and the
// Pizza"), and how many frequencies an embedding uses (Nanda et al. 2023, arXiv 2301.05217).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

#include "lab/scores/scores.h"

namespace lab {

// Definition 4.1, gradient symmetricity, in [−1, 1]: the mean over samples (a, b, c) of the cosine of
// ∂Q_abc/∂E_a and ∂Q_abc/∂E_b, the gradients [B, D] of one logit by the two tokens' embeddings.
// 1: both tokens are treated alike (pizza: a function of E_a + E_b gives exactly 1). Clock, the angle
// addition by products of coordinates: cos(w(a − b)), whose mean over all pairs is 0. Independent random
// gradients: 0 ± 1/√(B·D). Published: .99 for the paper's pizza network, .33 for its clock network. Samples
// where a gradient is 0 are left out; absent when all are.
Score gradient_symmetricity(const at::Tensor& by_first_BD, const at::Tensor& by_second_BD);

// Definition 4.2, distance irrelevance, in [0, 1]: L_ab is the logit of the right answer a + b. The mean
// over the distances a − b of the standard deviation of L at that distance, over the standard deviation of
// all of L. 0: the logit depends on the distance alone (pizza: |cos(w(a − b)/2)|). 1: not at all (clock).
// Independent random logits: √(1 − 1/p), nearly 1. Published: .17 for the paper's pizza network, .85 for its
// clock network. Absent when L is constant (an exact clock).
Score distance_irrelevance(const at::Tensor& correct_logits_PP);

// Of the power of embeddings E [D, p] (one column a residue) over the frequencies 1 … ⌊p/2⌋ of the
// discrete Fourier transform over residues (frequency 0, the mean, left out):
//   fourier_top5         share of the five strongest, in (0, 1]; 1 when five circles make the embedding
//   fourier_frequencies  effective number (Σ power)² / Σ power², from 1 to ⌊p/2⌋
// Chance for a random embedding of large D: 5/⌊p/2⌋ and ⌊p/2⌋; permuting the residues of a trained one
// gives the same. Absent when the embedding is constant. p ≥ 3.
Scores fourier_concentration(const at::Tensor& embedding_DP);

}  // namespace lab
