#include "lab/decomposers/pca.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "lab/core/error.h"
#include "lab/decomposers/fit_samples.h"
#include "lab/decomposers/signs.h"

namespace lab {
namespace {

constexpr std::int64_t kChunk = 8192;

// Mean and covariance over the first fit samples, in double precision, a chunk at a time.
std::pair<at::Tensor, at::Tensor> moments(const FitData& data, std::int64_t samples) {
  const std::int64_t D = data.site.output_width();
  at::Tensor shift_D, sum_D = at::zeros({D}, at::kDouble),
                      square_DD = at::zeros({D, D}, at::kDouble);
  for (std::int64_t first = 0; first < samples; first += kChunk) {
    data.stop.check();
    const std::int64_t count = std::min(kChunk, samples - first);
    at::Tensor x_BD = data.site.acts(data.world.sample("fit", first, count)).out_BD.to(at::kDouble);
    if (!shift_D.defined()) shift_D = x_BD.mean(0);  // near the mean, against cancellation
    x_BD = x_BD - shift_D;
    sum_D += x_BD.sum(0);
    square_DD.addmm_(x_BD.t(), x_BD);
  }
  const double n = static_cast<double>(samples);
  const at::Tensor offset_D = sum_D / n;
  return {shift_D + offset_D, square_DD / n - at::outer(offset_D, offset_D)};
}

}  // namespace

Fitted fit_pca(const Pca& config, const FitData& data) {
  require_one_tap(data, Pca::name);
  const std::int64_t D = data.site.output_width(), M = config.components.value_or(D);
  if (M > D) {
    throw InputError("pca: " + std::to_string(M) + " components of a tap of width " +
                     std::to_string(D) + "; lower components");
  }
  const auto [mean_D, covariance_DD] = moments(data, config.samples);
  require_finite(covariance_DD, "pca: the covariance of the activations");
  const at::Tensor vectors_DD = std::get<1>(at::linalg_eigh(covariance_DD));  // rising variance
  const at::Tensor rows_MD = vectors_DD.t().flip(0).narrow(0, 0, M);
  const at::Tensor atoms_MD = (rows_MD * largest_entry_signs(rows_MD)).to(at::kFloat).contiguous();
  const at::Tensor bias_D = mean_D.to(at::kFloat);
  AffineEncoder encoder{atoms_MD.t().contiguous(), at::zeros({M}), bias_D, "linear"};
  return {{atoms_MD, bias_D, std::move(encoder), /*signed_codes=*/true}, {}};
}

}  // namespace lab
