#include "lab/theory/lasso.h"

#include <algorithm>
#include <cmath>

namespace lab {
namespace {

double dot(const Point& a, const Point& b) {
  return a[0] * b[0] + a[1] * b[1];
}

}  // namespace

Point unit_vector(double angle) {
  return {std::cos(angle), std::sin(angle)};
}

// On a support S the minimum without signs is f = G⁻¹(Dx − λ/2), of value ‖x‖² − fᵀ(Dx − λ/2).
double lasso_loss(const Point& x, std::span<const Point> atoms, double lambda) {
  double gain = 0;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    const double ci = dot(x, atoms[i]) - lambda / 2, gii = dot(atoms[i], atoms[i]);
    if (ci > 0 && gii > 0) gain = std::max(gain, ci * ci / gii);
    for (std::size_t j = 0; j < i; ++j) {
      const double cj = dot(x, atoms[j]) - lambda / 2, gjj = dot(atoms[j], atoms[j]);
      const double gij = dot(atoms[i], atoms[j]), det = gii * gjj - gij * gij;
      if (det <= 1e-14 * gii * gjj) continue;
      const double fi = (gjj * ci - gij * cj) / det, fj = (gii * cj - gij * ci) / det;
      if (fi >= 0 && fj >= 0) gain = std::max(gain, fi * ci + fj * cj);
    }
  }
  return dot(x, x) - gain;
}

}  // namespace lab
