// What can be said of a knockoff without a consumer: in what it equals the true space. A space that is
// equal in all that a method looks at cannot be told from the truth by that method.
#pragma once

#include <ATen/core/Tensor.h>

#include "lab/knockoffs/explanation.h"
#include "lab/scores/scores.h"
#include "lab/worlds/world.h"

namespace lab {

// `knockoff_CD` has a row for each of the truth's coordinates; widths may differ. Variables and
// circles are those of explanation.h. Lengths are divided by the root mean square norm of the true
// vectors.
//   name               range    truth  definition
//   vectors_distance   [0, ∞)   0      label-free: Hausdorff distance of the two sets of vectors
//   acts_distance      [0, ∞)   0      label-free: Hausdorff distance of the two sets of activations, over
//                                      all inputs; 0: nothing that is fitted to all activations, be it an
//                                      SAE, can tell the spaces apart
//   spectrum_distance  [0, ∞)   0      label-free: largest difference of eigenvalues of a variable's Gram
//                                      matrix, over the largest true one
//   gram_distance      [0, ∞)   0      largest difference of inner products within a variable, over the
//                                      mean square norm; 0: equal up to a rotation of each variable
//   gram_correlation_within  [−1, 1]  1  lab/scores/dictionary.h, within a variable, mean over variables
//   cyclic_share       [0, 1]   1*     share of the variance of inner products of different features of a
//                                      variable that their cyclic distance explains, mean over variables.
//                                      1: on circles in the right order, with whatever frequencies. Chance
//                                      (labels permuted): (⌊n/2⌋ − 1)/(n(n−1)/2 − 1), .030 for n = 31
//   frequency_match    [0, 1]   1*     Σ_f min of the shares of power (Ring) of two variables, mean over
//                                      pairs of variables. 1: variables turn alike (orthogonal vectors, too:
//                                      at all frequencies)
// * where the truth is circles of equal frequencies. Circles of several equally strong frequencies have no
// plane of their own (lab/geometry/circle.h), so that order is judged by cyclic_share here. The first
// two are absent when widths differ, the second also when inputs cannot be listed or are more than
// 16,384, and the last two without circles.
Scores knockoff_facts(const World& world, const at::Tensor& truth_CD,
                      const at::Tensor& knockoff_CD);

// cyclic_share of vectors in cyclic order; absent when n < 4 or all inner products are equal.
Score cyclic_share(const at::Tensor& vectors_ND);

}  // namespace lab
