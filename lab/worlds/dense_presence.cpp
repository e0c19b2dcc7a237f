#include "lab/worlds/dense_presence.h"

#include <algorithm>
#include <cmath>

#include "lab/core/kernel.h"

namespace lab {
namespace {

// The word's upper half is converted as a signed number: processors have no other vector conversion.
// What is absent is masked out, because a branch would stop vectorisation.
LAB_KERNEL void fill_row(std::int64_t size, const std::uint32_t* __restrict words,
                         const std::uint32_t* __restrict greatest, const float* __restrict scale,
                         float low, float range, float* __restrict values,
                         std::uint8_t* __restrict present) {
  for (std::int64_t i = 0; i < size; ++i) {
    const auto half = static_cast<float>(static_cast<std::int32_t>(words[i] >> 1));
    const float u = (2 * half + 1) * scale[i];
    const float value = low + range * (u < 1.0F ? u : 1.0F);
    const std::uint32_t mask = words[i] <= greatest[i] ? ~0U : 0U;
    values[i] = __builtin_bit_cast(float, __builtin_bit_cast(std::uint32_t, value) & mask);
  }
  for (std::int64_t i = 0; i < size; ++i) present[i] = words[i] <= greatest[i] ? 1 : 0;
}

}  // namespace

DensePresence::DensePresence(std::span<const double> probabilities) {
  for (const double p : probabilities) {
    const double count = std::max(1.0, std::round(p * 0x1p32));
    greatest_.push_back(static_cast<std::uint32_t>(count - 1));
    scale_.push_back(static_cast<float>(1 / count));
  }
}

void DensePresence::fill(const Draw& draw, std::int64_t first, std::int64_t samples,
                         std::int64_t stride, float low, float high, float* values,
                         bool* present) const {
  static_assert(sizeof(bool) == 1);
  const std::int64_t rows =
      std::clamp<std::int64_t>(8192 / std::max<std::int64_t>(size(), 1), 1, 64);
  std::vector<std::uint32_t> words(static_cast<std::size_t>(rows * size()));
  for (std::int64_t done = 0; done < samples; done += rows) {
    const std::int64_t count = std::min(rows, samples - done);
    draw.words(first + done, count, size(), words.data());
    for (std::int64_t row = 0; row < count; ++row) {
      const std::int64_t at = (done + row) * stride;
      fill_row(size(), words.data() + row * size(), greatest_.data(), scale_.data(), low,
               high - low, values + at, reinterpret_cast<std::uint8_t*>(present + at));
    }
  }
}

}  // namespace lab
