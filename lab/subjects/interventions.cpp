#include "lab/subjects/interventions.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "lab/core/error.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

// Singular values below this share of the largest count as 0.
constexpr double negligible = 1e-6;

struct Moments {
  at::Tensor centered_BD, mean_D;  // float64
  at::Tensor whitening_DD, unwhitening_DD;
  at::Tensor varied_DR;  // orthonormal columns: the directions in which activations vary at all
};

Moments moments(const at::Tensor& acts_BD) {
  const at::Tensor acts = acts_BD.detach().to(at::kDouble);
  require_finite(acts, "an activation");
  Moments m;
  m.mean_D = acts.mean(0);
  m.centered_BD = acts - m.mean_D;
  const double samples = static_cast<double>(acts.size(0));
  const auto [values_D, vectors_DD] =
      at::linalg_eigh(m.centered_BD.t().mm(m.centered_BD) / samples);
  const double most = std::max(values_D.max().item<double>(), 1e-300);
  const at::Tensor kept = values_D.gt(most * negligible * negligible).nonzero().flatten();
  m.varied_DR = vectors_DD.index_select(1, kept);
  const at::Tensor spread_R = values_D.index_select(0, kept).sqrt();
  m.whitening_DD = (m.varied_DR / spread_R).mm(m.varied_DR.t());
  m.unwhitening_DD = (m.varied_DR * spread_R).mm(m.varied_DR.t());
  return m;
}

// W⁺ P W for the projection P onto the columns of an orthonormal basis of the whitened space.
Erasure from_whitened(const Moments& m, const at::Tensor& basis_DK) {
  const at::Tensor map_DD = m.unwhitening_DD.mm(basis_DK).mm(basis_DK.t()).mm(m.whitening_DD);
  return {map_DD.to(at::kFloat), m.mean_D.to(at::kFloat)};
}

}  // namespace

Hook replace(const Place& place, const at::Tensor& acts_BD) {
  return [place, acts_BD](std::string_view tap, const at::Tensor& acts) {
    return tap == place.tap ? place.exchange(acts, acts_BD.expand_as(acts)) : acts;
  };
}

Hook ablate_zero(const Place& place) {
  return replace(place, at::zeros({1}));
}

Hook ablate_mean(const Place& place, const at::Tensor& mean_D) {
  return replace(place, mean_D);
}

Hook resample(const Place& place, const Draw& draw) {
  return [place, draw](std::string_view tap, const at::Tensor& acts) {
    if (tap != place.tap) return acts;
    const at::Tensor rows = at::tensor(draw.at(0).permutation(acts.size(0)), at::kLong);
    return place.exchange(acts, acts.index_select(0, rows));
  };
}

at::Tensor erased(const Erasure& erasure, const at::Tensor& acts_BD) {
  return acts_BD - at::mm(acts_BD - erasure.center_D, erasure.map_DD.t());
}

Hook erase(const std::string& at_tap, const Erasure& erasure) {
  return [at_tap, erasure](std::string_view tap, const at::Tensor& acts) {
    return tap == at_tap ? erased(erasure, acts) : acts;
  };
}

Erasure subspace_erasure(const at::Tensor& rows_KD, const at::Tensor& center_D) {
  if (rows_KD.dim() != 2 || (center_D.defined() && center_D.numel() != rows_KD.size(1))) {
    throw InputError("erasure: rows [K, D] and a center [D] are needed");
  }
  const auto [u, s, vt_KD] = at::linalg_svd(rows_KD.to(at::kDouble), /*full_matrices=*/false);
  if (rows_KD.size(0) > rows_KD.size(1) ||
      !(s.min().item<double>() > negligible * s.max().item<double>())) {
    throw InputError("erasure: the rows are not linearly independent");
  }
  return {vt_KD.t().mm(vt_KD).to(at::kFloat),
          center_D.defined() ? center_D.to(at::kFloat) : at::zeros({rows_KD.size(1)})};
}

Erasure leace(const at::Tensor& acts_BD, const at::Tensor& targets_BY) {
  if (acts_BD.size(0) != targets_BY.size(0) || acts_BD.size(0) < 2) {
    throw InputError("leace: activations and targets of the same two or more samples are needed");
  }
  const Moments m = moments(acts_BD);
  const at::Tensor targets = targets_BY.detach().to(at::kDouble);
  require_finite(targets, "a target");
  const at::Tensor centered_BY = targets - targets.mean(0);
  const at::Tensor correlated_DY =
      m.whitening_DD.mm(m.centered_BD.t().mm(centered_BY)) / static_cast<double>(acts_BD.size(0));
  const auto [u_DK, s_K, v] = at::linalg_svd(correlated_DY, /*full_matrices=*/false);
  // Of unit-variance directions with a target of spread σ a singular value is at most σ.
  const double scale = centered_BY.square().mean(0).max().sqrt().item<double>();
  const at::Tensor kept = s_K.gt(negligible * std::max(scale, 1e-300)).nonzero().flatten();
  return from_whitened(m, u_DK.index_select(1, kept));
}

std::int64_t erased_rank(const Erasure& erasure) {
  // Of a projection, perhaps an oblique one, the trace.
  return std::llround(erasure.map_DD.to(at::kDouble).trace().item<double>());
}

Erasure random_erasure(const at::Tensor& acts_BD, std::int64_t rank, Words& words) {
  const Moments m = moments(acts_BD);
  const std::int64_t varied = m.varied_DR.size(1);
  const at::Tensor basis_KR = random_basis(std::min(rank, varied), varied, words);
  return from_whitened(m, m.varied_DR.mm(basis_KR.to(at::kDouble).t()));
}

Hook rotate(const std::string& at_tap, const at::Tensor& basis_KD, const at::Tensor& rotation_KK) {
  const std::int64_t k = basis_KD.dim() == 2 ? basis_KD.size(0) : -1;
  const bool fits = k >= 0 && rotation_KK.dim() == 2 && rotation_KK.size(0) == k &&
                    rotation_KK.size(1) == k &&
                    at::allclose(basis_KD.mm(basis_KD.t()), at::eye(k), 1e-4, 1e-4);
  if (!fits) {
    throw InputError("rotation at " + at_tap +
                     ": orthonormal rows [K, D] and a matrix [K, K] are needed");
  }
  const at::Tensor change_KK = (rotation_KK - at::eye(k)).t();
  return [at_tap, basis_KD, change_KK](std::string_view tap, const at::Tensor& acts) {
    if (tap != at_tap) return acts;
    return acts + acts.mm(basis_KD.t()).mm(change_KK).mm(basis_KD);
  };
}

Hook in_turn(std::vector<Hook> hooks) {
  return [hooks = std::move(hooks)](std::string_view tap, const at::Tensor& acts_BD) {
    at::Tensor acts = acts_BD;
    for (const Hook& hook : hooks) acts = hook(tap, acts);
    return acts;
  };
}

std::vector<at::Tensor> tap_gradients(
    const Subject& subject, const Batch& batch, const std::vector<std::string>& taps,
    const std::function<at::Tensor(const at::Tensor& output_BT)>& scalar, const Hook& hook) {
  for (const std::string& tap : taps) subject.tap_width(tap);  // throws where there is none
  const at::AutoGradMode with_gradients(true);
  std::vector<at::Tensor> acts(taps.size());
  const at::Tensor output = subject.run(batch, [&](std::string_view tap, const at::Tensor& given) {
    at::Tensor flows = hook ? hook(tap, given) : given;
    for (std::size_t i = 0; i < taps.size(); ++i) {
      if (taps[i] != tap) continue;
      // The first tap of a chain is where the graph begins; later ones are followed through.
      if (!flows.requires_grad()) flows = flows.detach().requires_grad_();
      acts[i] = flows;
    }
    return flows;
  });
  std::vector<at::Tensor> gradients;
  const at::Tensor value = scalar(output);
  if (value.requires_grad()) {
    gradients = torch::autograd::grad({value}, acts, {}, std::nullopt, false, true);
  }
  gradients.resize(taps.size());
  for (std::size_t i = 0; i < taps.size(); ++i) {
    if (!gradients[i].defined()) gradients[i] = at::zeros_like(acts[i]);
    gradients[i] = gradients[i].detach();
  }
  return gradients;
}

at::Tensor random_basis(std::int64_t rows, std::int64_t width, Words& words) {
  if (rows > width) {
    throw InputError("a subspace of " + std::to_string(rows) + " does not fit in " +
                     std::to_string(width) + " dimensions");
  }
  at::Tensor normal_DK = at::empty({width, rows}, at::kDouble);
  double* out = normal_DK.mutable_data_ptr<double>();
  for (std::int64_t i = 0; i < width * rows; ++i) out[i] = words.normal();
  const auto [q_DK, r_KK] = at::linalg_qr(normal_DK);
  return q_DK.t().contiguous().to(at::kFloat);
}

}  // namespace lab
