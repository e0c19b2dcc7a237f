// Arithmetic on rows of floats.
#pragma once

#include <bit>
#include <cstdint>

namespace lab {

// How many tasks a thread takes at least, each of so many multiplications: fewer do not pay for waking it.
constexpr std::int64_t tasks_a_thread(std::int64_t work_of_a_task) {
  constexpr std::int64_t worth = 1 << 15;
  return work_of_a_task >= worth ? 1 : worth / (work_of_a_task > 0 ? work_of_a_task : 1);
}

// Of kBits values: bit i is set where values[i] is not 0, or is at least `least`.
constexpr std::int64_t kBits = 64;
std::uint64_t nonzero_bits(const float* values);
std::uint64_t bits_from(const std::int32_t* values, std::int32_t least);

// Calls visit(i), in order and while it gives true, for each i below n where holds(i); bits_at(i) tells so of the
// kBits from i on.
template <class BitsAt, class Holds, class Visit>
void for_each_where(std::int64_t n, const BitsAt& bits_at, const Holds& holds, const Visit& visit) {
  std::int64_t i = 0;
  for (; i + kBits <= n; i += kBits) {
    for (std::uint64_t bits = bits_at(i); bits != 0; bits &= bits - 1) {
      if (!visit(i + std::countr_zero(bits))) return;
    }
  }
  for (; i < n; ++i) {
    if (holds(i) && !visit(i)) return;
  }
}
// Of n values: those that are not 0, or are at least `least`.
template <class Visit>
void for_each_nonzero(const float* values, std::int64_t n, const Visit& visit) {
  for_each_where(
      n, [&](std::int64_t i) { return nonzero_bits(values + i); },
      [&](std::int64_t i) { return values[i] != 0; }, visit);
}
template <class Visit>
void for_each_from(const std::int32_t* values, std::int64_t n, std::int32_t least,
                   const Visit& visit) {
  for_each_where(
      n, [&](std::int64_t i) { return bits_from(values + i, least); },
      [&](std::int64_t i) { return values[i] >= least; }, visit);
}

float dot(const float* a, const float* b, std::int64_t n);
float squared_distance(const float* a, const float* b, std::int64_t n);
void add_scaled(float* to, const float* from, float factor, std::int64_t n);  // to += factor·from

// `rows` is row-major [·, n], and row e is the one at index[e]; what is written overlaps nothing that is read.
// to += Σ_e factor[e] · row e, terms in their order, one after another.
void add_rows(float* to, const float* rows, const std::int32_t* index, const float* factor,
              std::int64_t entries, std::int64_t n);
// out[e] = dot(x, row e)
void dot_rows(const float* x, const float* rows, const std::int32_t* index, std::int64_t entries,
              std::int64_t n, float* out);

}  // namespace lab
