#include "lab/decomposers/end_to_end.h"

#include <ATen/ATen.h>

#include <map>

#include "lab/core/error.h"
#include "lab/decomposers/fit_samples.h"
#include "lab/decomposers/relu_objective.h"
#include "lab/decomposers/sae_training.h"

namespace lab {
namespace {

// What the subject says when a tap is replaced, and what later taps hold then.
struct Run {
  at::Tensor output_BT;
  std::map<std::string, at::Tensor> later;
};

// `acts_BD` undefined: nothing is replaced.
Run run_on(const FitData& data, const Batch& rows, const at::Tensor& acts_BD) {
  Run run;
  bool passed = false;
  run.output_BT = data.subject.run(rows, [&](std::string_view tap, const at::Tensor& own_BD) {
    if (passed) run.later[std::string(tap)] = own_BD;
    if (tap != data.site.output_tap()) return own_BD;
    passed = true;
    return acts_BD.defined() ? acts_BD : own_BD;
  });
  return run;
}

at::Tensor distance_between(const std::string& kind, const at::Tensor& y_BT,
                            const at::Tensor& said_BT) {
  if (kind == "kl") {
    const at::Tensor log_p = y_BT.log_softmax(1), log_q = said_BT.log_softmax(1);
    return (log_p.exp() * (log_p - log_q)).sum(1).mean();
  }
  if (kind == "kl_bits") {
    const at::Tensor p = y_BT.sigmoid();
    const at::Tensor one = at::log_sigmoid(y_BT) - at::log_sigmoid(said_BT);
    const at::Tensor zero = at::log_sigmoid(-y_BT) - at::log_sigmoid(-said_BT);
    return (p * one + (1 - p) * zero).sum(1).mean();
  }
  return (y_BT - said_BT).square().sum(1).mean();
}

at::Tensor fidelity(const EndToEnd& config, const FitData& data, const at::Tensor& said_BD,
                    const SaeBatch& batch) {
  const Run replaced = run_on(data, *batch.rows, said_BD);
  Run own;
  {
    const at::NoGradGuard no_grad;
    own = run_on(data, *batch.rows, {});
  }
  at::Tensor value = distance_between(config.distance, own.output_BT, replaced.output_BT);
  if (config.downstream > 0) {
    const double share = config.downstream / static_cast<double>(own.later.size());
    for (const auto& [tap, acts_BD] : own.later) {
      value = value + share * (acts_BD - replaced.later.at(tap)).square().sum(1).mean();
    }
  }
  return value;
}

void require_later_taps(const FitData& data) {
  const auto& taps = data.subject.taps();
  if (taps.empty() || taps.back().name != data.site.output_tap()) return;
  throw InputError("end_to_end: the subject computes nothing after the tap " +
                   data.site.output_tap() + "; choose an earlier one");
}

}  // namespace

Fitted fit_end_to_end(const EndToEnd& config, const FitData& data, std::int64_t seed) {
  require_one_tap(data, EndToEnd::name);
  require_later_taps(data);
  if (config.distance == "kl" && data.subject.taps().back().width < 2) {
    throw InputError("end_to_end: the softmax of one output is always 1; take kl_bits or mse");
  }
  const ReluObjective objective({config.l1,
                                 config.l1_warmup,
                                 {},
                                 common_of(config.sae, data.site),
                                 [&](const at::Tensor& said_BD, const SaeBatch& batch) {
                                   return fidelity(config, data, said_BD, batch);
                                 }});
  return fit_sae(config.sae, objective, data, seed);
}

}  // namespace lab
