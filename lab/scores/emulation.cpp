#include "lab/scores/emulation.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "lab/core/error.h"
#include "lab/core/statistics.h"

namespace lab {

void add_batch(Emulation& emulation, const at::Tensor& outputs_BT, const at::Tensor& targets_BT,
               double threshold) {
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
