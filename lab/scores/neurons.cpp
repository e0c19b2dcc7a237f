#include "lab/scores/neurons.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "lab/core/statistics.h"
#include "lab/core/stop.h"
#include "lab/scores/latents.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double same_value = 1e-4;  // of the range of a unit
constexpr double constant = 1e-5;    // of the largest activation at the tap
constexpr const char* units = "neurons";

const std::vector<std::string> own_scores{"neurons_two_valued", "neurons_few_valued",
                                          "neurons_graded", "neurons_explained",
                                          "neurons_described_untrained"};

UnitCut cut_unit(const at::Tensor& acts_B) {
  const std::vector<Gap> all = gaps(acts_B);
  UnitCut cut{static_cast<int64_t>(all.size()) + 1};
  if (all.empty()) return cut;
  // Samples below a gap are the first of the sorted ones: sums of values about their mean.
  const at::Tensor centered_B = std::get<0>((acts_B - acts_B.mean()).sort());
  const std::vector<double> sums = to_vector(centered_B.cumsum(0));
  const double total = centered_B.square().sum().item<double>();
  const auto n = static_cast<double>(acts_B.size(0));
  double most = -1;
  for (const Gap& gap : all) {
    const auto below = static_cast<double>(gap.below);
    const double sum = sums[static_cast<std::size_t>(gap.below) - 1];
    // Σ over both sides of (their samples) · (their mean)², where the two sums are sum and −sum.
    const double between = sum * sum / below + sum * sum / (n - below);
    const double explained = std::round(std::min(1., between / total) * 1e6) / 1e6;
    if (explained <= most) continue;
    most = explained;
    cut.threshold = gap.middle;
    cut.explained = explained;
  }
  return cut;
}

struct Unit {
  double tap;
  std::size_t number;  // at its tap
  UnitCut cut;
};

Table table_of(const std::vector<Unit>& all, const Descriptions& said, const at::Tensor& phi_ML) {
  Table table{{"tap", "unit", "levels", "threshold", "explained"}, {}, said.table.labels};
  Table best{{"letter", "letter_phi"}, {}, {}};
  for (std::size_t m = 0; m < all.size(); ++m) {
    const UnitCut& cut = all[m].cut;
    const bool varies = cut.levels > 1;
    table.rows.push_back({all[m].tap, static_cast<double>(all[m].number),
                          static_cast<double>(cut.levels), varies ? cut.threshold : nothing,
                          varies ? cut.explained : nothing});
    std::vector<double> letter{nothing, nothing};
    const at::Tensor phi_L = phi_ML[static_cast<int64_t>(m)];
    if (varies && phi_L.numel() > 0) {
      const auto l = phi_L.abs().argmax().item<int64_t>();
      letter = {static_cast<double>(l), phi_L[l].item<double>()};
    }
    best.rows.push_back(std::move(letter));
  }
  add_columns(table, said.table);
  add_columns(table, best);
  return table;
}

void add_levels(Scores& scores, const std::vector<Unit>& all) {
  double two = 0, few = 0, graded = 0;
  std::vector<double> explained;
  for (const Unit& unit : all) {
    const int64_t levels = unit.cut.levels;
    two += levels == 2;
    few += levels > 2 && levels <= few_values;
    graded += levels > few_values;
    if (levels > 1) explained.push_back(unit.cut.explained);
  }
  const auto count = static_cast<double>(all.size());
  scores["neurons_two_valued"] = Score::of(two / count);
  scores["neurons_few_valued"] = Score::of(few / count);
  scores["neurons_graded"] = Score::of(graded / count);
  scores["neurons_explained"] =
      explained.empty() ? Score::absent("all neurons are constant") : Score::of(mean(explained));
}

}  // namespace

std::vector<Gap> gaps(const at::Tensor& acts_B) {
  const std::vector<double> sorted = to_vector(std::get<0>(acts_B.sort()));
  const double same = same_value * (sorted.back() - sorted.front());
  std::vector<Gap> gaps;
  double first = sorted.front();  // of the values that are one
  for (std::size_t i = 1; i < sorted.size(); ++i) {
    if (sorted[i] - first <= same) continue;
    gaps.push_back({(sorted[i - 1] + sorted[i]) / 2, static_cast<int64_t>(i)});
    first = sorted[i];
  }
  return gaps;
}

at::Tensor varying(const at::Tensor& acts_BD) {
  return acts_BD.amax(0) - acts_BD.amin(0) > constant * acts_BD.abs().max();
}

std::vector<UnitCut> cut_units(const at::Tensor& acts_BD) {
  const at::Tensor acts = score_input(acts_BD, "an activation");
  const at::Tensor varying_D = varying(acts);
  std::vector<UnitCut> cuts;
  for (int64_t unit = 0; unit < acts.size(1); ++unit) {
    poll_stop();
    cuts.push_back(varying_D[unit].item<bool>() ? cut_unit(acts.select(1, unit).contiguous())
                                                : UnitCut{});
  }
  return cuts;
}

at::Tensor unit_bits(const at::Tensor& acts_BD, const std::vector<UnitCut>& cuts) {
  std::vector<double> thresholds;
  for (const UnitCut& cut : cuts) {
    thresholds.push_back(cut.levels > 1 ? cut.threshold : std::numeric_limits<double>::infinity());
  }
  return acts_BD.detach().to(at::kDouble) > at::tensor(thresholds, at::kDouble);
}

Scores no_neuron_scores(const std::string& reason) {
  Scores scores = no_description_scores(units, reason);
  scores.merge(all_absent(own_scores, reason));
  return scores;
}

NeuronReport neuron_report(const std::vector<NeuronActs>& taps, const at::Tensor& letters_BL,
                           const std::vector<Letter>& letters, const DescriptionConfig& config,
                           std::int64_t draws, const Draw& draw) {
  NeuronReport report;
  if (taps.empty()) {
    report.scores = no_neuron_scores("the subject has no neurons");
    return report;
  }
  std::vector<Unit> all;
  std::vector<at::Tensor> bits, before;
  for (const NeuronActs& tap : taps) {
    const std::vector<UnitCut> cuts = cut_units(tap.acts_BD);
    for (std::size_t d = 0; d < cuts.size(); ++d) all.push_back({tap.tap, d, cuts[d]});
    bits.push_back(unit_bits(tap.acts_BD, cuts));
    before.push_back(unit_bits(tap.before_BD, cut_units(tap.before_BD)));
  }
  report.bits_BM = at::cat(bits, 1);
  Descriptions said = descriptions(units, report.bits_BM, letters_BL, letters, config, draws, draw);
  report.table = table_of(all, said, pearson(report.bits_BM, letters_BL));
  report.scores = std::move(said.scores);
  add_levels(report.scores, all);
  report.scores["neurons_described_untrained"] =
      descriptions(units, at::cat(before, 1), letters_BL, letters, config, 0, draw)
          .scores.at("neurons_described");
  return report;
}

}  // namespace lab
