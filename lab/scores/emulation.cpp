#include "lab/scores/emulation.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <utility>

#include "lab/core/error.h"
#include "lab/core/statistics.h"

namespace lab {
namespace {

void add_targets(Emulation& emulation, const at::Tensor& wrong_BT, const at::Tensor& margins_BT) {
  const at::Tensor counts = wrong_BT.sum(0).contiguous();
  const at::Tensor least = std::get<0>(margins_BT.min(0)).contiguous();
  const auto targets = static_cast<std::size_t>(wrong_BT.size(1));
  emulation.wrong_by_target.resize(targets, 0);
  emulation.margin_by_target.resize(targets, std::numeric_limits<double>::infinity());
  for (std::size_t t = 0; t < targets; ++t) {
    emulation.wrong_by_target[t] += counts.const_data_ptr<std::int64_t>()[t];
    emulation.margin_by_target[t] =
        std::min(emulation.margin_by_target[t], least.const_data_ptr<double>()[t]);
  }
}

void add_wrong_inputs(Emulation& emulation, const at::Tensor& wrong_BT,
                      const at::Tensor& margins_BT, std::int64_t first) {
  const at::Tensor rows = wrong_BT.any(1).nonzero().flatten().contiguous();
  const auto most = static_cast<std::int64_t>(most_wrong_listed);
  for (std::int64_t i = 0; i < std::min(rows.size(0), most); ++i) {
    const std::int64_t row = rows.const_data_ptr<std::int64_t>()[i];
    const auto [margin, target] = margins_BT[row].min(0);
    emulation.wrong.push_back({first + row, target.item<std::int64_t>(), margin.item<double>()});
  }
  std::ranges::sort(emulation.wrong, {}, &WrongInput::input);
  if (emulation.wrong.size() > most_wrong_listed) emulation.wrong.resize(most_wrong_listed);
}

}  // namespace

void add_batch(Emulation& emulation, const at::Tensor& outputs_BT, const at::Tensor& targets_BT,
               double threshold, std::int64_t first) {
  if (outputs_BT.dim() != 2 || outputs_BT.sizes() != targets_BT.sizes())
    throw InputError("emulation: outputs and targets differ in shape");
  if (outputs_BT.numel() == 0) return;
  const at::Tensor distance = score_input(outputs_BT, "the output") - threshold;
  const at::Tensor margins = at::where(targets_BT.detach() > .5, distance, -distance);
  const at::Tensor wrong = margins <= 0;
  emulation.inputs += wrong.size(0);
  emulation.bits += wrong.numel();
  emulation.wrong_bits += wrong.sum().item<std::int64_t>();
  emulation.wrong_inputs += wrong.any(1).sum().item<std::int64_t>();
  emulation.margin = std::min(emulation.margin, margins.min().item<double>());
  add_targets(emulation, wrong, margins);
  add_wrong_inputs(emulation, wrong, margins, first);
}

std::map<std::string, Table> emulation_tables(const Emulation& emulation) {
  Table outputs{{"accuracy", "margin"}, {}, {}}, wrong{{"input", "target", "margin"}, {}, {}};
  for (std::size_t t = 0; t < emulation.wrong_by_target.size(); ++t) {
    const double share =
        static_cast<double>(emulation.wrong_by_target[t]) / static_cast<double>(emulation.inputs);
    outputs.rows.push_back({1 - share, emulation.margin_by_target[t]});
  }
  for (const WrongInput& each : emulation.wrong) {
    wrong.rows.push_back(
        {static_cast<double>(each.input), static_cast<double>(each.target), each.margin});
  }
  return {{"outputs", std::move(outputs)}, {"wrong_inputs", std::move(wrong)}};
}

Scores emulation_scores(const Emulation& emulation, bool whole_support) {
  if (emulation.inputs == 0)
    return all_absent({"exact", "margin", "wrong_inputs", "emulation_accuracy",
                       "emulation_accuracy_low", "emulation_accuracy_high", "bit_accuracy"},
                      "no input was run");
  const std::int64_t right = emulation.inputs - emulation.wrong_inputs;
  const double accuracy = static_cast<double>(right) / static_cast<double>(emulation.inputs);
  const Interval interval =
      whole_support ? Interval{accuracy, accuracy} : clopper_pearson(right, emulation.inputs);
  Scores scores;
  scores["exact"] = whole_support ? Score::of(emulation.wrong_inputs == 0)
                                  : Score::absent("the inputs are a sample of the support");
  scores["margin"] = Score::of(emulation.margin);
  scores["wrong_inputs"] = Score::of(static_cast<double>(emulation.wrong_inputs));
  scores["emulation_accuracy"] = Score::of(accuracy);
  scores["emulation_accuracy_low"] = Score::of(interval.low);
  scores["emulation_accuracy_high"] = Score::of(interval.high);
  scores["bit_accuracy"] = Score::of(1 - static_cast<double>(emulation.wrong_bits) /
                                             static_cast<double>(emulation.bits));
  return scores;
}

}  // namespace lab
