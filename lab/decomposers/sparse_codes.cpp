#include "lab/decomposers/sparse_codes.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <bit>
#include <cmath>
#include <cstdint>
#include <functional>
#include <limits>
#include <mutex>
#include <numeric>

#include "lab/decomposers/largest.h"
#include "lab/tensors/row_kernels.h"

namespace lab {
namespace {

using std::int32_t, std::int64_t;

constexpr int64_t kRows = 32;  // samples a task
constexpr int kBinBits = 16;   // values that share their upper bits share a bin
constexpr int64_t kBins = 1 << 15;

// A piece of the list: some samples' entries.
struct Piece {
  std::vector<int64_t> counts;  // of each sample
  std::vector<int32_t> latent;
  std::vector<float> value;
};

void add_nan(Piece& piece) {
  piece.latent.push_back(0);
  piece.value.push_back(std::numeric_limits<float>::quiet_NaN());
}

void add_kept(const int32_t* value, int64_t n, Largest kept, Piece& piece) {
  const int32_t from = kept.room > 0 ? kept.tied : kept.least;
  for_each_from(value, n, from, [&](int64_t i) {
    if (value[i] < kept.least && kept.room-- <= 0) return true;
    piece.latent.push_back(static_cast<int32_t>(i));
    piece.value.push_back(std::bit_cast<float>(value[i]));
    return true;
  });
}

// Calls work(bits of a sample's codes, its largest or −1, piece) for every sample.
template <typename Work>
std::vector<Piece> by_sample(const at::Tensor& pre_BM, const at::Tensor& bias_M, const Work& work) {
  TORCH_CHECK(pre_BM.is_contiguous() && pre_BM.is_cpu() && bias_M.is_contiguous());
  const int64_t B = pre_BM.size(0), M = pre_BM.size(1);
  const float *const pre = pre_BM.data_ptr<float>(), *const bias = bias_M.data_ptr<float>();
  std::vector<Piece> pieces((B + kRows - 1) / kRows);
  const auto tasks = static_cast<int64_t>(pieces.size());
  at::parallel_for(0, tasks, tasks_a_thread(kRows * M * 4), [&](int64_t begin, int64_t end) {
    std::vector<int32_t> value(M);
    for (int64_t p = begin; p < end; ++p) {
      for (int64_t b = p * kRows; b < std::min(B, (p + 1) * kRows); ++b) {
        const int32_t most = ordered_bits(pre + b * M, bias, M, value.data());
        const std::size_t before = pieces[p].value.size();
        work(value.data(), most, pieces[p]);
        pieces[p].counts.push_back(static_cast<int64_t>(pieces[p].value.size() - before));
      }
    }
  });
  return pieces;
}

SparseCodes joined(const std::vector<Piece>& pieces, const at::Tensor& pre_BM) {
  SparseCodes codes{pre_BM.size(0), pre_BM.size(1), {0}, {}, {}};
  for (const Piece& piece : pieces) {
    for (const int64_t count : piece.counts) codes.first.push_back(codes.first.back() + count);
    codes.latent.insert(codes.latent.end(), piece.latent.begin(), piece.latent.end());
    codes.value.insert(codes.value.end(), piece.value.begin(), piece.value.end());
  }
  return codes;
}

// How many values fall into each bin; 0 is not counted. `broken` when one is NaN.
std::vector<int64_t> histogram(const at::Tensor& pre_BM, const at::Tensor& bias_M, bool& broken) {
  const int64_t M = pre_BM.size(1);
  std::vector<int64_t> total(kBins);
  std::mutex adding;
  const float* const pre = pre_BM.data_ptr<float>();
  const float* const bias = bias_M.data_ptr<float>();
  at::parallel_for(0, pre_BM.size(0), tasks_a_thread(M * 4), [&](int64_t begin, int64_t end) {
    std::vector<int32_t> value(M);
    std::vector<std::uint32_t> count(kBins);  // the first, of 0, may run over: nobody reads it
    bool nan = false;
    for (int64_t b = begin; b < end; ++b) {
      nan |= ordered_bits(pre + b * M, bias, M, value.data()) < 0;
      for (int64_t i = 0; i < M; ++i) ++count[value[i] >> kBinBits];
    }
    const std::scoped_lock lock(adding);
    broken |= nan;
    for (int64_t bin = 1; bin < kBins; ++bin) total[bin] += count[bin];
  });
  return total;
}

// The wanted-th largest value of all, exactly, and how many are larger; 0 where there are not so many.
struct Threshold {
  int32_t value = 0;
  int64_t larger = 0;
};

Threshold threshold(const at::Tensor& pre_BM, const at::Tensor& bias_M,
                    const std::vector<int64_t>& histogram, int64_t wanted) {
  int64_t larger = 0, bin = kBins - 1;
  for (; bin > 0 && larger + histogram[bin] < wanted; --bin) larger += histogram[bin];
  if (bin == 0) return {};
  const auto low = static_cast<int32_t>(bin << kBinBits);
  const int32_t high = low + (1 << kBinBits) - 1;
  const auto collect = [&](const int32_t* value, int32_t, Piece& piece) {
    for_each_from(value, pre_BM.size(1), low, [&](int64_t i) {
      if (value[i] <= high) piece.latent.push_back(value[i]);
      return true;
    });
  };
  std::vector<int32_t> candidates;
  for (const Piece& piece : by_sample(pre_BM, bias_M, collect)) {
    candidates.insert(candidates.end(), piece.latent.begin(), piece.latent.end());
  }
  const auto at = candidates.begin() + (wanted - larger - 1);
  std::nth_element(candidates.begin(), at, candidates.end(), std::greater<>());
  const int32_t value = *at;
  larger += std::count_if(candidates.begin(), candidates.end(),
                          [value](int32_t other) { return other > value; });
  return {value, larger};
}

// Of the entries that equal `tied` all but the first `room` go.
void drop_ties(SparseCodes& codes, float tied, int64_t room) {
  int64_t kept = 0, entry = 0;
  for (int64_t b = 0; b < codes.samples; ++b) {
    const int64_t end = codes.first[b + 1];
    codes.first[b] = kept;
    for (; entry < end; ++entry) {
      if (codes.value[entry] == tied && room-- <= 0) continue;
      codes.latent[kept] = codes.latent[entry];
      codes.value[kept++] = codes.value[entry];
    }
  }
  codes.first[codes.samples] = kept;
  codes.latent.resize(kept);
  codes.value.resize(kept);
}

}  // namespace

at::Tensor SparseCodes::dense() const {
  at::Tensor codes_BM = at::zeros({samples, latents});
  float* const to = codes_BM.data_ptr<float>();
  for (int64_t b = 0; b < samples; ++b) {
    for (int64_t e = first[b]; e < first[b + 1]; ++e) to[b * latents + latent[e]] = value[e];
  }
  return codes_BM;
}

SparseCodes nonzero_codes(const at::Tensor& codes_BM) {
  const int64_t B = codes_BM.size(0), M = codes_BM.size(1), last = M / kBits * kBits;
  TORCH_CHECK(codes_BM.is_contiguous() && codes_BM.is_cpu());
  const float* const code = codes_BM.const_data_ptr<float>();
  SparseCodes codes{B, M, std::vector<int64_t>(B + 1), {}, {}};
  const auto by_row = [&](const auto& work) {
    at::parallel_for(0, B, tasks_a_thread(M), [&](int64_t begin, int64_t end) {
      for (int64_t b = begin; b < end; ++b) work(b, code + b * M);
    });
  };
  by_row([&](int64_t b, const float* row) {
    int64_t count = M - last - std::count(row + last, row + M, 0.F);
    for (int64_t i = 0; i < last; i += kBits) count += std::popcount(nonzero_bits(row + i));
    codes.first[b + 1] = count;
  });
  std::partial_sum(codes.first.begin(), codes.first.end(), codes.first.begin());
  codes.latent.resize(codes.first[B]);
  codes.value.resize(codes.first[B]);
  by_row([&](int64_t b, const float* row) {
    int64_t entry = codes.first[b];
    for_each_nonzero(row, M, [&](int64_t i) {
      codes.latent[entry] = static_cast<int32_t>(i);
      codes.value[entry++] = row[i];
      return true;
    });
  });
  return codes;
}

at::Tensor fired_latents(const SparseCodes& codes) {
  at::Tensor fired_M = at::zeros({codes.latents}, at::kBool);
  bool* const fired = fired_M.data_ptr<bool>();
  for (const int32_t latent : codes.latent) fired[latent] = true;
  return fired_M;
}

SparseCodes largest_of_samples(const at::Tensor& pre_BM, const at::Tensor& bias_M, int64_t k) {
  const int64_t M = pre_BM.size(1);
  const auto select = [&](const int32_t* value, int32_t most, Piece& piece) {
    if (most < 0) {
      add_nan(piece);
    } else {
      add_kept(value, M, largest(value, M, k, most), piece);
    }
  };
  return joined(by_sample(pre_BM, bias_M, select), pre_BM);
}

SparseCodes largest_of_batch(const at::Tensor& pre_BM, const at::Tensor& bias_M, double k) {
  const int64_t M = pre_BM.size(1);
  bool broken = false;
  const std::vector<int64_t> bins = histogram(pre_BM, bias_M, broken);
  if (broken) {
    Piece piece{std::vector<int64_t>(pre_BM.size(0)), {}, {}};
    piece.counts[0] = 1;
    add_nan(piece);
    return joined({piece}, pre_BM);
  }
  const int64_t wanted = std::llround(k * static_cast<double>(pre_BM.size(0)));
  const Threshold last = threshold(pre_BM, bias_M, bins, wanted);
  const int64_t all = std::numeric_limits<int64_t>::max();
  const auto select = [&](const int32_t* value, int32_t, Piece& piece) {
    add_kept(value, M, {last.value + 1, last.value, last.value > 0 ? all : 0}, piece);
  };
  SparseCodes codes = joined(by_sample(pre_BM, bias_M, select), pre_BM);
  if (codes.entries() > wanted) {
    drop_ties(codes, std::bit_cast<float>(last.value), wanted - last.larger);
  }
  return codes;
}

}  // namespace lab
