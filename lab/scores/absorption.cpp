#include "lab/scores/absorption.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numbers>

#include "lab/core/error.h"
#include "lab/core/statistics.h"
#include "lab/scores/latents.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double carried_share = .4;  // of the parent, that the child's latent must carry
constexpr double overlap_limit = .1;  // of the cosine, above which the child contains the parent
constexpr int64_t enough = 10;        // samples of a condition
const std::vector<std::string> names = {"absorption", "absorption_excess", "absorption_pairs"};

struct Choice {
  int64_t latent = -1;
  double f1 = 0;
};

// One half of the samples, a column a pair.
struct Half {
  at::Tensor codes_HM, fires_MH;
  at::Tensor parent_HP, child_HP;  // presence
  at::Tensor amount_HP;            // of the parent along its direction
};

// For each column of `bits_HP` the latent of best F1, the first of equals, without `taken`.
std::vector<Choice> choose(const at::Tensor& fires_MH, const at::Tensor& bits_HP,
                           const std::vector<Choice>& taken) {
  const at::Tensor both_PM = bits_HP.t().matmul(fires_MH.t()).to(at::kDouble);
  const at::Tensor sum_PM = bits_HP.sum(0, false, at::kDouble).unsqueeze(1) +
                            fires_MH.sum(1, false, at::kDouble).unsqueeze(0);
  const at::Tensor f1_PM = (2 * both_PM / sum_PM.clamp_min(1.0)).contiguous();
  const int64_t P = f1_PM.size(0), M = f1_PM.size(1);
  std::vector<Choice> best(P);
  for (int64_t p = 0; p < P; ++p) {
    const double* f1 = f1_PM.const_data_ptr<double>() + p * M;
    for (int64_t m = 0; m < M; ++m)
      if (f1[m] > best[p].f1 && (taken.empty() || taken[p].latent != m)) best[p] = {m, f1[m]};
  }
  return best;
}

// The presence of the children, permuted among the samples in which their parents are present.
at::Tensor permuted(const Half& half, Words& words) {
  at::Tensor child_PH = half.child_HP.t().contiguous();
  const at::Tensor parent_PH = half.parent_HP.t().contiguous();
  const int64_t P = child_PH.size(0), H = child_PH.size(1);
  for (int64_t p = 0; p < P; ++p) {
    float* child = child_PH.data_ptr<float>() + p * H;
    const float* parent = parent_PH.const_data_ptr<float>() + p * H;
    std::vector<int64_t> rows;
    std::vector<float> bits;
    for (int64_t h = 0; h < H; ++h)
      if (parent[h] != 0) rows.push_back(h), bits.push_back(child[h]);
    const std::vector<int64_t> order = words.permutation(static_cast<int64_t>(rows.size()));
    for (std::size_t i = 0; i < rows.size(); ++i) child[rows[i]] = bits[order[i]];
  }
  return child_PH.t().contiguous();
}

// All that the measurement needs, prepared once for the measured and the permuted presence.
class Pairs {
 public:
  Pairs(const at::Tensor& codes_BM, const at::Tensor& values_BC, const at::Tensor& present_BC,
        const at::Tensor& atoms_MD, const at::Tensor& truth_CD, std::span<const ParentChild> pairs,
        Offsets offsets, const Draw& draw);

  std::vector<Absorption> measure() const { return measure(first_.child_HP, second_.child_HP); }
  std::vector<Absorption> measure_permuted(Words& words) const {
    const at::Tensor first = permuted(first_, words);
    return measure(first, permuted(second_, words));
  }

 private:
  std::vector<Absorption> measure(const at::Tensor& first_HP, const at::Tensor& second_HP) const;
  void count(Absorption& a, int64_t p, const at::Tensor& child_HP) const;
  void settle(Absorption& a, double absorbed, double silent_with, double silent_without) const;

  std::vector<ParentChild> pairs_;
  Offsets offsets_;
  Half first_, second_;
  std::vector<double> cosines_;
  at::Tensor along_MP_;  // ⟨w_m, t̂_p⟩
  std::vector<Choice> main_;
};

void require_shapes(const at::Tensor& codes_BM, const at::Tensor& values_BC,
                    const at::Tensor& present_BC, const at::Tensor& atoms_MD,
                    const at::Tensor& truth_CD, std::span<const ParentChild> pairs) {
  const int64_t C = truth_CD.size(0);
  if (codes_BM.size(0) != values_BC.size(0) || codes_BM.size(0) != present_BC.size(0) ||
      codes_BM.size(1) != atoms_MD.size(0) || values_BC.size(1) != C || present_BC.size(1) != C ||
      atoms_MD.size(1) != truth_CD.size(1))
    throw InputError(
        "absorption: the shapes of codes, values, presence, atoms and truth do not fit");
  for (const auto& [parent, child] : pairs)
    if (parent < 0 || child < 0 || parent >= C || child >= C || parent == child)
      throw InputError("absorption: coordinates " + std::to_string(parent) + " and " +
                       std::to_string(child) + " are no pair out of " + std::to_string(C));
}

Pairs::Pairs(const at::Tensor& codes_BM, const at::Tensor& values_BC, const at::Tensor& present_BC,
             const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
             std::span<const ParentChild> pairs, Offsets offsets, const Draw& draw)
    : pairs_(pairs.begin(), pairs.end()), offsets_(offsets) {
  require_shapes(codes_BM, values_BC, present_BC, atoms_MD, truth_CD, pairs);
  std::vector<int64_t> parents, children;
  for (const auto& [parent, child] : pairs) parents.push_back(parent), children.push_back(child);
  const at::Tensor p = at::tensor(parents, at::kLong), c = at::tensor(children, at::kLong);
  const at::Tensor truth = score_input(truth_CD, "the true vectors");
  const at::Tensor t_p = truth.index_select(0, p), t_c = truth.index_select(0, c);
  const at::Tensor unit = unit_rows(t_p), norms = t_p.norm(2, 1);
  const at::Tensor cosine = (unit * unit_rows(t_c)).sum(1);
  cosines_ = to_vector(cosine);
  along_MP_ = score_input(atoms_MD, "the atoms").matmul(unit.t()).contiguous();

  const at::Tensor present = present_BC.detach().to(at::kFloat);
  const at::Tensor parent_BP = present.index_select(1, p), child_BP = present.index_select(1, c);
  const at::Tensor values = score_input(values_BC, "the values");
  at::Tensor amount_BP = values.index_select(1, p) * norms;
  if (offsets == Offsets::orthogonalised) {
    const at::Tensor along = (unit * t_c).sum(1).masked_fill(cosine <= overlap_limit, 0.0);
    amount_BP = amount_BP + values.index_select(1, c) * child_BP * along;
  }
  const at::Tensor codes = score_input(codes_BM, "the codes");
  const at::Tensor order = at::tensor(draw.at(0).permutation(codes.size(0)), at::kLong);
  const auto take = [&](int64_t from, int64_t to) {
    const at::Tensor rows = order.slice(0, from, to);
    const at::Tensor codes_HM = codes.index_select(0, rows);
    return Half{codes_HM, (codes_HM != 0).t().to(at::kFloat).contiguous(),
                parent_BP.index_select(0, rows), child_BP.index_select(0, rows),
                amount_BP.index_select(0, rows)};
  };
  const int64_t B = codes.size(0);
  first_ = take(0, B / 2), second_ = take(B / 2, B);
  main_ = choose(first_.fires_MH, first_.parent_HP, {});
}

std::vector<Absorption> Pairs::measure(const at::Tensor& first_HP,
                                       const at::Tensor& second_HP) const {
  const std::vector<Choice> child = choose(first_.fires_MH, first_HP, main_);
  std::vector<Absorption> result;
  for (std::size_t p = 0; p < pairs_.size(); ++p) {
    Absorption a{pairs_[p],   main_[p].latent, child[p].latent,
                 main_[p].f1, child[p].f1,     0,
                 0,           cosines_[p],     {},
                 {}};
    count(a, static_cast<int64_t>(p), second_HP);
    result.push_back(a);
  }
  return result;
}

void Pairs::count(Absorption& a, int64_t p, const at::Tensor& child_HP) const {
  const int64_t H = child_HP.size(0), P = child_HP.size(1), M = along_MP_.size(0);
  const float* parents = second_.parent_HP.const_data_ptr<float>();
  const float* children = child_HP.const_data_ptr<float>();
  const double* amounts = second_.amount_HP.const_data_ptr<double>();
  const double* codes = second_.codes_HM.const_data_ptr<double>();
  const double along =
      a.child_latent < 0 ? 0 : along_MP_.const_data_ptr<double>()[a.child_latent * P + p];
  double absorbed = 0, silent_with = 0, silent_without = 0;
  for (int64_t h = 0; h < H; ++h) {
    if (parents[h * P + p] == 0) continue;
    const bool silent = a.main_latent < 0 || codes[h * M + a.main_latent] == 0;
    if (children[h * P + p] == 0) {
      ++a.without_child;
      silent_without += silent;
      continue;
    }
    ++a.with_child;
    silent_with += silent;
    if (!silent || a.child_latent < 0) continue;
    const double code = codes[h * M + a.child_latent], amount = amounts[h * P + p];
    // A parent that is not there along t̂_p (value or vector 0) cannot be carried.
    absorbed +=
        code != 0 && amount != 0 && code * along * amount >= carried_share * amount * amount;
  }
  settle(a, absorbed, silent_with, silent_without);
}

void Pairs::settle(Absorption& a, double absorbed, double silent_with,
                   double silent_without) const {
  const double with = static_cast<double>(a.with_child);
  const double without = static_cast<double>(a.without_child);
  const std::string few = "fewer than " + std::to_string(enough) + " samples with the parent and ";
  if (a.main_latent < 0) {
    a.absorption = a.excess = Score::absent("no latent fires with the parent");
    return;
  }
  if (a.with_child < enough) {
    a.absorption = a.excess = Score::absent(few + "the child");
    return;
  }
  a.absorption = a.child_latent < 0 ? Score::absent("no other latent fires with the child")
                                    : Score::of(absorbed / with);
  if (a.without_child < enough)
    a.excess = Score::absent(few + "not the child");
  else if (a.cosine > overlap_limit && offsets_ == Offsets::as_given)
    a.excess = Score::absent("the child's vector contains the parent's");
  else
    a.excess = Score::of(silent_with / with - silent_without / without);
}

// The mean over the pairs that have the score, or the reason of the first.
Score mean_of(const std::vector<Absorption>& pairs, Score Absorption::*score) {
  std::vector<double> values;
  for (const Absorption& a : pairs)
    if ((a.*score).present) values.push_back((a.*score).value);
  if (!values.empty()) return Score::of(mean(values));
  return Score::absent("no pair has it; the first: " + (pairs.front().*score).reason);
}

}  // namespace

std::vector<ParentChild> parent_child_pairs(const Truth& truth, const Relation& tree) {
  if (tree.kind != "tree")
    throw InputError("absorption: the relation '" + tree.name + "' is no tree but a " + tree.kind);
  const int64_t size = static_cast<int64_t>(tree.features.size());
  if (static_cast<int64_t>(tree.parent.size()) != size)
    throw InputError("absorption: the tree '" + tree.name +
                     "' must have a parent for each feature");
  const int64_t F = static_cast<int64_t>(truth.features.size());
  const auto feature = [&](int64_t position) -> const Feature& {
    if (position >= size || tree.features[position] < 0 || tree.features[position] >= F)
      throw InputError("absorption: the tree '" + tree.name +
                       "' names a feature that is not there");
    return truth.features[tree.features[position]];
  };
  std::vector<ParentChild> pairs;
  for (int64_t i = 0; i < size; ++i) {
    if (tree.parent[i] < 0) continue;
    const Feature &child = feature(i), &parent = feature(tree.parent[i]);
    if (child.width == 1 && parent.width == 1) pairs.push_back({parent.first, child.first});
  }
  return pairs;
}

std::vector<Absorption> absorption(const at::Tensor& codes_BM, const at::Tensor& values_BC,
                                   const at::Tensor& present_BC, const at::Tensor& atoms_MD,
                                   const at::Tensor& truth_CD, std::span<const ParentChild> pairs,
                                   Offsets offsets, const Draw& draw) {
  return Pairs(codes_BM, values_BC, present_BC, atoms_MD, truth_CD, pairs, offsets, draw).measure();
}

Scores absorption_scores(const at::Tensor& codes_BM, const at::Tensor& values_BC,
                         const at::Tensor& present_BF, const at::Tensor& atoms_MD,
                         const at::Tensor& truth_CD, const Truth& truth, const Relation& tree,
                         int64_t draws, const Draw& draw) {
  const std::vector<ParentChild> list = parent_child_pairs(truth, tree);
  if (list.empty()) return all_absent(names, "the tree has no parent and child of width 1");
  const Pairs pairs(codes_BM, values_BC, by_coordinate(present_BF, truth), atoms_MD, truth_CD, list,
                    Offsets::orthogonalised, draw);
  const std::vector<Absorption> measured = pairs.measure();
  const double scored = static_cast<double>(std::count_if(
      measured.begin(), measured.end(), [](const Absorption& a) { return a.absorption.present; }));
  Scores scores{{"absorption", mean_of(measured, &Absorption::absorption)},
                {"absorption_excess", mean_of(measured, &Absorption::excess)},
                {"absorption_pairs", Score::of(scored / static_cast<double>(list.size()))}};
  if (draws == 0) return scores;
  std::vector<double> absorptions, excesses;
  const auto keep = [](std::vector<double>& values, const Score& score) {
    if (score.present) values.push_back(score.value);
  };
  for (int64_t i = 0; i < draws; ++i) {
    Words words = draw.at(static_cast<std::uint64_t>(1 + i));
    const std::vector<Absorption> null = pairs.measure_permuted(words);
    keep(absorptions, mean_of(null, &Absorption::absorption));
    keep(excesses, mean_of(null, &Absorption::excess));
  }
  add_null(scores, "absorption", scores.at("absorption"), absorptions);
  add_null(scores, "absorption_excess", scores.at("absorption_excess"), excesses);
  return scores;
}

Score child_angle(const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                  std::span<const ParentChild> pairs) {
  if (atoms_MD.size(1) != truth_CD.size(1))
    throw InputError("child_angle: atoms and truth differ in width");
  if (pairs.empty()) return Score::absent("the tree has no parent and child of width 1");
  const at::Tensor atoms = score_input(atoms_MD, "the atoms");
  const at::Tensor alive = (atoms.norm(2, 1) > 0).nonzero().view(-1);
  if (alive.numel() == 0) return Score::absent("no atom differs from 0");
  const at::Tensor units = unit_rows(atoms.index_select(0, alive));
  const at::Tensor truth = unit_rows(score_input(truth_CD, "the true directions"));
  double sum = 0;
  for (const auto& [parent, child] : pairs) {
    const at::Tensor nearest =
        units.select(0, units.mv(truth.select(0, child)).argmax().item<int64_t>());
    const double cosine = nearest.dot(truth.select(0, parent)).item<double>();
    sum += std::acos(std::clamp(cosine, -1.0, 1.0)) * 180 / std::numbers::pi;
  }
  return Score::of(sum / static_cast<double>(pairs.size()));
}

Table absorption_table(const at::Tensor& codes_BM, const at::Tensor& values_BC,
                       const at::Tensor& present_BF, const at::Tensor& atoms_MD,
                       const at::Tensor& truth_CD, const Truth& truth, const Relation& tree,
                       const Draw& draw) {
  Table table{{"parent", "child", "main_latent", "main_f1", "child_latent", "child_f1",
               "with_child", "without_child", "cosine", "absorption", "excess"},
              {}};
  const auto number = [](int64_t x) { return x < 0 ? nothing : static_cast<double>(x); };
  const auto cell = [](const Score& score) { return score.present ? score.value : nothing; };
  for (const Absorption& a :
       absorption(codes_BM, values_BC, by_coordinate(present_BF, truth), atoms_MD, truth_CD,
                  parent_child_pairs(truth, tree), Offsets::orthogonalised, draw))
    table.rows.push_back({number(a.pair.parent), number(a.pair.child), number(a.main_latent),
                          a.main_f1, number(a.child_latent), a.child_f1, number(a.with_child),
                          number(a.without_child), a.cosine, cell(a.absorption), cell(a.excess)});
  return table;
}

}  // namespace lab
