#include "lab/decomposers/sae_kernels.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <numeric>
#include <vector>

#include "lab/core/kernel.h"
#include "lab/tensors/row_kernels.h"

namespace lab {
namespace {

using std::int64_t;

constexpr int64_t kRows = 64;  // of a block: sums are taken block by block, whoever does which

LAB_KERNEL int64_t relu_row(float* p, const float* bias, float* sum, int64_t M) {
  int32_t count = 0;
  for (int64_t i = 0; i < M; ++i) {
    const float v = p[i] + bias[i];
    const float code = v <= 0 ? 0 : v;
    p[i] = code;
    sum[i] += code;
    count += code != 0;
  }
  return count;
}

LAB_KERNEL void error_row(float* said, const float* bias, const float* out, float scale, float* sum,
                          float* square, int64_t D) {
  for (int64_t d = 0; d < D; ++d) {
    const float error = said[d] + bias[d] - out[d];
    square[d] += error * error;
    said[d] = scale * error;
    sum[d] += said[d];
  }
}

LAB_KERNEL void relu_slope_row(float* slope, const float* code, const float* more, float scale,
                               float* sum, int64_t M) {
  for (int64_t i = 0; i < M; ++i) {  // bits, since a comparison of floats keeps the loop scalar
    const std::uint32_t fires = (std::bit_cast<std::uint32_t>(code[i]) << 1) != 0 ? ~0U : 0U;
    const auto s = std::bit_cast<std::uint32_t>(slope[i] + scale * more[i]);
    const auto kept = std::bit_cast<float>(s & fires);
    slope[i] = kept;
    sum[i] += kept;
  }
}

LAB_KERNEL void add_squared_gaps(const float* x, const float* from, float* sum, int64_t n) {
  for (int64_t i = 0; i < n; ++i) sum[i] += (x[i] - from[i]) * (x[i] - from[i]);
}

LAB_KERNEL void difference(const float* a, const float* b, float* out, int64_t n) {
  for (int64_t i = 0; i < n; ++i) out[i] = a[i] - b[i];
}

LAB_KERNEL void divide(float* x, float by, int64_t n) {
  for (int64_t i = 0; i < n; ++i) x[i] /= by;
}

// Calls work(row, sums) for every row, where `sums` are `width` numbers of the row's block; they are
// added up, block after block, into `total`.
void by_blocks(int64_t rows, int64_t width, float* total,
               const std::function<void(int64_t, float*)>& work) {
  const int64_t blocks = (rows + kRows - 1) / kRows;
  std::vector<float> sums(blocks * width);
  at::parallel_for(0, blocks, tasks_a_thread(kRows * width), [&](int64_t begin, int64_t end) {
    for (int64_t block = begin; block < end; ++block) {
      const int64_t last = std::min(rows, (block + 1) * kRows);
      for (int64_t row = block * kRows; row < last; ++row) work(row, sums.data() + block * width);
    }
  });
  std::fill_n(total, width, 0.F);
  for (int64_t block = 0; block < blocks; ++block) {
    add_scaled(total, sums.data() + block * width, 1, width);
  }
}

bool plain(const at::Tensor& x) {
  return x.is_cpu() && x.is_contiguous() && x.scalar_type() == at::kFloat;
}

}  // namespace

void subtract_row(const at::Tensor& x_BD, const at::Tensor& row_D, at::Tensor& out_BD) {
  if (!plain(x_BD) || !plain(row_D) || !plain(out_BD)) {
    at::sub_out(out_BD, x_BD, row_D);
    return;
  }
  const int64_t D = x_BD.size(1);
  const float *const x = x_BD.const_data_ptr<float>(), *const row = row_D.const_data_ptr<float>();
  float* const out = out_BD.data_ptr<float>();
  at::parallel_for(0, x_BD.size(0), tasks_a_thread(16 * D), [&](int64_t begin, int64_t end) {
    for (int64_t b = begin; b < end; ++b) difference(x + b * D, row, out + b * D, D);
  });
}

Fired relu_codes_(at::Tensor& pre_BM, const at::Tensor& bias_M) {
  if (!plain(pre_BM)) {
    pre_BM.add_(bias_M).relu_();
    const at::Tensor sum_M = pre_BM.sum(0);
    return {sum_M, sum_M > 0, pre_BM.ne(0).sum().item<double>()};
  }
  const int64_t B = pre_BM.size(0), M = pre_BM.size(1);
  const float* const bias = bias_M.data_ptr<float>();
  float* const p = pre_BM.data_ptr<float>();
  Fired fired{at::empty({M}), at::empty({M}, at::kBool), 0};
  std::vector<int64_t> counts(B);
  float* const sum = fired.sum_M.data_ptr<float>();
  by_blocks(B, M, sum,
            [&](int64_t b, float* sums) { counts[b] = relu_row(p + b * M, bias, sums, M); });
  std::transform(sum, sum + M, fired.any_M.data_ptr<bool>(), [](float codes) { return codes > 0; });
  for (const int64_t count : counts) fired.count += static_cast<double>(count);
  return fired;
}

double error_slope_(at::Tensor& said_BD, const at::Tensor& bias_D, const at::Tensor& out_BD,
                    double scale, at::Tensor& sum_D) {
  if (!plain(said_BD)) {
    said_BD.add_(bias_D).sub_(out_BD);
    const double square = said_BD.square().sum().item<double>();
    said_BD.mul_(scale);
    at::sum_out(sum_D, said_BD, 0);
    return square;
  }
  const at::Tensor target_BD = out_BD.contiguous();
  const int64_t B = said_BD.size(0), D = said_BD.size(1);
  float* const said = said_BD.data_ptr<float>();
  const float *const bias = bias_D.data_ptr<float>(), *const out = target_BD.data_ptr<float>();
  std::vector<float> sums(2 * D);
  by_blocks(B, 2 * D, sums.data(), [&](int64_t b, float* sum) {
    error_row(said + b * D, bias, out + b * D, static_cast<float>(scale), sum, sum + D, D);
  });
  std::copy_n(sums.data(), D, sum_D.data_ptr<float>());
  double square = 0;
  for (int64_t d = 0; d < D; ++d) square += static_cast<double>(sums[D + d]);
  return square;
}

void through_relu_(at::Tensor& slope_BM, const at::Tensor& codes_BM, const at::Tensor& more_M,
                   double scale, at::Tensor& sum_M) {
  if (!plain(slope_BM)) {
    slope_BM.add_(more_M, scale).masked_fill_(codes_BM == 0, 0);
    at::sum_out(sum_M, slope_BM, 0);
    return;
  }
  const int64_t B = slope_BM.size(0), M = slope_BM.size(1);
  float* const slope = slope_BM.data_ptr<float>();
  const float *const code = codes_BM.data_ptr<float>(), *const more = more_M.data_ptr<float>();
  by_blocks(B, M, sum_M.data_ptr<float>(), [&](int64_t b, float* sum) {
    relu_slope_row(slope + b * M, code + b * M, more, static_cast<float>(scale), sum, M);
  });
}

at::Tensor row_norms(const at::Tensor& rows_MD) {
  if (!plain(rows_MD)) return rows_MD.norm(2, 1);
  const int64_t M = rows_MD.size(0), D = rows_MD.size(1);
  at::Tensor norm_M = at::empty({M}, rows_MD.options().requires_grad(false));
  float* const norm = norm_M.data_ptr<float>();
  const float* const row = rows_MD.const_data_ptr<float>();
  at::parallel_for(0, M, tasks_a_thread(D), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) norm[i] = std::sqrt(dot(row + i * D, row + i * D, D));
  });
  return norm_M;
}

double add_norm_slopes_(const at::Tensor& rows_MD, const at::Tensor& norm_M,
                        const at::Tensor& weight_M, double scale, at::Tensor& grad_MD) {
  if (!plain(rows_MD) || !plain(norm_M) || !plain(weight_M) || !plain(grad_MD)) {
    const at::Tensor share_M = (weight_M / norm_M).masked_fill_(norm_M == 0, 0);
    grad_MD.addcmul_(rows_MD, share_M.unsqueeze(1), scale);
    return weight_M.dot(norm_M).item<double>();
  }
  const int64_t M = rows_MD.size(0), D = rows_MD.size(1);
  const float *const row = rows_MD.const_data_ptr<float>(),
                     *const norm = norm_M.const_data_ptr<float>(),
                     *const weight = weight_M.const_data_ptr<float>();
  float* const grad = grad_MD.data_ptr<float>();
  at::parallel_for(0, M, tasks_a_thread(D), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      if (norm[i] == 0 || weight[i] == 0 || scale == 0) continue;
      add_scaled(grad + i * D, row + i * D, static_cast<float>(scale * weight[i] / norm[i]), D);
    }
  });
  double sum = 0;
  for (int64_t i = 0; i < M; ++i) sum += static_cast<double>(weight[i]) * norm[i];
  return sum;
}

void column_sums(const at::Tensor& x_BD, at::Tensor& sum_D) {
  if (!plain(x_BD)) {
    at::sum_out(sum_D, x_BD, 0);
    return;
  }
  const int64_t D = x_BD.size(1);
  const float* const x = x_BD.const_data_ptr<float>();
  by_blocks(x_BD.size(0), D, sum_D.data_ptr<float>(),
            [&](int64_t b, float* sum) { add_scaled(sum, x + b * D, 1, D); });
}

double total_variance(const at::Tensor& x_BD) {
  if (!plain(x_BD)) return x_BD.var(0, /*unbiased=*/false).sum().item<double>();
  const int64_t B = x_BD.size(0), D = x_BD.size(1);
  const float* const x = x_BD.const_data_ptr<float>();
  at::Tensor mean_D = at::empty({D});
  column_sums(x_BD, mean_D);
  float* const mean = mean_D.data_ptr<float>();
  divide(mean, static_cast<float>(B), D);
  std::vector<float> squares(D);
  by_blocks(B, D, squares.data(),
            [&](int64_t b, float* sum) { add_squared_gaps(x + b * D, mean, sum, D); });
  return std::accumulate(squares.begin(), squares.end(), 0.0) / static_cast<double>(B);
}

void project_rows_(at::Tensor& grad_MD, const at::Tensor& unit_MD) {
  if (!plain(grad_MD) || !plain(unit_MD)) {
    grad_MD.addcmul_(unit_MD, (grad_MD * unit_MD).sum(1, /*keepdim=*/true), -1);
    return;
  }
  const int64_t D = grad_MD.size(1);
  float* const grad = grad_MD.data_ptr<float>();
  const float* const unit = unit_MD.data_ptr<float>();
  at::parallel_for(0, grad_MD.size(0), tasks_a_thread(D), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      add_scaled(grad + i * D, unit + i * D, -dot(grad + i * D, unit + i * D, D), D);
    }
  });
}

void normalise_rows_(at::Tensor& rows_MD) {
  if (!plain(rows_MD)) {
    rows_MD.div_(rows_MD.norm(2, 1, /*keepdim=*/true).clamp_min(1e-12));
    return;
  }
  constexpr float nan = std::numeric_limits<float>::quiet_NaN();  // no silent 0 for what ran over
  const int64_t D = rows_MD.size(1);
  float* const rows = rows_MD.data_ptr<float>();
  at::parallel_for(0, rows_MD.size(0), tasks_a_thread(D), [&](int64_t begin, int64_t end) {
    for (int64_t i = begin; i < end; ++i) {
      float* const row = rows + i * D;
      const float norm = std::sqrt(dot(row, row, D));
      divide(row, std::isfinite(norm) ? std::max(norm, 1e-12F) : nan, D);
    }
  });
}

}  // namespace lab
