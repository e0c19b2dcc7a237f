// Arithmetic on rows of floats.
#pragma once

#include <cstdint>

namespace lab {

// How many tasks a thread takes at least, each of so many multiplications: fewer do not pay for waking it.
constexpr std::int64_t tasks_a_thread(std::int64_t work_of_a_task) {
  constexpr std::int64_t worth = 1 << 17;
  return work_of_a_task >= worth ? 1 : worth / (work_of_a_task > 0 ? work_of_a_task : 1);
}

float dot(const float* a, const float* b, std::int64_t n);
float squared_distance(const float* a, const float* b, std::int64_t n);
void add_scaled(float* to, const float* from, float factor, std::int64_t n);  // to += factor·from

}  // namespace lab
