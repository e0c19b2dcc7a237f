#include "lab/subjects/sparse_rows.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <vector>

#include "lab/core/kernel.h"

namespace lab {
namespace {

using std::int64_t;

constexpr int64_t kBlock = 64;  // values looked at together

// Bits that some value has beside its sign: 0 when all are 0.
LAB_KERNEL std::uint32_t any_bits(const float* __restrict values) {
  std::uint32_t any = 0;
  for (int64_t i = 0; i < kBlock; ++i) any |= std::bit_cast<std::uint32_t>(values[i]) << 1;
  return any;
}

LAB_KERNEL void add_four(int64_t size, const float* __restrict scale, const float* __restrict a,
                         const float* __restrict b, const float* __restrict c,
                         const float* __restrict d, float* __restrict sum) {
  for (int64_t i = 0; i < size; ++i) {
    sum[i] = (((sum[i] + scale[0] * a[i]) + scale[1] * b[i]) + scale[2] * c[i]) + scale[3] * d[i];
  }
}

LAB_KERNEL void add_one(int64_t size, float scale, const float* __restrict a,
                        float* __restrict sum) {
  for (int64_t i = 0; i < size; ++i) sum[i] += scale * a[i];
}

// Where a row is not 0. Gives up, with more than `most` places, once there are more.
void find(const float* row, int64_t size, int64_t most, std::vector<int64_t>& places) {
  places.clear();
  const auto look = [&](int64_t begin, int64_t end) {
    std::size_t found = places.size();
    places.resize(found + static_cast<std::size_t>(end - begin));
    for (int64_t i = begin; i < end; ++i) {  // no branch: which values are 0 cannot be predicted
      places[found] = i;
      found += row[i] != 0 ? 1 : 0;
    }
    places.resize(found);
  };
  int64_t begin = 0;
  for (; begin + kBlock <= size && std::ssize(places) <= most; begin += kBlock) {
    if (any_bits(row + begin) != 0) look(begin, begin + kBlock);
  }
  if (std::ssize(places) <= most) look(begin, size);
}

void add_terms(const float* row, const std::vector<int64_t>& places, const float* frames,
               int64_t width, float* sum) {
  std::fill_n(sum, width, 0.0F);
  const int64_t n = std::ssize(places);
  const int64_t* const at = places.data();
  int64_t i = 0;
  for (; i + 4 <= n; i += 4) {
    const float scale[] = {row[at[i]], row[at[i + 1]], row[at[i + 2]], row[at[i + 3]]};
    add_four(width, scale, frames + at[i] * width, frames + at[i + 1] * width,
             frames + at[i + 2] * width, frames + at[i + 3] * width, sum);
  }
  for (; i < n; ++i) add_one(width, row[at[i]], frames + at[i] * width, sum);
}

}  // namespace

at::Tensor times_sparse_rows(const at::Tensor& values_BC, const at::Tensor& frames_CD) {
  const at::Tensor values = values_BC.contiguous(), frames = frames_CD.contiguous();
  const int64_t B = values.size(0), C = values.size(1), D = frames.size(1), most = C / 8;
  at::Tensor product_BD = at::empty({B, D}, values.options());
  const at::Tensor dense_B = at::zeros({B}, at::kBool);
  const float* const value = values.const_data_ptr<float>();
  const float* const frame = frames.const_data_ptr<float>();
  float* const product = product_BD.mutable_data_ptr<float>();
  bool* const dense = dense_B.mutable_data_ptr<bool>();
  at::parallel_for(0, B, 64, [&](int64_t begin, int64_t end) {
    std::vector<int64_t> places;
    for (int64_t b = begin; b < end; ++b) {
      find(value + b * C, C, most, places);
      dense[b] = std::ssize(places) > most;
      if (!dense[b]) add_terms(value + b * C, places, frame, D, product + b * D);
    }
  });
  const at::Tensor rows = dense_B.nonzero().flatten();
  if (rows.numel() == B) return values.mm(frames);
  if (rows.numel() > 0) product_BD.index_copy_(0, rows, values.index_select(0, rows).mm(frames));
  return product_BD;
}

}  // namespace lab
