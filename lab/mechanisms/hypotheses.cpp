#include "lab/mechanisms/hypotheses.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <set>

#include "lab/core/error.h"
#include "lab/core/stop.h"

namespace lab {
namespace {

const InnerFunction* find(const Hypothesis& hypothesis, const circuits::FunctionHash& hash) {
  const auto found = std::ranges::find(hypothesis.functions, hash, &InnerFunction::hash);
  return found == hypothesis.functions.end() ? nullptr : &*found;
}

}  // namespace

Hypothesis hypothesis(const std::string& name, const circuits::Circuit& circuit) {
  if (circuit.inputs() > 24) {
    throw InputError("a hypothesis has at most 24 inputs, this circuit has " +
                     std::to_string(circuit.inputs()));
  }
  Hypothesis result{name, circuit, {}};
  const std::vector<circuits::FunctionHash> hashes = circuits::function_hashes(circuit);
  const std::set<circuits::FunctionHash> inner = circuits::inner_functions(circuit, hashes);
  for (circuits::Node v = 0; v < circuit.nodes(); ++v) {
    if (!inner.contains(hashes[v])) continue;
    const auto known = std::ranges::find(result.functions, hashes[v], &InnerFunction::hash);
    if (known == result.functions.end()) {
      result.functions.push_back({hashes[v], {v}});
    } else {
      known->nodes.push_back(v);
    }
  }
  return result;
}

at::Tensor prediction(const Hypothesis& hypothesis, const InnerFunction& function,
                      const Pairs& pairs) {
  return interchanged_outputs(hypothesis.circuit, pairs, function.nodes);
}

double can_distinguish(const Hypothesis& a, const Hypothesis& b, const Pairs& pairs) {
  const at::Tensor unchanged = pairs.base.targets_BT > .5;
  const auto predicted = [&](const Hypothesis& of, const circuits::FunctionHash& hash) {
    const InnerFunction* function = find(of, hash);
    return function == nullptr ? unchanged : prediction(of, *function, pairs);
  };
  std::set<circuits::FunctionHash> all;
  for (const Hypothesis* of : {&a, &b}) {
    for (const InnerFunction& function : of->functions) all.insert(function.hash);
  }
  double differ = 0;
  for (const circuits::FunctionHash& hash : all) {
    poll_stop();
    differ +=
        (predicted(a, hash) != predicted(b, hash)).any(1).to(at::kDouble).mean().item<double>();
  }
  return all.empty() ? 0 : differ / static_cast<double>(all.size());
}

}  // namespace lab
