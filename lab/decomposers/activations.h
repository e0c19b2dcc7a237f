// Non-linearities of encoders.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace lab {

// Row by row, in place on contiguous float32: the k largest values stay when they are positive, all
// else becomes 0 (fewer than k stay where fewer are positive). Among equals the first stay (on the CPU). A row
// with NaN becomes NaN.
void keep_largest_(at::Tensor& x_BM, std::int64_t k);

}  // namespace lab
