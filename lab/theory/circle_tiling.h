// A circle of radius 1 tiled by n unit atoms at equal angles, n ≥ 3; points are uniform over the circle.
// Functions throw InputError for n < 3.
#pragma once

#include <cstdint>

namespace lab {

// With one active atom, the nearest: the fraction of variance unexplained, 1/2 − (n/4π) sin(2π/n).
double tiling_fvu(std::int64_t n);

// With the two neighbouring atoms, non-negative, the point is hit exactly; the mean of the sum of the
// two codes is tan(π/n)/(π/n).
double tiling_l1(std::int64_t n);

// The mean over the circle of min_{f ≥ 0} ‖x − Df‖² + λ‖f‖₁, by quadrature. λ in (0, 1).
double tiling_lasso(std::int64_t n, double lambda);

// What tiling_lasso exceeds λ − λ²/4, the loss with an atom at every point, by. As λ → 0 it goes to
// λ (tiling_l1(n) − 1).
double tiling_lasso_excess(std::int64_t n, double lambda);

}  // namespace lab
