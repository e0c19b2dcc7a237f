// Leap complexity: how hard gradient descent finds it to learn the inputs of f one group after
// another (Abbe, Boix-Adserà and Misiakiewicz, COLT 2023; the merged-staircase property is theirs
// of COLT 2022).
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "circuits/functions/truth_table.h"

namespace circuits {

// The sets with a non-zero Fourier coefficient are put in an order in which each brings at most
// `leap` inputs that no earlier set has; leap is the smallest such number, 0 for constants.
struct Leap {
  int leap = 0;
  // The sets (bit masks) of such an order that bring new inputs; the rest bring none.
  std::vector<std::uint32_t> steps;
};

// From fourier_sums (fourier.h). Taking always a set with the fewest new inputs is optimal: until
// all is seen, the next set of the best order is there to be taken. At most n passes over 2^n sums.
Leap leap(std::span<const std::int32_t> sums);

// Merged staircase: every set brings at most one new input.
inline bool has_merged_staircase(const Leap& order) {
  return order.leap <= 1;
}

}  // namespace circuits
