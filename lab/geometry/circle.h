// Do n vectors lie on a circle in the order of their numbers (the days of the week)? Works on true
// vectors and on matched atoms alike. Everything is computed in float64; a vector that is not finite
// throws Failure.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lab/core/rng.h"
#include "lab/scores/dictionary.h"
#include "lab/scores/scores.h"

namespace lab {

// The vectors seen in one plane, which is chosen without looking at their order: of the first six
// principal components of the centred vectors, the pair of largest evidence
//   2 min(λ_a, λ_b)/Σλ · (mean r)²/mean r²,
// the variance that the pair shares evenly times how constant the radius is; 1 for a circle that
// is all there is. A plane is defined only where no third component has the variance of either to
// 1e-5 of the largest: orthonormal vectors, and circles of several equally strong frequencies, have none.
struct CircleView {
  std::vector<std::vector<double>> components;  // two [n]; one when the vectors lie on a line
  std::vector<double> angles;                   // in the plane; empty without one
  std::string reason;                           // why there is no plane
  // False when two angles agree to 1e-9, or a radius is below 1e-6 of the largest: then the vectors
  // have no cyclic order.
  bool ordered = false;
};
CircleView circle_view(const at::Tensor& vectors_ND);

//   name                    range    chance        oracle  definition
//   order_exact             {0, 1}   2/(n−1)!      1       the cyclic order of the angles is that of the
//                                                          numbers, up to rotation and reflection
//   order_exact_multiple    {0, 1}   φ(n)/(n−1)!   1       the same also up to i → ki, gcd(k, n) = 1: for
//                                                          circles of several frequencies
//   order_triples           [.5, 1]  null          1       max(f, 1 − f), f the share of triples whose
//                                                          cyclic orientation is that of their numbers
//   circularity             [0, 1]   null          1       mean over the plane's two components v of
//                                                          (2, or 1 when 2k = n)·|Σ_t v_t e^{2πikt/n}|²
//                                                          / (n‖v‖²), at the best common k = 1 … n/2
//   geodesic_spearman       [−1, 1]  0             1       rank correlation of cyclic distances of
//                                                          numbers and angular distances, over pairs
// Circularity for n = 7: evenly spaced points in random order .49 to .53, isotropic Gaussian vectors
// .49, a line .664 (its single component), a half arc of 7 points from 0 to π .886 and in steps of
// π/7 .865. (A single random component, with a k of its own, gives 11/18 = .611.)
// All are absent for n < 4 (every order of three is right), when all vectors are equal and when no
// plane stands out; on a line all but circularity are.
Scores circle_scores(const at::Tensor& vectors_ND);

// Adds three nulls to each of the five scores (add_null with suffix): "labels" (numbers permuted),
// "directions" (low_coherence_like) and "gaussian" (gaussian_like). The plane and k are chosen anew.
// `scores` are those of one circle or means over several; each draw is averaged in the same way, and
// counts as the least value of a score's range where it has no order.
void add_circle_nulls(Scores& scores, const std::vector<at::Tensor>& circles_ND, std::int64_t draws,
                      const Draw& draw);

// circle_scores of the atoms matched to the circle's features, given by their coordinates in cyclic
// order; absent when one has no partner.
Scores matched_circle_scores(const at::Tensor& atoms_MD, const Matching& matching,
                             const std::vector<std::int64_t>& coordinates, bool signed_codes);

// Adds the null "rematched": random dictionaries with the atoms' norms, matched to the truth anew.
// Matching alone lends some order to random atoms; this null has it too.
void add_rematched_nulls(Scores& scores, const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                         const std::vector<std::vector<std::int64_t>>& circles, bool signed_codes,
                         std::int64_t draws, const Draw& draw);

// Share of triples with equal cyclic orientation, max(f, 1 − f), ties counting half, and rank
// correlation of the angular distances: both of two lists of angles. At least three and two angles.
double triple_agreement(const std::vector<double>& a, const std::vector<double>& b);
double geodesic_correlation(const std::vector<double>& a, const std::vector<double>& b);

}  // namespace lab
