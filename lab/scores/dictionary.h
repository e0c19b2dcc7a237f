// Scores of a dictionary's atoms w_i against the true vectors t_j (rows of frames_CD; a feature of
// width > 1 has one for each of its coordinates). cos is 0 where either vector has norm 0.
// Every function throws Failure when an atom or a true vector is not finite.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

#include "lab/core/rng.h"
#include "lab/scores/scores.h"

namespace lab {

// The one-to-one pairing of latents and coordinates with the largest sum of |cos|; where |cos| cannot
// tell (opposite vectors, as of a cube), the one with cos > 0.
struct Matching {
  at::Tensor cosines_MC;                           // float64
  std::vector<std::int64_t> coordinate_of_latent;  // −1: no partner
  std::vector<std::int64_t> latent_of_coordinate;  // −1: no partner
  std::vector<std::int64_t> best_coordinate;       // argmax of |cos|, the first of equals

  std::int64_t latents() const { return cosines_MC.size(0); }
  std::int64_t coordinates() const { return cosines_MC.size(1); }
  double cos(std::int64_t latent, std::int64_t coordinate) const;
};
Matching match(const at::Tensor& atoms_MD, const at::Tensor& truth_CD);

// The partners of some coordinates, in their order; empty when one of them has no partner. With
// `signed_codes` an atom is turned round where its cos is negative, because its sign is arbitrary.
at::Tensor matched_atoms(const at::Tensor& atoms_MD, const Matching& matching,
                         const std::vector<std::int64_t>& coordinates, bool signed_codes);

// P are the pairs of the matching; each line ends with the range, what chance gives and what the
// oracle gives.
//  - mcc: mean of |cos| over P; arXiv 2505.20254. [0, 1], ≈ √(2 ln max(M, C) / D), 1
//  - mcc_signed: the same for the assignment on cos. [−1, 1], as mcc, 1
//  - mmcs: mean over coordinates of max_i cos; Sharkey et al. 2022. [−1, 1], ≈ √(2 ln M / D), 1
//  - mmcs_latents: mean over latents of max_j cos. [−1, 1], ≈ √(2 ln C / D), 1
//  - frac_recovered@.9, frac_recovered@.8: share of coordinates with max_i cos ≥ .9, ≥ .8 (arXiv 2602.14111). [0, 1], 0, 1
//  - uniqueness: distinct best_coordinate / M; SAELens. (0, 1], (C/M)(1 − (1 − 1/C)^M), 1
//  - coherence: max over pairs of atoms of |cos|. [0, 1], grows with M, the truth's
//  - mean_max_cos: mean over i of max over j ≠ i of |cos|. [0, 1], grows with M, the truth's
//  - c_dec: mean over pairs of |cos|; arXiv 2508.16560. [0, 1], ≈ √(2 / (π D)), the truth's
//  - placement_procrustes: see below. [0, 1], below 1: Q is fitted, 0
//  - placement_residual: see below. [0, 1], near 1, 0
//  - gram_correlation: Pearson of the off-diagonal cosines of the matched atoms and of their true
//    vectors. [−1, 1], the null below, 1
// Chance values with a logarithm are what extreme-value theory gives for many independent pairs, from
// above; the nulls say what it is for the sizes at hand. Oracle values need vectors that differ.
// Both placement scores centre the matched atoms W and their true vectors T and give
// min ‖s W Q − T‖²/‖T‖² over scales s ≥ 0 and over orthogonal Q (the first) or with Q = I (the
// second). The first is 0 for any two orthonormal sets: it says whether the shape came back, the
// second whether it lies where it was. gram_correlation is absent when the truth's cosines are
// constant (their standard deviation is below 1e-5) and 0 when only the atoms' are.
Scores dictionary_scores(const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                         const Matching& matching, bool signed_codes);

// gram_correlation of vectors whose partners are the rows of equal number; widths may differ.
Score gram_correlation(const at::Tensor& vectors_ND, const at::Tensor& truth_ND);

// Share of coordinates with max_i cos ≥ `threshold`; the literature uses .9 and .8.
Score frac_recovered(const Matching& matching, double threshold);

// coherence, mean_max_cos and c_dec of any set of vectors.
Scores coherence_scores(const at::Tensor& vectors_ND);

// What random dictionaries give: atoms in random directions with the same norms, matched anew. Adds
// _null, _null_sd and _p (add_null) to mcc, mmcs and gram_correlation of `scores`.
void add_dictionary_nulls(Scores& scores, const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                          bool signed_codes, std::int64_t draws, const Draw& draw);

// Vectors in random directions with the norms of the rows of `vectors_ND`; float64.
at::Tensor random_directions(const at::Tensor& vectors_ND, Words& words);

// Columns latent, norm, best_coordinate, best_cos, matched_coordinate, matched_cos; a row a latent.
Table latents_table(const at::Tensor& atoms_MD, const Matching& matching);
// Columns coordinate, norm, best_latent (argmax of cos), best_cos, matched_latent, matched_cos; a
// row a coordinate.
Table coordinates_table(const at::Tensor& truth_CD, const Matching& matching);

}  // namespace lab
