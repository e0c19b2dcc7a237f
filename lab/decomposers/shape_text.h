// Shapes in error messages.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>

namespace lab {

// "[3, 4]"
inline std::string shape_text(const at::Tensor& x) {
  std::string text = "[";
  for (std::int64_t i = 0; i < x.dim(); ++i) text += (i ? ", " : "") + std::to_string(x.size(i));
  return text + "]";
}

}  // namespace lab
