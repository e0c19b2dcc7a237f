// Tensors as files of numpy.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace lab {

// The bytes of a .npy file (format version 1.0, row-major, little-endian); float32, float64, float16, int64, int32, uint8
// and bool. Throws InputError for another type.
std::string to_npy(const at::Tensor& x);

}  // namespace lab
