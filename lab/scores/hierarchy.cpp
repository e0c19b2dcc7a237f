#include "lab/scores/hierarchy.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <limits>

#include "lab/core/error.h"
#include "lab/core/stop.h"
#include "lab/scores/dictionary.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double overlap_limit = .1;    // of the cosine, above which the child contains the parent
constexpr double same_direction = .99;  // of the cosine, above which two directions are one
constexpr int64_t at_once = 256;        // pairs, so that memory stays small for many
const std::vector<std::string> names = {"class_faithful", "class_absorbed", "class_redundant",
                                        "class_other", "class_pairs", "parents_found",
                                        "children_found"};

// Unit directions of the pairs, [P, 4, D]: parent, child, offset (the child's, where there is none), both.
enum Direction { parent, child, offset, both, directions };

struct References {
  at::Tensor unit_PKD;
  std::vector<std::string> reasons;  // "" where the pair can be judged
};

References references(const at::Tensor& truth_CD, std::span<const Together> pairs) {
  std::vector<int64_t> parents, children;
  std::vector<double> shares;
  for (const Together& t : pairs) {
    parents.push_back(t.pair.parent), children.push_back(t.pair.child);
    shares.push_back(t.parent), shares.push_back(t.child);
  }
  const at::Tensor truth = score_input(truth_CD, "the true vectors");
  const at::Tensor t_p = truth.index_select(0, at::tensor(parents, at::kLong));
  const at::Tensor t_c = truth.index_select(0, at::tensor(children, at::kLong));
  const at::Tensor unit = unit_rows(t_p);
  const at::Tensor contains = (unit * unit_rows(t_c)).sum(1, true) > overlap_limit;
  const at::Tensor rest = t_c - (t_c * unit).sum(1, true) * unit;
  const at::Tensor share_P2 = at::tensor(shares, at::kDouble).view({-1, 2});
  const at::Tensor sum = share_P2.narrow(1, 0, 1) * t_p + share_P2.narrow(1, 1, 1) * t_c;
  References result{
      at::stack({unit, unit_rows(t_c), unit_rows(at::where(contains, rest, t_c)), unit_rows(sum)},
                1),
      {}};
  const at::Tensor cosines = result.unit_PKD.bmm(result.unit_PKD.transpose(1, 2)).contiguous();
  for (std::size_t i = 0; i < pairs.size(); ++i) {
    const auto cos = [&](int64_t a, int64_t b) {
      return cosines
          .const_data_ptr<double>()[(static_cast<int64_t>(i) * directions + a) * directions + b];
    };
    std::string reason;
    if (pairs[i].samples == 0) {
      reason = "parent and child are never present together";
    } else if (cos(parent, parent) == 0 || cos(child, child) == 0 || cos(both, both) == 0) {
      reason = "a true direction is 0";
    } else if (std::max({cos(parent, child), cos(parent, both), cos(child, both),
                         cos(offset, both)}) > same_direction) {
      reason = "two of the true directions are one to a cosine of .99";
    }
    result.reasons.push_back(std::move(reason));
  }
  return result;
}

std::vector<Identified> classed(const at::Tensor& units_MD, const References& truth,
                                std::span<const Together> pairs, bool signed_codes,
                                double threshold) {
  std::vector<Identified> result;
  const int64_t P = static_cast<int64_t>(pairs.size()), M = units_MD.size(0);
  for (int64_t first = 0; first < P; first += at_once) {
    poll_stop();
    const int64_t count = std::min(at_once, P - first);
    const at::Tensor here = truth.unit_PKD.narrow(0, first, count).reshape({-1, units_MD.size(1)});
    at::Tensor cos_QM = here.matmul(units_MD.t());
    if (signed_codes) cos_QM = cos_QM.abs();
    cos_QM = cos_QM.contiguous();
    const double* cos = cos_QM.const_data_ptr<double>();
    for (int64_t p = 0; p < count; ++p) {
      std::array<double, directions> largest{-1, -1, -1, -1};
      std::array<bool, directions> found{};
      for (int64_t m = 0; m < M; ++m) {
        int64_t nearest = 0;
        for (int64_t k = 0; k < directions; ++k) {
          const double c = cos[(p * directions + k) * M + m];
          largest[k] = std::max(largest[k], c);
          if (c > cos[(p * directions + nearest) * M + m]) nearest = k;
        }
        if (cos[(p * directions + nearest) * M + m] >= threshold) found[nearest] = true;
      }
      Identified one{pairs[first + p].pair,
                     std::nullopt,
                     truth.reasons[first + p],
                     largest[parent],
                     std::max(largest[child], largest[offset]),
                     largest[both]};
      const bool has_child = found[child] || found[offset];
      if (one.reason.empty()) {
        one.found = !found[parent]             ? HierarchyClass::other
                    : has_child && found[both] ? HierarchyClass::redundant
                    : has_child                ? HierarchyClass::faithful
                    : found[both]              ? HierarchyClass::absorbed
                                               : HierarchyClass::other;
      }
      result.push_back(std::move(one));
    }
  }
  return result;
}

// The share of each class among the pairs that can be judged; nothing where there is none.
std::optional<std::array<double, 4>> shares(const std::vector<Identified>& pairs) {
  std::array<double, 4> counts{};
  double judged = 0;
  for (const Identified& pair : pairs) {
    if (!pair.found.has_value()) continue;
    ++counts[static_cast<std::size_t>(*pair.found)];
    ++judged;
  }
  if (judged == 0) return std::nullopt;
  for (double& count : counts) count /= judged;
  return counts;
}

void require_shapes(const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                    std::span<const Together> pairs) {
  if (atoms_MD.dim() != 2 || truth_CD.dim() != 2 || atoms_MD.size(1) != truth_CD.size(1))
    throw InputError("identify: atoms and true vectors must be matrices of equal width");
  for (const Together& t : pairs)
    if (std::min(t.pair.parent, t.pair.child) < 0 ||
        std::max(t.pair.parent, t.pair.child) >= truth_CD.size(0))
      throw InputError("identify: a pair names a coordinate that is not there");
}

}  // namespace

std::vector<Together> together(const at::Tensor& values_BC, const at::Tensor& present_BC,
                               std::span<const ParentChild> pairs) {
  if (values_BC.sizes() != present_BC.sizes())
    throw InputError("together: values and presence differ in shape");
  std::vector<Together> result;
  for (const ParentChild& pair : pairs) {
    const at::Tensor rows = (present_BC.select(1, pair.parent).to(at::kBool) &
                             present_BC.select(1, pair.child).to(at::kBool))
                                .nonzero()
                                .view(-1);
    const auto mean = [&](int64_t coordinate) {
      return values_BC.select(1, coordinate).index_select(0, rows).to(at::kDouble).mean();
    };
    Together one{pair, rows.numel(), 0, 0};
    if (one.samples > 0) {
      one.parent = mean(pair.parent).item<double>();
      one.child = mean(pair.child).item<double>();
    }
    result.push_back(one);
  }
  return result;
}

std::vector<Identified> identify(const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                                 std::span<const Together> pairs, bool signed_codes,
                                 double threshold) {
  require_shapes(atoms_MD, truth_CD, pairs);
  if (pairs.empty()) return {};
  return classed(unit_rows(score_input(atoms_MD, "the atoms")), references(truth_CD, pairs), pairs,
                 signed_codes, threshold);
}

Scores identifiability_scores(const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                              std::span<const Together> pairs, bool signed_codes, int64_t draws,
                              const Draw& draw) {
  require_shapes(atoms_MD, truth_CD, pairs);
  if (pairs.empty())
    return all_absent(names, "the world has no tree with a parent and child of width 1");
  const References truth = references(truth_CD, pairs);
  const at::Tensor atoms = score_input(atoms_MD, "the atoms");
  const std::vector<Identified> found =
      classed(unit_rows(atoms), truth, pairs, signed_codes, found_cosine);
  const auto share = shares(found);
  if (!share.has_value())
    return all_absent(names, "of no pair can anything be said; the first: " + found[0].reason);
  const auto judged = std::count_if(found.begin(), found.end(),
                                    [](const Identified& one) { return one.found.has_value(); });
  Scores scores;
  for (std::size_t k = 0; k < 4; ++k) scores[names[k]] = Score::of((*share)[k]);
  const auto with = [&](double Identified::* cosine) {
    const auto count = std::count_if(found.begin(), found.end(), [&](const Identified& one) {
      return one.found.has_value() && one.*cosine >= found_cosine;
    });
    return Score::of(static_cast<double>(count) / static_cast<double>(judged));
  };
  scores["parents_found"] = with(&Identified::cos_parent);
  scores["children_found"] = with(&Identified::cos_child);
  scores["class_pairs"] =
      Score::of(static_cast<double>(judged) / static_cast<double>(pairs.size()));
  if (draws == 0) return scores;
  std::array<std::vector<double>, 3> nulls;
  for (int64_t i = 0; i < draws; ++i) {
    Words words = draw.at(static_cast<std::uint64_t>(i));
    const auto null = shares(classed(unit_rows(random_directions(atoms, words)), truth, pairs,
                                     signed_codes, found_cosine));
    for (std::size_t k = 0; k < nulls.size(); ++k) nulls[k].push_back((*null)[k]);
  }
  for (std::size_t k = 0; k < nulls.size(); ++k)
    add_null(scores, names[k], scores.at(names[k]), nulls[k]);
  return scores;
}

Table identifiability_table(const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                            std::span<const Together> pairs, bool signed_codes) {
  Table table{{"parent", "child", "class", "cos_parent", "cos_child", "cos_both", "samples"}, {}};
  const std::vector<Identified> found = identify(atoms_MD, truth_CD, pairs, signed_codes);
  for (std::size_t i = 0; i < found.size(); ++i) {
    const Identified& one = found[i];
    table.rows.push_back(
        {static_cast<double>(one.pair.parent), static_cast<double>(one.pair.child),
         one.found.has_value() ? static_cast<double>(static_cast<int>(*one.found)) : nothing,
         one.cos_parent, one.cos_child, one.cos_both, static_cast<double>(pairs[i].samples)});
  }
  return table;
}

}  // namespace lab
