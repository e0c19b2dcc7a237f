// Integrals of squared errors of a ReLU, exact: between its kinks the integrand is a polynomial.
#pragma once

namespace lab {

// ∫₀¹ (t·x − ReLU(a·x + b))² dx.
double relu_error(double t, double a, double b);

// ∫₀¹ ∫₀¹ (x − ReLU(a·x + c·y + b))² dx dy.
double relu_error_of_two(double a, double c, double b);

}  // namespace lab
