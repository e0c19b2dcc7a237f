// Critical points of the toy model of superposition with two hidden dimensions and six features of
// which exactly one is active, its value uniform over [0, 1] (Chen et al. 2023, arXiv 2310.06301):
//   L(W, b) = (1/6) Σ_i ∫₀¹ ‖x e_i − ReLU(WᵀW x e_i + b)‖² dx.
// A k-gon has k columns of length l at equal angles with bias b; the other 6 − k columns are 0. Each "+"
// is one of these whose bias is positive, so that it says the mean 1/12 of its feature at all times; the
// other biases are not above 0.
#pragma once

#include <array>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

namespace lab {

// L for any number c of features, exact; column i is (vectors[i][0], vectors[i][1]). Throws InputError
// when there are no features or not as many biases.
double one_active_loss(std::span<const std::array<double, 2>> vectors,
                       std::span<const double> biases);

struct Kgon {
  std::string name;  // "4", "4+", "4++", "5", "5+", "6"
  std::int64_t corners;
  std::int64_t plus;  // zero columns with a positive bias
  double loss;        // minimised over length, bias and the positive biases
  double length;      // of the corners' columns
  double bias;        // of the corners
};

// The six, in the order of their losses, highest first.
std::vector<Kgon> six_feature_kgons();

}  // namespace lab
