// The best one-to-one pairing of rows with columns: exact rectangular linear assignment.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace lab {

enum class Objective { minimum, maximum, maximum_absolute };

// min(R, C) pairs. The prices prove that no pairing is better: with the cost of a pair c_rc = w_rc
// (minimum), −w_rc (maximum) or −|w_rc| (maximum_absolute),
//   row_price[r] + column_price[c] ≤ c_rc for all r and c, with equality for the chosen pairs;
//   no price of the longer side is positive, and those of its members without a partner are 0.
struct Assignment {
  std::vector<std::int64_t> column_of_row;  // −1: the row has no partner (only when R > C)
  std::vector<double> row_price;
  std::vector<double> column_price;
  double total = 0;  // the sum of w_rc, or of |w_rc|, over the pairs
};

// Pairs the rows and columns of a float32 or float64 matrix (others are converted to float64) so
// that the sum over the pairs is the least or the largest. Exact up to rounding, and the same pairs
// every time: among equal weights the first are preferred. Time O(R² C) at worst for R ≤ C and near
// O(R C) where most rows have a partner of their own; reads the matrix in place when it is
// contiguous and R ≤ C, and copies it once otherwise. Throws Failure when a weight is not finite,
// InputError when the tensor is no matrix. Source: R. Jonker, A. Volgenant, Computing 38, 325-340
// (1987), without the column reduction, which holds for square problems only: augmenting row
// reduction, then shortest augmenting paths.
Assignment assign(const at::Tensor& weights_RC, Objective objective);

}  // namespace lab
