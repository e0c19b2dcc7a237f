#include "lab/decomposers/row_kernels.h"

#include "lab/core/kernel.h"

namespace lab {
namespace {

constexpr std::int64_t kLanes = 32;  // partial sums, so that a loop becomes vector instructions

}  // namespace

LAB_KERNEL float dot(const float* a, const float* b, std::int64_t n) {
  float lane[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::int64_t j = 0; j < kLanes; ++j) lane[j] += a[i + j] * b[i + j];
  }
  for (std::int64_t j = 0; i < n; ++i, ++j) lane[j] += a[i] * b[i];
  float sum = 0;
  for (std::int64_t j = 0; j < kLanes; ++j) sum += lane[j];
  return sum;
}

LAB_KERNEL float squared_distance(const float* a, const float* b, std::int64_t n) {
  float lane[kLanes] = {};
  std::int64_t i = 0;
  for (; i + kLanes <= n; i += kLanes) {
    for (std::int64_t j = 0; j < kLanes; ++j) {
      const float gap = a[i + j] - b[i + j];
      lane[j] += gap * gap;
    }
  }
  for (std::int64_t j = 0; i < n; ++i, ++j) lane[j] += (a[i] - b[i]) * (a[i] - b[i]);
  float sum = 0;
  for (std::int64_t j = 0; j < kLanes; ++j) sum += lane[j];
  return sum;
}

LAB_KERNEL void add_scaled(float* to, const float* from, float factor, std::int64_t n) {
  for (std::int64_t i = 0; i < n; ++i) to[i] += factor * from[i];
}

}  // namespace lab
