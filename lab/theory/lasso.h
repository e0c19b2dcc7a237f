// The non-negative lasso of points in a plane, exact.
#pragma once

#include <array>
#include <span>

namespace lab {

using Point = std::array<double, 2>;

// The unit vector at an angle in radians.
Point unit_vector(double angle);

// min over f ≥ 0 of ‖x − Σ f_i atom_i‖² + λ Σ f_i. At a minimum at most two atoms that are not
// parallel are used, so that all supports of at most two are tried. λ > 0; any atoms.
double lasso_loss(const Point& x, std::span<const Point> atoms, double lambda);

}  // namespace lab
