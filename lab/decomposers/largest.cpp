#include "lab/decomposers/largest.h"

#include <algorithm>
#include <bit>

#include "lab/core/kernel.h"

namespace lab {
namespace {

std::int32_t middle(std::int32_t low, std::int32_t high, int round) {
  const std::int32_t halfway = low + (high - low) / 2;
  if (round >= 16) return halfway;  // halving the bits ends after 31 rounds whatever the values
  const float mean = 0.5F * std::bit_cast<float>(low) + 0.5F * std::bit_cast<float>(high);
  const auto bits = std::bit_cast<std::int32_t>(mean);
  return bits > low && bits < high ? bits : halfway;
}

LAB_KERNEL std::int32_t count_from(const std::int32_t* value, std::int64_t n, std::int32_t least) {
  std::int32_t count = 0;
  for (std::int64_t i = 0; i < n; ++i) count += value[i] >= least;
  return count;
}

}  // namespace

LAB_KERNEL std::int32_t ordered_bits(const float* x, const float* add, std::int64_t n,
                                     std::int32_t* value) {
  std::int32_t most = 0, broken = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    const float sum = x[i] + add[i];
    const std::int32_t bits = std::bit_cast<std::int32_t>(sum);
    value[i] = bits > 0 ? bits : 0;  // negative floats are negative integers
    most = value[i] > most ? value[i] : most;
    broken |= sum != sum;
  }
  return broken != 0 ? -1 : most;
}

Largest largest(const std::int32_t* value, std::int64_t n, std::int64_t k, std::int32_t most) {
  Largest found;
  if (count_from(value, n, 1) <= k) return found;
  std::int32_t low = 1;  // more than k are this large
  found.least = most + 1;
  std::int64_t above = 0;  // so many are at least `least`: at most k
  for (int round = 0; found.least - low > 1 && above < k; ++round) {
    const std::int32_t mid = middle(low, found.least, round);
    const std::int64_t count = count_from(value, n, mid);
    if (count > k) {
      low = mid;
    } else {
      found.least = mid;
      above = count;
    }
  }
  found.tied = low;
  found.room = k - above;
  return found;
}

}  // namespace lab
