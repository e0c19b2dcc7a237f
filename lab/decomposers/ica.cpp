#include "lab/decomposers/ica.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "lab/core/error.h"
#include "lab/decomposers/fit_samples.h"
#include "lab/decomposers/signs.h"

namespace lab {
namespace {

constexpr double flat = 1e-10;  // of the largest variance: a direction in which nothing varies

// W (Wᵀ W)^−½: rows orthonormal, none preferred.
at::Tensor decorrelated(const at::Tensor& W_KK) {
  const auto [values, vectors] = at::linalg_eigh(W_KK.mm(W_KK.t()));
  return vectors.mm(at::diag(values.clamp_min(1e-12).rsqrt())).mm(vectors.t()).mm(W_KK);
}

struct Whitened {
  at::Tensor mean_D, white_NK;
  at::Tensor to_white_DK, from_white_KD;
};

Whitened whiten(const at::Tensor& x_ND, std::optional<std::int64_t> components) {
  const at::Tensor mean_D = x_ND.mean(0), centred_ND = x_ND - mean_D;
  const auto [values, vectors] =
      at::linalg_eigh(centred_ND.t().mm(centred_ND) / static_cast<double>(x_ND.size(0)));
  const auto there = (values > flat * values.max()).sum().item<std::int64_t>();
  if (!(values.max().item<double>() > 0)) throw Failure("ica: the activations are constant");
  const std::int64_t K = components.value_or(there);
  if (K > there) {
    throw InputError("ica: " + std::to_string(K) + " components of activations that vary in " +
                     std::to_string(there) + " dimensions; lower components");
  }
  const std::int64_t D = x_ND.size(1);
  const at::Tensor scale_K = values.narrow(0, D - K, K).sqrt();
  const at::Tensor rows_DK = vectors.narrow(1, D - K, K);
  return {mean_D, centred_ND.mm(rows_DK / scale_K), rows_DK / scale_K, (rows_DK * scale_K).t()};
}

}  // namespace

Fitted fit_ica(const Ica& config, const FitData& data, std::int64_t seed) {
  require_one_tap(data, Ica::name);
  const at::NoGradGuard no_gradients;
  const at::Tensor x_ND = fit_acts(data, config.samples).out_BD.to(at::kDouble);
  require_finite(x_ND, "ica: an activation");
  const Whitened white = whiten(x_ND, config.components);
  const std::int64_t K = white.white_NK.size(1);
  const double n = static_cast<double>(x_ND.size(0));
  at::Tensor W_KK = decorrelated(normals(Draw("decomposer/ica", seed), 0, K, K).to(at::kDouble));
  bool converged = false;
  for (std::int64_t step = 0; step < config.steps && !converged; ++step) {
    data.stop.check();
    const at::Tensor g_NK = white.white_NK.mm(W_KK.t()).tanh();
    const at::Tensor slope_K = (1 - g_NK.square()).mean(0);
    const at::Tensor next_KK =
        decorrelated(g_NK.t().mm(white.white_NK) / n - slope_K.unsqueeze(1) * W_KK);
    const at::Tensor turn_K = 1 - (next_KK * W_KK).sum(1).abs();
    converged = turn_K.max().item<double>() < config.tolerance;
    W_KK = next_KK;
  }
  at::Tensor atoms_KD = W_KK.mm(white.from_white_KD), reads_DK = white.to_white_DK.mm(W_KK.t());
  const at::Tensor order = atoms_KD.square().sum(1).argsort(0, /*descending=*/true);
  const at::Tensor signs_K1 = largest_entry_signs(atoms_KD).index_select(0, order);
  atoms_KD = (atoms_KD.index_select(0, order) * signs_K1).to(at::kFloat).contiguous();
  reads_DK = (reads_DK.index_select(1, order) * signs_K1.t()).to(at::kFloat).contiguous();
  const at::Tensor bias_D = white.mean_D.to(at::kFloat);
  Record record;
  record.add("converged", Score::of(converged ? 1 : 0));
  return {{atoms_KD, bias_D, AffineEncoder{reads_DK, at::zeros({K}), bias_D, "linear"},
           /*signed_codes=*/true},
          record};
}

}  // namespace lab
