// Signs of atoms that a method leaves open.
#pragma once

#include <ATen/core/Tensor.h>

namespace lab {

// [M, 1] ±1: what makes the entry of largest size of each row positive; of equal ones, to a relative 1e-6, the
// first counts, so that rounding does not choose.
at::Tensor largest_entry_signs(const at::Tensor& rows_MD);

}  // namespace lab
