#include "lab/decomposers/activations.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <bit>
#include <cstring>
#include <limits>
#include <vector>

namespace lab {
namespace {

// The bits of positive floats are ordered like the floats, so that selection can compare integers;
// what is not positive counts as 0.
std::int32_t bits(float x) {
  return std::bit_cast<std::int32_t>(x);
}

std::int32_t middle(std::int32_t low, std::int32_t high, int round) {
  const std::int32_t halfway = low + (high - low) / 2;
  if (round >= 16) return halfway;  // halving the bits ends after 31 rounds whatever the values
  const std::int32_t mean =
      bits(0.5f * std::bit_cast<float>(low) + 0.5f * std::bit_cast<float>(high));
  return mean > low && mean < high ? mean : halfway;
}

std::int64_t count_from(const std::int32_t* value, std::int64_t n, std::int32_t least) {
  std::int32_t count = 0;
  for (std::int64_t i = 0; i < n; ++i) count += value[i] >= least;
  return count;
}

void keep_largest(float* row, std::int64_t n, std::int64_t k, std::int32_t* value) {
  std::int32_t most = 0;
  bool broken = false;
  for (std::int64_t i = 0; i < n; ++i) {
    value[i] = row[i] > 0 ? bits(row[i]) : 0;
    most = std::max(most, value[i]);
    broken |= row[i] != row[i];
  }
  if (broken) {
    std::fill_n(row, n, std::numeric_limits<float>::quiet_NaN());
    return;
  }
  // `least` is the smallest value that stays for certain; of those equal to `tied`, `room` stay.
  std::int32_t least = 1, tied = 0;
  std::int64_t room = 0;
  if (count_from(value, n, 1) > k) {
    std::int32_t low = 1;  // too many are this large
    least = most + 1;      // fewer than k are this large
    std::int64_t above = 0;
    for (int round = 0; least - low > 1 && above < k; ++round) {
      const std::int32_t mid = middle(low, least, round);
      const std::int64_t count = count_from(value, n, mid);
      if (count > k) {
        low = mid;
      } else {
        least = mid;
        above = count;
      }
    }
    tied = low;
    room = k - above;
  }
  for (std::int64_t i = 0; i < n; ++i) {
    if (value[i] >= least) continue;
    if (room > 0 && value[i] == tied) {
      --room;
    } else {
      row[i] = 0;
    }
  }
}

}  // namespace

void keep_largest_(at::Tensor& x_BM, std::int64_t k) {
  TORCH_CHECK(x_BM.is_contiguous() && x_BM.scalar_type() == at::kFloat && x_BM.dim() == 2);
  const std::int64_t M = x_BM.size(1);
  float* const x = x_BM.data_ptr<float>();
  at::parallel_for(0, x_BM.size(0), 64, [&](std::int64_t begin, std::int64_t end) {
    std::vector<std::int32_t> value(M);
    for (std::int64_t b = begin; b < end; ++b) keep_largest(x + b * M, M, k, value.data());
  });
}

}  // namespace lab
