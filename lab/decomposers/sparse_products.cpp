// The products of sparse_codes.h.
#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <numeric>
#include <utility>

#include "lab/core/kernel.h"
#include "lab/decomposers/sparse_codes.h"
#include "lab/tensors/row_kernels.h"

namespace lab {
namespace {

using std::int32_t, std::int64_t;

// slope = scale·(said − out)
LAB_KERNEL void scaled_error(const float* said, const float* out, float scale, float* slope,
                             int64_t n) {
  for (int64_t d = 0; d < n; ++d) slope[d] = scale * (said[d] - out[d]);
}

const float* rows_of(const at::Tensor& x) {
  TORCH_CHECK(x.is_contiguous() && x.is_cpu() && x.scalar_type() == at::kFloat);
  return x.data_ptr<float>();
}

// What one sample needs of the products.
struct Sample {
  const float *atoms, *bias, *out;
  float* slope;  // of its first prefix; the next one's is `stride` further
  int64_t stride, D;
  float scale;
};

// Errors of all prefixes, then the slopes of the entries [begin, end). Adds to squares[p].
void sample_slopes(const SparseCodes& codes, int64_t begin, int64_t end,
                   const std::vector<int64_t>& prefixes, const Sample& s, std::vector<float>& said,
                   std::vector<double>& squares, float* of_value) {
  const auto P = static_cast<int64_t>(prefixes.size());
  const auto end_of_prefix = [&](int64_t entry, int64_t p) {
    if (p + 1 == P) return end;
    while (entry < end && codes.latent[entry] < prefixes[p]) ++entry;
    return entry;
  };
  std::copy_n(s.bias, s.D, said.begin());
  int64_t entry = begin;
  for (int64_t p = 0; p < P; ++p) {
    const int64_t last = end_of_prefix(entry, p);
    add_rows(said.data(), s.atoms, codes.latent.data() + entry, codes.value.data() + entry,
             last - entry, s.D);
    entry = last;
    squares[p] += static_cast<double>(squared_distance(said.data(), s.out, s.D));
    scaled_error(said.data(), s.out, s.scale, s.slope + p * s.stride, s.D);
  }
  for (int64_t p = P - 2; p >= 0; --p) {
    add_scaled(s.slope + p * s.stride, s.slope + (p + 1) * s.stride, 1, s.D);
  }
  entry = begin;
  for (int64_t p = 0; p < P; ++p) {
    const int64_t last = end_of_prefix(entry, p);
    dot_rows(s.slope + p * s.stride, s.atoms, codes.latent.data() + entry, last - entry, s.D,
             of_value + entry);
    entry = last;
  }
}

}  // namespace

NestedSlopes nested_slopes(const SparseCodes& codes, const at::Tensor& atoms_MD,
                           const at::Tensor& bias_D, const at::Tensor& out_BD,
                           const std::vector<int64_t>& prefixes, double scale,
                           at::Tensor& slope_PBD) {
  const int64_t B = codes.samples, D = atoms_MD.size(1);
  const std::size_t P = prefixes.size();
  const at::Tensor target_BD = out_BD.contiguous();
  const float *const atoms = rows_of(atoms_MD), *const bias = rows_of(bias_D),
                     *const out = rows_of(target_BD);
  rows_of(slope_PBD);
  float* const slope = slope_PBD.data_ptr<float>();
  NestedSlopes result;
  result.of_value.resize(codes.entries());
  constexpr int64_t kRows = 32;
  const int64_t blocks = (B + kRows - 1) / kRows;
  std::vector<std::vector<double>> squares(blocks, std::vector<double>(P));
  const int64_t work = 2 * D * codes.entries() / std::max<int64_t>(1, blocks);
  at::parallel_for(0, blocks, tasks_a_thread(work), [&](int64_t begin, int64_t end) {
    std::vector<float> said(D);
    for (int64_t block = begin; block < end; ++block) {
      for (int64_t b = block * kRows; b < std::min(B, (block + 1) * kRows); ++b) {
        const Sample sample{
            atoms, bias, out + b * D, slope + b * D, B * D, D, static_cast<float>(scale)};
        sample_slopes(codes, codes.first[b], codes.first[b + 1], prefixes, sample, said,
                      squares[block], result.of_value.data());
      }
    }
  });
  for (const std::vector<double>& of_block : squares) {
    result.mean_squares += std::accumulate(of_block.begin(), of_block.end(), 0.0);
    result.squares += of_block.back();
  }
  result.mean_squares /= static_cast<double>(P);
  return result;
}

void add_by_latent(const SparseCodes& codes, const at::Tensor& more_M, double scale,
                   std::vector<float>& value) {
  const float* const more = rows_of(more_M);
  const auto factor = static_cast<float>(scale);
  for (std::size_t e = 0; e < value.size(); ++e) value[e] += factor * more[codes.latent[e]];
}

// Each thread counts and places the entries of its own samples.
ByLatent by_latent(const SparseCodes& codes) {
  const int64_t B = codes.samples, M = codes.latents;
  const int64_t worth = codes.entries() / std::max<int64_t>(2048, 2 * M);  // more would count zeros
  const int64_t parts = std::clamp<int64_t>(worth, 1, std::min<int64_t>(at::get_num_threads(), B));
  std::vector<int64_t> next(parts * M);  // counts of a part's entries, then where its next one goes
  const auto by_part = [&](const auto& work) {
    at::parallel_for(0, parts, 1, [&](int64_t begin, int64_t end) {
      for (int64_t p = begin; p < end; ++p) {
        for (int64_t b = p * B / parts; b < (p + 1) * B / parts; ++b) {
          for (int64_t e = codes.first[b]; e < codes.first[b + 1]; ++e) {
            work(next[p * M + codes.latent[e]], b, e);
          }
        }
      }
    });
  };
  by_part([](int64_t& count, int64_t, int64_t) { ++count; });
  ByLatent order;
  order.first.resize(M + 1);
  int64_t before = 0;
  for (int64_t i = 0; i < M; ++i) {
    order.first[i] = before;
    for (int64_t p = 0; p < parts; ++p) before += std::exchange(next[p * M + i], before);
  }
  order.first[M] = before;
  order.sample.resize(codes.entries());
  order.entry.resize(codes.entries());
  by_part([&](int64_t& place, int64_t b, int64_t e) {
    order.sample[place] = static_cast<int32_t>(b);
    order.entry[place++] = static_cast<int32_t>(e);
  });
  return order;
}

void sum_rows(const ByLatent& order, const std::vector<float>& value, const at::Tensor& rows_BD,
              int64_t begin, int64_t end, at::Tensor& into_MD, at::Tensor* values_M) {
  const int64_t D = rows_BD.size(1);
  const float* const rows = rows_of(rows_BD);
  rows_of(into_MD);
  float* const into = into_MD.data_ptr<float>();
  if (values_M != nullptr) rows_of(*values_M);
  float* const values = values_M != nullptr ? values_M->data_ptr<float>() : nullptr;
  const int64_t work =
      D * (order.first[end] - order.first[begin]) / std::max<int64_t>(1, end - begin);
  at::parallel_for(begin, end, tasks_a_thread(work + D), [&](int64_t from, int64_t to) {
    std::vector<float> factor;
    for (int64_t i = from; i < to; ++i) {
      const int64_t first = order.first[i], entries = order.first[i + 1] - first;
      factor.resize(entries);
      for (int64_t e = 0; e < entries; ++e) factor[e] = value[order.entry[first + e]];
      std::fill_n(into + i * D, D, 0.F);
      add_rows(into + i * D, rows, order.sample.data() + first, factor.data(), entries, D);
      if (values != nullptr) values[i] = std::accumulate(factor.begin(), factor.end(), 0.F);
    }
  });
}

}  // namespace lab
