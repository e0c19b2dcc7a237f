#include "lab/scores/consistency.h"

#include <ATen/ATen.h>
#include <ATen/ops/linalg_svd.h>

#include <algorithm>
#include <string>
#include <vector>

#include "lab/core/error.h"
#include "lab/core/statistics.h"
#include "lab/core/stop.h"
#include "lab/scores/assignment.h"
#include "lab/scores/dictionary.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double dependent = 1e-9;  // of the largest singular value, below which one counts as 0

double mcc_between(const at::Tensor& a_MD, const at::Tensor& b_ND) {
  const double pairs = static_cast<double>(std::min(a_MD.size(0), b_ND.size(0)));
  return assign(cosines(a_MD, b_ND), Objective::maximum_absolute).total / pairs;
}

// Of every pair of dictionaries, in order.
std::vector<double> all_pairs(const std::vector<at::Tensor>& atoms) {
  std::vector<double> result;
  for (std::size_t i = 0; i < atoms.size(); ++i) {
    for (std::size_t j = i + 1; j < atoms.size(); ++j) {
      poll_stop();
      result.push_back(mcc_between(atoms[i], atoms[j]));
    }
  }
  return result;
}

// Orthonormal rows that span the rows of `vectors_KD`: [rank, D].
at::Tensor basis_of(const at::Tensor& vectors_KD) {
  const auto [u, s, v] = at::linalg_svd(vectors_KD, /*full_matrices=*/false);
  const double largest = s.numel() > 0 ? s.max().item<double>() : 0;
  return v.index_select(0, ((s > dependent * largest) & (s > 0)).nonzero().view(-1));
}

at::Tensor projected_norms(const at::Tensor& change_MD, const at::Tensor& basis_RD) {
  return change_MD.matmul(basis_RD.t()).norm(2, 1);
}

// The atoms of the wider dictionary that stand for those of the narrower one, and those added.
struct Grown {
  at::Tensor kept_MD, added_KD;
};

struct Rate {
  Score rate, projection;
  std::vector<double> nulls;
  at::Tensor into_added_M;
};

Rate rate_of(const at::Tensor& before_MD, const Grown& after, int64_t draws, const Draw& draw) {
  const at::Tensor change_MD = after.kept_MD - before_MD;
  const at::Tensor basis_RD = basis_of(after.added_KD);
  const int64_t R = basis_RD.size(0), D = before_MD.size(1);
  const double length = before_MD.norm(2, 1).mean().item<double>();
  Rate result{{}, {}, {}, projected_norms(change_MD, basis_RD)};
  const auto absent = [&](const std::string& reason) {
    result.rate = result.projection = Score::absent(reason);
    return result;
  };
  if (R == 0) return absent("all added atoms are 0");
  if (R == D) return absent("the added atoms span the whole space");
  if (length == 0) return absent("all atoms are 0");
  const double P = result.into_added_M.mean().item<double>() / length;
  result.projection = Score::of(P);
  for (int64_t i = 0; i < draws; ++i) {
    poll_stop();
    Words words = draw.at(static_cast<std::uint64_t>(i));
    const at::Tensor random = random_directions(at::ones({R, D}, at::kDouble), words);
    result.nulls.push_back(projected_norms(change_MD, basis_of(random)).mean().item<double>() /
                           length);
  }
  const double chance = mean(result.nulls);
  result.rate = chance < 1 ? Score::of(std::max(0.0, (P - chance) / (1 - chance)))
                           : Score::absent("atoms change so much that chance gives 1 or more");
  return result;
}

std::vector<int64_t> partners(const at::Tensor& before_MD, const at::Tensor& after_ND) {
  return assign(before_MD.matmul(after_ND.t()), Objective::maximum).column_of_row;
}

Grown by_partner(const at::Tensor& after_ND, const std::vector<int64_t>& partner_of) {
  std::vector<bool> taken(static_cast<std::size_t>(after_ND.size(0)), false);
  for (const int64_t partner : partner_of) taken[static_cast<std::size_t>(partner)] = true;
  std::vector<int64_t> rest;
  for (std::size_t n = 0; n < taken.size(); ++n)
    if (!taken[n]) rest.push_back(static_cast<int64_t>(n));
  return {after_ND.index_select(0, at::tensor(partner_of, at::kLong)),
          after_ND.index_select(0, at::tensor(rest, at::kLong))};
}

}  // namespace

Compared pairwise_consistency(std::span<const at::Tensor> atoms, int64_t draws, const Draw& draw) {
  Compared result{{}, {{"first", "second", "mcc"}, {}, {}}};
  const auto absent = [&](const std::string& reason) {
    result.scores = all_absent({"pw_mcc", "pw_mcc_sd"}, reason);
    return result;
  };
  if (atoms.size() < 2) return absent("fewer than two dictionaries");
  std::vector<at::Tensor> all;
  for (const at::Tensor& one : atoms) {
    all.push_back(score_input(one, "the atoms"));
    if (one.dim() != 2 || one.size(1) != all[0].size(1))
      throw InputError("pw_mcc: the dictionaries must be matrices of equal width");
    if (one.size(0) == 0) return absent("a dictionary has no latents");
  }
  const std::vector<double> values = all_pairs(all);
  std::size_t pair = 0;
  for (std::size_t i = 0; i < all.size(); ++i) {
    for (std::size_t j = i + 1; j < all.size(); ++j)
      result.table.rows.push_back({static_cast<double>(i), static_cast<double>(j), values[pair++]});
  }
  result.scores["pw_mcc"] = Score::of(mean(values));
  result.scores["pw_mcc_sd"] = values.size() < 2 ? Score::absent("there is one pair")
                                                 : Score::of(standard_deviation(values));
  if (draws == 0) return result;
  std::vector<double> nulls;
  for (int64_t i = 0; i < draws; ++i) {
    Words words = draw.at(static_cast<std::uint64_t>(i));
    std::vector<at::Tensor> random;
    for (const at::Tensor& one : all) random.push_back(random_directions(one, words));
    nulls.push_back(mean(all_pairs(random)));
  }
  add_null(result.scores, "pw_mcc", result.scores.at("pw_mcc"), nulls);
  return result;
}

Compared hedging(const at::Tensor& before_MD, const at::Tensor& after_ND, int64_t draws,
                 const Draw& draw) {
  if (before_MD.dim() != 2 || after_ND.dim() != 2 || before_MD.size(1) != after_ND.size(1) ||
      before_MD.size(0) < 1 || after_ND.size(0) <= before_MD.size(0))
    throw InputError("hedging: needs [M, D] atoms and more atoms of the same width");
  if (draws < 1) throw InputError("hedging: needs at least one Gaussian subspace");
  const int64_t M = before_MD.size(0);
  const at::Tensor before = unit_rows(score_input(before_MD, "the atoms"));
  const at::Tensor after = unit_rows(score_input(after_ND, "the atoms"));
  const Grown in_place{after.narrow(0, 0, M), after.narrow(0, M, after.size(0) - M)};
  const std::vector<int64_t> partner_of = partners(before, after);
  const Grown matched = by_partner(after, partner_of);
  const Rate rate = rate_of(before, in_place, draws, draw);

  const at::Tensor cos_M = (before * in_place.kept_MD).sum(1);
  double kept = 0;
  for (int64_t m = 0; m < M; ++m) kept += partner_of[m] == m;
  Compared result;
  result.scores = {
      {"hedging_rate", rate.rate},
      {"hedging_projection", rate.projection},
      {"hedging_cos", Score::of(cos_M.mean().item<double>())},
      {"hedging_rate_matched", rate_of(before, matched, draws, draw).rate},
      {"hedging_kept", Score::of(kept / static_cast<double>(M))},
  };
  add_null(result.scores, "hedging_projection", rate.projection, rate.nulls);
  const std::vector<double> cos = to_vector(cos_M),
                            change = to_vector((in_place.kept_MD - before).norm(2, 1)),
                            into = to_vector(rate.into_added_M),
                            partner_cos = to_vector((before * matched.kept_MD).sum(1));
  result.table.columns = {"latent", "cos", "change", "into_added", "partner", "partner_cos"};
  for (int64_t m = 0; m < M; ++m)
    result.table.rows.push_back({static_cast<double>(m), cos[m], change[m], into[m],
                                 static_cast<double>(partner_of[m]), partner_cos[m]});
  return result;
}

}  // namespace lab
