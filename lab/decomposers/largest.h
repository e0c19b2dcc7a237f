// Which values are the largest of many.
#pragma once

#include <cstdint>

namespace lab {

// The bits of positive floats are ordered like the floats, so that selection can compare integers. What is
// not positive counts as 0; NaN is told apart by ordered_bits.
struct Largest {
  std::int32_t least = 1;  // values from here on are among them
  std::int32_t tied = 0;   // of the values that equal this, the first `room` are, too
  std::int64_t room = 0;
};

// value[i] = the bits of x[i] + add[i] where positive, else 0. Gives the largest, or −1 when one is NaN.
std::int32_t ordered_bits(const float* x, const float* add, std::int64_t n, std::int32_t* value);

// The k largest of n values, `most` the largest of them; 0 is never among them.
Largest largest(const std::int32_t* value, std::int64_t n, std::int64_t k, std::int32_t most);

}  // namespace lab
