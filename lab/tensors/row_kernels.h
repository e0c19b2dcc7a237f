// Arithmetic on rows of floats.
#pragma once

#include <cstdint>

namespace lab {

// How many tasks a thread takes at least, each of so many multiplications: fewer do not pay for waking it.
constexpr std::int64_t tasks_a_thread(std::int64_t work_of_a_task) {
  constexpr std::int64_t worth = 1 << 17;
  return work_of_a_task >= worth ? 1 : worth / (work_of_a_task > 0 ? work_of_a_task : 1);
}

// Of kBits values: bit i is set where values[i] is not 0, or is at least `least`.
constexpr std::int64_t kBits = 64;
std::uint64_t nonzero_bits(const float* values);
std::uint64_t bits_from(const std::int32_t* values, std::int32_t least);

float dot(const float* a, const float* b, std::int64_t n);
float squared_distance(const float* a, const float* b, std::int64_t n);
void add_scaled(float* to, const float* from, float factor, std::int64_t n);  // to += factor·from

// `rows` is row-major [·, n], and row e is the one at index[e]. The first adds terms in their order, one after another.
// to += Σ_e factor[e] · row e
void add_rows(float* to, const float* rows, const std::int32_t* index, const float* factor,
              std::int64_t entries, std::int64_t n);
// out[e] = dot(x, row e)
void dot_rows(const float* x, const float* rows, const std::int32_t* index, std::int64_t entries,
              std::int64_t n, float* out);

}  // namespace lab
