#include "lab/knockoffs/explanation.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <numbers>

#include "lab/core/error.h"
#include "lab/placements/families.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

constexpr double kNoPower = 1e-6;  // above float32's rounding of a placement

std::vector<std::int64_t> rows_of(const Truth& truth, const std::vector<std::int64_t>& features) {
  std::vector<std::int64_t> rows;
  for (const std::int64_t f : features) {
    rows.push_back(truth.features[static_cast<std::size_t>(f)].first);
  }
  return rows;
}

// One entry a variable, made from its vectors.
template <class Make>
auto for_each_variable(const Space& space, const Make& make) {
  std::vector<decltype(make(space.frames_CD))> result;
  for (const Variable& variable : Firings::of(space).variables) {
    const at::Tensor rows = at::tensor(variable.rows, at::kLong);
    result.push_back(make(space.frames_CD.to(at::kDouble).index_select(0, rows)));
  }
  return result;
}

at::Tensor lexicographic(const at::Tensor& vectors_ND) {
  std::vector<std::vector<double>> rows;
  for (std::int64_t i = 0; i < vectors_ND.size(0); ++i) rows.push_back(to_vector(vectors_ND[i]));
  std::sort(rows.begin(), rows.end());
  const at::Tensor sorted = at::empty_like(vectors_ND, at::MemoryFormat::Contiguous);
  double* out = sorted.mutable_data_ptr<double>();
  for (const std::vector<double>& row : rows) out = std::copy(row.begin(), row.end(), out);
  return sorted;
}

at::Tensor gram(const at::Tensor& vectors_ND) {
  return vectors_ND.mm(vectors_ND.t());
}

// The cyclic orders of variables that are circles of the truth; empty for others.
std::vector<std::vector<std::int64_t>> cyclic_orders(const Space& space) {
  std::vector<std::vector<std::int64_t>> orders;
  for (const Variable& variable : Firings::of(space).variables) {
    orders.emplace_back();
    for (const Relation& relation : space.truth.relations) {
      if (relation.kind != "circle") continue;
      const std::vector<std::int64_t> rows = rows_of(space.truth, relation.features);
      if (std::is_permutation(rows.begin(), rows.end(), variable.rows.begin(),
                              variable.rows.end())) {
        orders.back() = rows;
      }
    }
  }
  return orders;
}

}  // namespace

std::int64_t Firings::features() const {
  return norms_C.size(0);
}

Firings Firings::of(const Space& space) {
  families::require_plain(space.truth, "knockoff");
  Firings firings{space.frames_CD.size(1), {}, space.frames_CD.to(at::kDouble).norm(2, 1)};
  for (const families::Group& group : families::groups_of(space.truth, "exclusive", "knockoff")) {
    firings.variables.push_back({group.name, rows_of(space.truth, group.features)});
  }
  if (firings.variables.empty()) {
    throw InputError(
        "knockoff: this world has no variables (groups of features that exclude each other); use "
        "residues or ordered_groups");
  }
  return firings;
}

FiringsAlone FiringsAlone::of(const Space&) {
  return {};
}

VectorSets VectorSets::of(const Space& space) {
  return {for_each_variable(space, lexicographic)};
}

Spectra Spectra::of(const Space& space) {
  return {for_each_variable(space, [](const at::Tensor& vectors_ND) {
    return at::linalg_eigvalsh(gram(vectors_ND)).flip(0).clamp_min(0);
  })};
}

Grams Grams::of(const Space& space) {
  return {for_each_variable(space, gram)};
}

Rings Rings::of(const Space& space) {
  Rings result;
  for (const std::vector<std::int64_t>& order : cyclic_orders(space)) {
    if (order.empty()) {
      throw InputError("knockoff: this builder needs variables that are circles of the world");
    }
    const at::Tensor rows = at::tensor(order, at::kLong);
    const std::vector<double> shares = frequency_shares(space.frames_CD.index_select(0, rows));
    Ring ring{order, {}, {}};
    for (std::size_t f = 0; f < shares.size(); ++f) {
      if (shares[f] < kNoPower) continue;
      ring.frequencies.push_back(static_cast<std::int64_t>(f));
      ring.shares.push_back(shares[f]);
    }
    result.rings.push_back(std::move(ring));
  }
  return result;
}

Places Places::of(const Space& space) {
  return {space.frames_CD.to(at::kDouble), cyclic_orders(space)};
}

// Σ_d |Σ_t x_td e^{−2πi f t/n}|² for f = 0 … n/2, where f and n − f count together: as many cosines
// and sines as n, so that a plain product is fast enough and exact.
std::vector<double> frequency_shares(const at::Tensor& vectors_ND) {
  const std::int64_t n = vectors_ND.size(0);
  const at::Tensor turns =
      at::arange(n / 2 + 1, at::kLong).unsqueeze(1) * at::arange(n, at::kLong).unsqueeze(0);
  const at::Tensor angles =
      turns.remainder(n).to(at::kDouble) * (2 * std::numbers::pi / static_cast<double>(n));
  const at::Tensor vectors = vectors_ND.to(at::kDouble);
  std::vector<double> power = to_vector(angles.cos().mm(vectors).square().sum(1) +
                                        angles.sin().mm(vectors).square().sum(1));
  double sum = 0;
  for (std::size_t f = 0; f < power.size(); ++f) {
    const bool alone = f == 0 || 2 * static_cast<std::int64_t>(f) == n;
    sum += power[f] *= alone ? 1 : 2;
  }
  for (double& p : power) p = sum > 0 ? p / sum : 0;
  return power;
}

}  // namespace lab
