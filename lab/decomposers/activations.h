// Non-linearities of encoders.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>

namespace lab {

// Row by row, in place on contiguous float32: the k largest values stay when they are positive, all
// else becomes 0 (fewer than k stay where fewer are positive). Among equals the first stay (on the CPU). A row
// with NaN becomes NaN.
void keep_largest_(at::Tensor& x_BM, std::int64_t k);

// The norms of blocks of `block` neighbours, [B, M/block], and 1 for the latents of the k blocks of largest norm of
// each row, the first among equals, else 0; blocks of norm 0 are never among them.
at::Tensor block_norms(const at::Tensor& x_BM, std::int64_t block);
at::Tensor largest_blocks(const at::Tensor& x_BM, std::int64_t k, std::int64_t block);

}  // namespace lab
