#include "lab/mechanisms/faithfulness.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <numeric>

#include "lab/core/error.h"
#include "lab/core/statistics.h"
#include "lab/core/stop.h"
#include "lab/mechanisms/iia.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;

// Units by falling worth; equal ones in their order.
std::vector<int64_t> ranked(const std::vector<double>& worth) {
  std::vector<int64_t> order(worth.size());
  std::iota(order.begin(), order.end(), 0);
  std::ranges::stable_sort(order, std::greater{},
                           [&](int64_t i) { return worth[static_cast<std::size_t>(i)]; });
  return order;
}

struct Areas {
  double under, from_one;  // CPR, CMD
};

// By trapezia; |1 − f| of a straight line that crosses 1 is two triangles.
Areas areas(const std::vector<double>& shares, const std::vector<double>& f) {
  Areas sum{0, 0};
  for (std::size_t i = 1; i < shares.size(); ++i) {
    const double width = shares[i] - shares[i - 1], a = 1 - f[i - 1], b = 1 - f[i];
    sum.under += width * (f[i - 1] + f[i]) / 2;
    sum.from_one += width * (a * b >= 0 ? (std::abs(a) + std::abs(b)) / 2
                                        : (a * a + b * b) / (2 * std::abs(a - b)));
  }
  return sum;
}

// The squared weight of each unit in what reads the places that are known by construction.
std::vector<double> planted_weight(const Subject& subject, const std::vector<Unit>& units) {
  std::vector<double> weight(units.size(), 0);
  for (const GatePlace& place : subject.gate_places()) {
    const std::vector<double> each = to_vector(place.read_KD.square().sum(0));
    for (std::size_t u = 0; u < units.size(); ++u) {
      if (units[u].tap == place.tap) weight[u] += each[static_cast<std::size_t>(units[u].neuron)];
    }
  }
  return weight;
}

}  // namespace

std::vector<Unit> units_of(const Subject& subject, const std::vector<std::string>& taps) {
  std::vector<Unit> units;
  for (const std::string& tap : taps) {
    const int64_t width = subject.tap_width(tap);
    for (int64_t i = 0; i < width; ++i) units.push_back({tap, i});
  }
  return units;
}

Faithfulness::Faithfulness(const Subject& subject, const Batch& batch, std::vector<Unit> units,
                           Ablation ablation, const Draw& draw)
    : subject_(subject), batch_(batch), units_(std::move(units)) {
  if (units_.empty()) throw InputError("faithfulness: there are no units to keep");
  for (const Unit& unit : units_) {
    if (unit.neuron < 0 || unit.neuron >= subject.tap_width(unit.tap)) {
      throw InputError("faithfulness: the tap " + unit.tap + " has no neuron " +
                       std::to_string(unit.neuron));
    }
    if (std::ranges::find(taps_, unit.tap) == taps_.end()) taps_.push_back(unit.tap);
  }
  decisions(subject, batch.targets_BT);  // throws where nothing can be decided
  const at::NoGradGuard no_gradients;
  const at::Tensor other = at::tensor(draw.at(0).permutation(batch.inputs_BN.size(0)), at::kLong);
  for (const at::Tensor& acts : acts_at(subject, batch, taps_)) {
    instead_BD_.push_back(ablation == Ablation::Mean ? acts.mean(0, true).expand_as(acts)
                                                     : acts.index_select(0, other));
  }
  all_ = metric(std::vector<bool>(units_.size(), true));
  none_ = metric(std::vector<bool>(units_.size(), false));
}

bool Faithfulness::has_effect() const {
  return std::abs(all_ - none_) > 1e-9;
}

double Faithfulness::metric(const std::vector<bool>& kept) const {
  const at::NoGradGuard no_gradients;
  std::vector<at::Tensor> ablated;  // bool [D], one a tap
  for (std::size_t t = 0; t < taps_.size(); ++t) {
    ablated.push_back(at::zeros({instead_BD_[t].size(1)}, at::kBool));
    for (std::size_t u = 0; u < units_.size(); ++u) {
      if (units_[u].tap == taps_[t] && !kept[u]) {
        ablated[t].mutable_data_ptr<bool>()[units_[u].neuron] = true;
      }
    }
  }
  const at::Tensor output = subject_.run(batch_, [&](std::string_view tap, const at::Tensor& acts) {
    for (std::size_t t = 0; t < taps_.size(); ++t) {
      if (taps_[t] == tap) return at::where(ablated[t], instead_BD_[t], acts);
    }
    return acts;
  });
  const at::Tensor distance = output.to(at::kDouble) - *subject_.decision_threshold();
  return at::where(batch_.targets_BT > .5, distance, -distance).mean().item<double>();
}

std::vector<double> Faithfulness::effects() const {
  std::vector<double> effects;
  std::vector<bool> kept(units_.size(), true);
  for (std::size_t u = 0; u < units_.size(); ++u) {
    poll_stop();
    kept[u] = false;
    effects.push_back(all_ - metric(kept));
    kept[u] = true;
  }
  return effects;
}

std::vector<double> Faithfulness::curve(const std::vector<std::int64_t>& ranking,
                                        const std::vector<double>& shares) const {
  if (!has_effect()) {
    throw Failure(
        "faithfulness: the network says the same without any unit, nothing can be shared out");
  }
  std::vector<double> f;
  for (const double share : shares) {
    poll_stop();
    const auto count =
        static_cast<std::size_t>(std::llround(share * static_cast<double>(units_.size())));
    std::vector<bool> kept(units_.size(), false);
    for (std::size_t i = 0; i < std::min(count, ranking.size()); ++i) {
      kept[static_cast<std::size_t>(ranking[i])] = true;
    }
    f.push_back((metric(kept) - none_) / (all_ - none_));
  }
  return f;
}

std::vector<double> kept_shares() {
  return {0, .01, .02, .05, .1, .2, .3, .4, .5, .6, .7, .8, .9, 1};
}

Scores no_faithfulness_scores(const std::string& reason) {
  return all_absent({"cpr", "cmd", "cpr_random", "cpr_random_sd", "cmd_random", "cmd_random_sd",
                     "cpr_oracle", "cmd_oracle"},
                    reason);
}

FaithfulnessReport faithfulness_scores(const Subject& subject, const Batch& search,
                                       const Batch& test, const std::vector<std::string>& taps,
                                       Ablation ablation, std::int64_t draws, const Draw& draw) {
  const std::vector<Unit> units = units_of(subject, taps);
  const std::vector<double> shares = kept_shares();
  const Faithfulness found(subject, search, units, ablation, draw);
  const Faithfulness scored(subject, test, units, ablation, draw);
  FaithfulnessReport report;
  if (!found.has_effect() || !scored.has_effect()) {
    report.scores = no_faithfulness_scores(
        "the network says the same without any of the units, so nothing can be shared out");
    return report;
  }
  Scores& scores = report.scores;
  const std::vector<double> own = scored.curve(ranked(found.effects()), shares);
  scores["cpr"] = Score::of(areas(shares, own).under);
  scores["cmd"] = Score::of(areas(shares, own).from_one);

  std::vector<double> under, from_one, average(shares.size(), 0);
  for (int64_t i = 1; i <= draws; ++i) {
    const std::vector<double> random = scored.curve(
        draw.at(static_cast<std::uint64_t>(i)).permutation(static_cast<int64_t>(units.size())),
        shares);
    under.push_back(areas(shares, random).under);
    from_one.push_back(areas(shares, random).from_one);
    for (std::size_t s = 0; s < shares.size(); ++s) {
      average[s] += random[s] / static_cast<double>(draws);
    }
  }
  for (const auto& [name, values] : {std::pair{"cpr_random", &under}, {"cmd_random", &from_one}}) {
    scores[name] = values->empty() ? Score::absent("no null was drawn") : Score::of(mean(*values));
    scores[std::string(name) + "_sd"] = values->size() < 2
                                            ? Score::absent("fewer than two nulls were drawn")
                                            : Score::of(standard_deviation(*values));
  }
  const std::vector<double> weight = planted_weight(subject, units);
  const bool planted = std::ranges::any_of(weight, [](double w) { return w > 0; });
  const std::vector<double> oracle =
      planted ? scored.curve(ranked(weight), shares)
              : std::vector<double>(shares.size(), std::numeric_limits<double>::quiet_NaN());
  const Score none = Score::absent("no place at these taps is known by construction");
  scores["cpr_oracle"] = planted ? Score::of(areas(shares, oracle).under) : none;
  scores["cmd_oracle"] = planted ? Score::of(areas(shares, oracle).from_one) : none;

  report.table.columns = {"kept", "ranked", "random", "oracle"};
  for (std::size_t s = 0; s < shares.size(); ++s) {
    report.table.rows.push_back({shares[s], own[s],
                                 draws > 0 ? average[s] : std::numeric_limits<double>::quiet_NaN(),
                                 oracle[s]});
  }
  return report;
}

}  // namespace lab
