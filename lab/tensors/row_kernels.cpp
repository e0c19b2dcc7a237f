#include "lab/tensors/row_kernels.h"

#include <bit>
#include <cstring>

#include "lab/core/kernel.h"

namespace lab {
namespace {

using std::int32_t, std::int64_t;

// Into every copy of the kernel that calls it.
#define LAB_INLINE __attribute__((always_inline)) inline

constexpr int64_t kLanes = 32;  // partial sums, so that a loop becomes vector instructions

// By halves. Four at once, since the compiler would take them one by one.
LAB_INLINE float sum_of(const float (&lane)[kLanes]) {
  using Four = float __attribute__((vector_size(16)));
  Four part[kLanes / 4];
  std::memcpy(part, lane, sizeof lane);
  for (int j = 0; j < 4; ++j) part[j] += part[j + 4];
  const Four sum = (part[0] + part[2]) + (part[1] + part[3]);
  return (sum[0] + sum[2]) + (sum[1] + sum[3]);
}

LAB_INLINE float dot_of(const float* a, const float* b, int64_t n) {
  float lane[kLanes];
  int64_t i = 0;
  if (n >= kLanes) {  // the first terms, where zeros to add them to would be a call of memset
    for (int64_t j = 0; j < kLanes; ++j) lane[j] = a[j] * b[j];
    i = kLanes;
  } else {
    for (float& sum : lane) sum = 0;
  }
  for (; i + kLanes <= n; i += kLanes) {
    for (int64_t j = 0; j < kLanes; ++j) lane[j] += a[i + j] * b[i + j];
  }
  for (int64_t j = 0; i < n; ++i, ++j) lane[j] += a[i] * b[i];
  return sum_of(lane);
}

// Columns [from, from + width) of add_rows: the sums stay in registers over all entries.
template <int64_t width>
LAB_INLINE void add_columns(float* __restrict to, const float* __restrict rows,
                            const int32_t* __restrict index, const float* __restrict factor,
                            int64_t entries, int64_t n, int64_t from) {
  float sum[width];
  for (int64_t j = 0; j < width; ++j) sum[j] = to[from + j];
  for (int64_t e = 0; e < entries; ++e) {
    const float* const row = rows + index[e] * n + from;
    const float f = factor[e];
#pragma GCC unroll 64
    for (int64_t j = 0; j < width; ++j) sum[j] += f * row[j];
  }
  for (int64_t j = 0; j < width; ++j) to[from + j] = sum[j];
}

// One byte of 0 or 1 for each value.
LAB_KERNEL void mark_nonzero(const float* __restrict values, std::uint8_t* __restrict marks) {
  for (int64_t i = 0; i < kBits; ++i)
    marks[i] = (std::bit_cast<std::uint32_t>(values[i]) << 1) != 0;
}
LAB_KERNEL void mark_from(const int32_t* __restrict values, int32_t least,
                          std::uint8_t* __restrict marks) {
  for (int64_t i = 0; i < kBits; ++i) marks[i] = values[i] >= least;
}

// Eight bytes of 0 and 1 become eight bits, the first the lowest.
std::uint64_t packed(const std::uint8_t (&marks)[kBits]) {
  std::uint64_t bits = 0;
  for (int64_t i = 0; i < 8; ++i) {
    std::uint64_t eight = 0;
    std::memcpy(&eight, marks + 8 * i, 8);
    bits |= (eight * 0x0102040810204080) >> 56 << (8 * i);
  }
  return bits;
}

}  // namespace

std::uint64_t nonzero_bits(const float* values) {
  std::uint8_t marks[kBits];
  mark_nonzero(values, marks);
  return packed(marks);
}

std::uint64_t bits_from(const int32_t* values, int32_t least) {
  std::uint8_t marks[kBits];
  mark_from(values, least, marks);
  return packed(marks);
}

LAB_KERNEL float dot(const float* a, const float* b, int64_t n) {
  return dot_of(a, b, n);
}

LAB_KERNEL float squared_distance(const float* a, const float* b, int64_t n) {
  float lane[kLanes] = {};
  int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (int64_t j = 0; j < kLanes; ++j) {
      const float gap = a[i + j] - b[i + j];
      lane[j] += gap * gap;
    }
  }
  for (int64_t j = 0; i < n; ++i, ++j) lane[j] += (a[i] - b[i]) * (a[i] - b[i]);
  return sum_of(lane);
}

LAB_KERNEL void add_scaled(float* to, const float* from, float factor, int64_t n) {
  for (int64_t i = 0; i < n; ++i) to[i] += factor * from[i];
}

LAB_KERNEL void add_rows(float* __restrict to, const float* __restrict rows,
                         const int32_t* __restrict index, const float* __restrict factor,
                         int64_t entries, int64_t n) {
  int64_t d = 0;
  for (; d + 64 <= n; d += 64) add_columns<64>(to, rows, index, factor, entries, n, d);
  for (; d + 16 <= n; d += 16) add_columns<16>(to, rows, index, factor, entries, n, d);
  for (; d + 4 <= n; d += 4) add_columns<4>(to, rows, index, factor, entries, n, d);
  for (; d < n; ++d) add_columns<1>(to, rows, index, factor, entries, n, d);
}

LAB_KERNEL void dot_rows(const float* x, const float* rows, const int32_t* index, int64_t entries,
                         int64_t n, float* out) {
  for (int64_t e = 0; e < entries; ++e) out[e] = dot_of(x, rows + index[e] * n, n);
}

}  // namespace lab
