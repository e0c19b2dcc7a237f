// Which points of one wide feature (a circle, a manifold) make which latents fire. The feature's
// points are its values in the samples in which it is present.
#pragma once

#include <ATen/core/Tensor.h>

#include "lab/core/rng.h"
#include "lab/scores/scores.h"

namespace lab {

// A latent covers the points on which its code is positive and at least the 10th percentile of its
// positive codes on the feature's points (the element ⌊n/10⌋ of n codes in rising order). Its spread
// is the mean distance between two different points that it covers, divided by that between two of all
// points; of more than 512 points a sample of 512 stands for them, chosen by sample 0 of the draw.
// After arXiv 2604.28119 (Bhalla et al.).
//  - support_size: the number of latents that cover at least 10 % of the points and 30 points.
//    0 … M; M if codes are positive everywhere; an oracle of one ReLU latent for each half-axis has
//    2·width on a circle or sphere.
//  - receptive_field_spread: median of their spreads. ≥ 0; 1 for latents that fire at random or
//    everywhere; 0 for one that fires at one point; on a circle, for latents that cover an arc of
//    length a, 2π(a − 2 sin(a/2))/a²: 2(π − 2)/π ≈ .727 for a half. Absent without such latents or
//    when all points coincide.
// Both are absent for a feature of width 1 (values_BW) and with fewer than 30 points. Throws
// InputError when the numbers of samples differ.
Scores receptive_field_scores(const at::Tensor& codes_BM, const at::Tensor& values_BW,
                              const at::Tensor& present_B, const Draw& draw);

// Columns latent, share (of the points that it covers), spread (NaN when all points coincide); a row
// for each latent that support_size counts. No rows where the scores are absent.
Table receptive_fields_table(const at::Tensor& codes_BM, const at::Tensor& values_BW,
                             const at::Tensor& present_B, const Draw& draw);

}  // namespace lab
