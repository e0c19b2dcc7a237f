#include "lab/scores/availability.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "lab/core/stop.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

// How many directions can be taken out before the gate cannot be read any more.
double directions_of(at::Tensor acts_BD, const at::Tensor& gate_B1, const InputSplit& split) {
  int64_t found = 0;
  while (found < most_directions) {
    poll_stop();
    const double right = probe(acts_BD, gate_B1, split)[0];
    if (!(right >= gone_below)) break;
    ++found;
    const at::Tensor direction_1D = probe_directions(acts_BD, gate_B1, split);
    acts_BD = acts_BD - acts_BD.matmul(direction_1D.t()).matmul(direction_1D);
  }
  return static_cast<double>(found);
}

// The share of gates with a value at or above the bar in some list; of those that have any value.
Score share_available(const std::vector<std::vector<double>>& lists, int64_t gates) {
  double measured = 0, available = 0;
  for (int64_t g = 0; g < gates; ++g) {
    double best = -1;
    for (const auto& list : lists) best = std::isnan(list[g]) ? best : std::max(best, list[g]);
    if (best < 0) continue;
    ++measured;
    available += best >= available_at;
  }
  return measured > 0 ? Score::of(available / measured)
                      : Score::absent("no probe was possible: too few inputs, or constant gates");
}

Score mean_of_present(const std::vector<double>& values) {
  double sum = 0, count = 0;
  for (const double value : values)
    if (!std::isnan(value)) sum += value, ++count;
  return count > 0 ? Score::of(sum / count) : Score::absent("no gate is available at any tap");
}

}  // namespace

Availability availability(const std::vector<TapActs>& taps, const at::Tensor& inputs_BN,
                          const at::Tensor& gates_BG, const InputSplit& split) {
  const int64_t gates = gates_BG.size(1), count = static_cast<int64_t>(taps.size());
  Availability result;
  result.table.columns = {"gate",         "tap",       "probe_tap", "probe_untrained",
                          "probe_inputs", "directions"};
  result.gates.columns = {"available_from", "direction_tap", "direction_probe"};
  std::vector<std::vector<double>> at_tap, before, at_inputs;
  for (const TapActs& tap : taps) {
    poll_stop();
    const ProbeReport report =
        probe_scores(tap.acts_BD, tap.untrained_BD, inputs_BN, gates_BG, split);
    std::vector<std::vector<double>> columns(3);
    for (const auto& row : report.table.rows)
      for (std::size_t c = 0; c < 3; ++c) columns[c].push_back(row[c]);
    at_tap.push_back(columns[0]);
    before.push_back(columns[1]);
    at_inputs.push_back(columns[2]);
  }
  std::vector<double> first_taps, first_directions;
  for (int64_t g = 0; g < gates; ++g) {
    double from = nothing, best = nothing, best_tap = nothing;
    for (int64_t t = 0; t < count; ++t) {
      const double right = at_tap[t][g];
      double directions = nothing;
      if (!std::isnan(right)) {
        directions = right >= available_at
                         ? directions_of(score_input(taps[t].acts_BD, "the activations"),
                                         gates_BG.narrow(1, g, 1), split)
                         : 0;
        if (std::isnan(from) && right >= available_at) {
          from = static_cast<double>(t);
          first_directions.push_back(directions);
        }
        if (std::isnan(best) || right > best) best = right, best_tap = static_cast<double>(t);
      }
      result.table.rows.push_back({static_cast<double>(g), static_cast<double>(t), right,
                                   before[t][g], at_inputs[t][g], directions});
    }
    first_taps.push_back(from);
    result.gates.rows.push_back({from, best_tap, best});
  }
  result.scores = {{"gates_available", share_available(at_tap, gates)},
                   {"gates_available_untrained", share_available(before, gates)},
                   {"gates_available_inputs", share_available(at_inputs, gates)},
                   {"availability_tap", mean_of_present(first_taps)},
                   {"gate_directions", mean_of_present(first_directions)}};
  return result;
}

}  // namespace lab
