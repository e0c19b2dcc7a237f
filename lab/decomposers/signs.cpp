#include "lab/decomposers/signs.h"

#include <ATen/ATen.h>

namespace lab {

at::Tensor largest_entry_signs(const at::Tensor& rows_MD) {
  const at::Tensor size = rows_MD.abs();
  const at::Tensor large = size >= size.amax(1, true) * (1 - 1e-6);
  return rows_MD.gather(1, large.to(at::kLong).argmax(1, true)).sign();
}

}  // namespace lab
