// Vectors without the relation that is tested, for the nulls of relations. A relation is tested
// against at least three: its labels permuted, and the two below; scores/scores.h: add_null turns
// the values into mean, sd and p.
#pragma once

#include <ATen/core/Tensor.h>

#include "lab/core/rng.h"

namespace lab {

// Random vectors of low coherence with the norms of the rows of `vectors_ND`: random directions that
// repel one another (gradient steps on the frame potential Σ_{i≠j} cos²). float64.
at::Tensor low_coherence_like(const at::Tensor& vectors_ND, Words& words);

// Independent Gaussian vectors with the mean and covariance of the rows of `vectors_ND`. float64.
at::Tensor gaussian_like(const at::Tensor& vectors_ND, Words& words);

}  // namespace lab
