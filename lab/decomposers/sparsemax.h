// Codes on the simplex, by distances.
#pragma once

#include <ATen/core/Tensor.h>

namespace lab {

// Row by row the point of the simplex {c ≥ 0, Σ c = 1} that is nearest to the row (Martins & Astudillo 2016, algorithm
// 1; Held et al. 1974). Differentiable: on the support the slope loses its mean, elsewhere it is 0. A row with NaN
// becomes NaN.
at::Tensor sparsemax(const at::Tensor& u_BM);

// ‖x − v_i‖² less what all points of a sample share, which sparsemax does not feel: without the cancellation of large
// numbers, wherever the points lie. Differentiable in the points.
at::Tensor nearness(const at::Tensor& x_BD, const at::Tensor& points_MD);

}  // namespace lab
