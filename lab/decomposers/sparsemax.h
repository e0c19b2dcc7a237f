// Projection onto the simplex.
#pragma once

#include <ATen/core/Tensor.h>

namespace lab {

// Row by row the point of the simplex {c ≥ 0, Σ c = 1} that is nearest to the row (Martins & Astudillo 2016, algorithm
// 1; Held et al. 1974). Differentiable: on the support the slope loses its mean, elsewhere it is 0.
at::Tensor sparsemax(const at::Tensor& u_BM);

}  // namespace lab
