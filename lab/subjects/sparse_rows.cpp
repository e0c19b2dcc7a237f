#include "lab/subjects/sparse_rows.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <bit>
#include <cstdint>
#include <functional>
#include <vector>

#include "lab/tensors/row_kernels.h"

namespace lab {
namespace {

using std::int64_t;

// What is not 0 in a row, and where: all of it, or one more than `most`.
struct Entries {
  explicit Entries(int64_t most) : place(most + 1), value(most + 1) {}

  void find(const float* row, int64_t size) {
    count = 0;
    for_each_nonzero(row, size, [&](int64_t i) {
      place[count] = static_cast<std::int32_t>(i);
      value[count] = row[i];
      return ++count < std::ssize(place);
    });
  }

  int64_t count = 0;
  std::vector<std::int32_t> place;
  std::vector<float> value;
};

}  // namespace

at::Tensor times_sparse_rows(const at::Tensor& values_BC, const at::Tensor& frames_CD) {
  const at::Tensor values = values_BC.contiguous(), frames = frames_CD.contiguous();
  const int64_t B = values.size(0), C = values.size(1), D = frames.size(1), most = C / 4;
  at::Tensor product_BD = at::empty({B, D}, values.options());
  const at::Tensor dense_B = at::zeros({B}, at::kBool);
  const float* const value = values.const_data_ptr<float>();
  const float* const frame = frames.const_data_ptr<float>();
  float* const product = product_BD.mutable_data_ptr<float>();
  bool* const dense = dense_B.mutable_data_ptr<bool>();
  at::parallel_for(0, B, 64, [&](int64_t begin, int64_t end) {
    Entries entries(most);
    for (int64_t b = begin; b < end; ++b) {
      entries.find(value + b * C, C);
      dense[b] = entries.count > most;
      if (dense[b]) continue;
      std::fill_n(product + b * D, D, 0.0F);
      add_rows(product + b * D, frame, entries.place.data(), entries.value.data(), entries.count,
               D);
    }
  });
  if (std::none_of(dense, dense + B, std::identity())) return product_BD;
  const at::Tensor rows = dense_B.nonzero().flatten();
  if (rows.numel() == B) return values.mm(frames);
  product_BD.index_copy_(0, rows, values.index_select(0, rows).mm(frames));
  return product_BD;
}

}  // namespace lab
