// Arithmetic on rows of floats.
#pragma once

#include <cstdint>

namespace lab {

float dot(const float* a, const float* b, std::int64_t n);
float squared_distance(const float* a, const float* b, std::int64_t n);
void add_scaled(float* to, const float* from, float factor, std::int64_t n);  // to += factor·from

}  // namespace lab
