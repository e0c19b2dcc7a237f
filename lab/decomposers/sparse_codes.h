// Codes of which few are not 0, kept as lists, and the products that a step of a TopK-like sparse
// autoencoder makes with them: cost goes with what is active, not with what exists. CPU, float32; all of
// the run's threads are used, and no result depends on how many there are.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <vector>

namespace lab {

// Entries sample by sample, in each by ascending latent.
struct SparseCodes {
  std::int64_t samples = 0, latents = 0;
  std::vector<std::int64_t> first;   // [B + 1]: entries of sample b are first[b] … first[b + 1] − 1
  std::vector<std::int32_t> latent;  // [entries]
  std::vector<float> value;          // [entries]

  std::int64_t entries() const { return static_cast<std::int64_t>(value.size()); }
  at::Tensor dense() const;  // codes_BM
};

// What is not 0 in codes_BM (contiguous), NaN included.
SparseCodes nonzero_codes(const at::Tensor& codes_BM);

at::Tensor fired_latents(const SparseCodes& codes);  // bool [M]: has an entry

// The codes of p = pre_BM + bias_M: where positive, the k largest of every sample, or the k·B largest of
// the whole batch (rounded to a whole number). Among equals the first stay. A sample with NaN has one code, NaN (the batch: likewise).
SparseCodes largest_of_samples(const at::Tensor& pre_BM, const at::Tensor& bias_M, std::int64_t k);
SparseCodes largest_of_batch(const at::Tensor& pre_BM, const at::Tensor& bias_M, double k);

// Reconstructions by nested dictionaries: x̂_p = bias + Σ c w over the latents below prefixes[p]
// (ascending, the last one all), e_p = x̂_p − out, P of them.
struct NestedSlopes {
  double mean_squares = 0;      // mean over p of Σ_b ‖e_p‖²
  double squares = 0;           // of the last p
  std::vector<float> of_value;  // [entries]: ∂/∂c of the sum over p of scale/2·‖e_p‖²
};
// slope_PBD: [p] is the slope that latents feel which lie in prefix p but not in p − 1, Σ_{q ≥ p} scale·e_q.
NestedSlopes nested_slopes(const SparseCodes& codes, const at::Tensor& atoms_MD,
                           const at::Tensor& bias_D, const at::Tensor& out_BD,
                           const std::vector<std::int64_t>& prefixes, double scale,
                           at::Tensor& slope_PBD);

// value[e] += scale·more_M[latent of e]
void add_by_latent(const SparseCodes& codes, const at::Tensor& more_M, double scale,
                   std::vector<float>& value);

// The same entries latent by latent, in each by ascending sample.
struct ByLatent {
  std::vector<std::int64_t> first;   // [M + 1]
  std::vector<std::int32_t> sample;  // [entries]
  std::vector<std::int32_t> entry;   // [entries]: its place in SparseCodes
};
ByLatent by_latent(const SparseCodes& codes);

// Row i of `into_MD`, for i in [begin, end): Σ value·row b of rows_BD, over the entries of latent i; and, where it is
// given, element i of `values_M`: Σ value over them.
void sum_rows(const ByLatent& order, const std::vector<float>& value, const at::Tensor& rows_BD,
              std::int64_t begin, std::int64_t end, at::Tensor& into_MD,
              at::Tensor* values_M = nullptr);

}  // namespace lab
