// A product with a matrix whose rows hold mostly zeros.
#pragma once

#include <ATen/core/Tensor.h>

namespace lab {

// values_BC · frames_CD, both float32. A row costs what is not 0 in it, as long as that is at most a quarter of it: its
// terms are added one by one, in their order, so that its result depends on nothing but the row. Other rows go through
// LibTorch's product together.
at::Tensor times_sparse_rows(const at::Tensor& values_BC, const at::Tensor& frames_CD);

}  // namespace lab
