#include "lab/decomposers/activations.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <limits>
#include <vector>

#include "lab/decomposers/largest.h"

namespace lab {
namespace {

using std::int64_t;

void keep_largest(float* row, const float* zeros, int64_t n, int64_t k, std::int32_t* value) {
  const std::int32_t most = ordered_bits(row, zeros, n, value);
  if (most < 0) {
    std::fill_n(row, n, std::numeric_limits<float>::quiet_NaN());
    return;
  }
  Largest kept = largest(value, n, k, most);
  for (int64_t i = 0; i < n; ++i) {
    if (value[i] >= kept.least) continue;
    if (kept.room > 0 && value[i] == kept.tied) {
      --kept.room;
    } else {
      row[i] = 0;
    }
  }
}

}  // namespace

void keep_largest_(at::Tensor& x_BM, int64_t k) {
  TORCH_CHECK(x_BM.is_contiguous() && x_BM.scalar_type() == at::kFloat && x_BM.dim() == 2);
  if (!x_BM.is_cpu()) {
    const auto [value_BK, place_BK] = x_BM.relu().topk(std::min(k, x_BM.size(1)), 1);
    x_BM.zero_().scatter_(1, place_BK, value_BK);
    return;
  }
  const int64_t M = x_BM.size(1);
  float* const x = x_BM.data_ptr<float>();
  const std::vector<float> zeros(M);
  at::parallel_for(0, x_BM.size(0), 64, [&](int64_t begin, int64_t end) {
    std::vector<std::int32_t> value(M);
    for (int64_t b = begin; b < end; ++b) keep_largest(x + b * M, zeros.data(), M, k, value.data());
  });
}

at::Tensor block_norms(const at::Tensor& x_BM, int64_t block) {
  return x_BM.view({x_BM.size(0), -1, block}).norm(2, 2);
}

at::Tensor largest_blocks(const at::Tensor& x_BM, int64_t k, int64_t block) {
  at::Tensor norm_BG = block_norms(x_BM.contiguous(), block);
  keep_largest_(norm_BG, k);
  return norm_BG.ne(0).to(x_BM.scalar_type()).repeat_interleave(block, 1);
}

}  // namespace lab
