// NPN classes: functions that are equal up to negating inputs, permuting inputs and negating the
// output.
#pragma once

#include <cstdint>
#include <vector>

#include "circuits/error.h"
#include "circuits/functions/truth_table.h"

namespace circuits {

// g(x) = f(y) ^ negate_output with y_j = x_order[j] ^ (bit j of negated).
struct NpnTransform {
  std::vector<int> order;  // a permutation of 0 … n−1
  std::uint32_t negated = 0;
  bool negate_output = false;
  bool operator==(const NpnTransform&) const = default;
};

// Throws Error when the transform is not one of as many inputs.
TruthTable apply(const TruthTable& table, const NpnTransform& transform);

// apply(inverse(t)) undoes apply(t).
NpnTransform inverse(const NpnTransform& transform);

struct NpnForm {
  TruthTable representative;
  NpnTransform transform;  // representative == apply(table, transform)
};

// The class's smallest table as an unsigned integer, by exhaustion of all n! 2^(n+1) transforms:
// about 10 µs for n = 5. There are 2, 4, 14, 222 and 616,126 classes of n = 1 … 5 inputs. Throws Error
// beyond kMostNpnInputs.
inline constexpr int kMostNpnInputs = 5;
NpnForm npn_form(const TruthTable& table);

}  // namespace circuits
