#include "lab/worlds/interchange.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "circuits/evaluation/evaluate.h"
#include "lab/core/error.h"

namespace lab {
namespace {

using circuits::Circuit;
using circuits::Node;

// A value is a bool column [B]: every sample at once (circuits/evaluation/domains.h).
struct Columns {
  using Value = at::Tensor;
  std::int64_t samples;
  at::Tensor constant(bool value) const { return at::full({samples}, value, at::kBool); }
  void complement(at::Tensor& a) const { a = at::logical_not(a); }
  void conjoin(at::Tensor& a, const at::Tensor& b) const { a = at::logical_and(a, b); }
  void disjoin(at::Tensor& a, const at::Tensor& b) const { a = at::logical_or(a, b); }
  void add(at::Tensor& a, const at::Tensor& b) const { a = at::logical_xor(a, b); }
  at::Tensor select(const at::Tensor& s, const at::Tensor& a, const at::Tensor& b) const {
    return at::where(s, a, b);
  }
};

std::vector<at::Tensor> input_columns(const Circuit& circuit, const at::Tensor& inputs_BN) {
  const auto n = static_cast<std::int64_t>(circuit.inputs());
  if (inputs_BN.dim() != 2 || inputs_BN.size(1) != n) {
    throw InputError("the circuit has " + std::to_string(n) + " inputs, the batch another number");
  }
  const at::Tensor bits_NB = (inputs_BN > .5).t().contiguous();
  std::vector<at::Tensor> columns;
  for (std::int64_t i = 0; i < n; ++i) columns.push_back(bits_NB[i]);
  return columns;
}

}  // namespace

Pairs sample_pairs(const World& world, const std::string& split, std::int64_t first,
                   std::int64_t count) {
  const Batch both = world.sample(split, 2 * first, 2 * count);
  const auto every_second = [&](std::int64_t from) {
    const auto rows = [&](const at::Tensor& x) {
      return x.slice(0, from, 2 * count, 2).contiguous();
    };
    return Batch{rows(both.inputs_BN),
                 rows(both.values_BC),
                 rows(both.present_BF),
                 rows(both.targets_BT),
                 split,
                 2 * first + from};
  };
  return {every_second(0), every_second(1)};
}

at::Tensor circuit_inputs(const Truth& truth, const Batch& batch) {
  if (!truth.circuit.has_value()) throw InputError("interchange: this world has no circuit");
  const auto n = static_cast<std::int64_t>(truth.circuit->inputs());
  std::vector<std::int64_t> columns;
  for (std::int64_t i = 0; i < n; ++i) {
    const auto found = std::ranges::find(truth.gate_of_feature, i);
    if (found == truth.gate_of_feature.end()) break;
    columns.push_back(found - truth.gate_of_feature.begin());
  }
  if (static_cast<std::int64_t>(columns.size()) < n) return batch.inputs_BN > .5;
  return batch.present_BF.index_select(1, at::tensor(columns, at::kLong));
}

at::Tensor node_values(const Circuit& circuit, const at::Tensor& inputs_BN) {
  const auto columns = circuits::evaluate_nodes(circuit, Columns{inputs_BN.size(0)},
                                                input_columns(circuit, inputs_BN));
  if (columns.empty()) return at::empty({inputs_BN.size(0), 0}, at::kBool);
  return at::stack(columns, 1);
}

at::Tensor outputs_when(const Circuit& circuit, const at::Tensor& inputs_BN,
                        const std::vector<Node>& forced, const at::Tensor& values_BK) {
  const std::int64_t samples = inputs_BN.size(0);
  if (values_BK.dim() != 2 || values_BK.size(0) != samples ||
      values_BK.size(1) != static_cast<std::int64_t>(forced.size())) {
    throw InputError("outputs_when: one value a sample and forced node is needed");
  }
  const Columns domain{samples};
  std::vector<at::Tensor> values = input_columns(circuit, inputs_BN);
  values.resize(circuit.nodes());
  for (Node v = 0; v < circuit.nodes(); ++v) {
    const auto found = std::ranges::find(forced, v);
    if (found != forced.end()) {
      values[v] = values_BK.select(1, found - forced.begin()).to(at::kBool);
    } else if (circuit.op(v) != circuits::Op::Input) {
      const auto fanins = circuit.fanins(v);
      const auto value_of = [&](std::size_t i) -> const at::Tensor& { return values[fanins[i]]; };
      values[v] =
          circuits::apply(circuit.op(v), circuit.parameters(v), domain, fanins.size(), value_of);
    }
  }
  std::vector<at::Tensor> outputs;
  for (const circuits::Output& output : circuit.outputs()) outputs.push_back(values[output.node]);
  return outputs.empty() ? at::empty({samples, 0}, at::kBool) : at::stack(outputs, 1);
}

at::Tensor interchanged_outputs(const Circuit& circuit, const Pairs& pairs,
                                const std::vector<Node>& nodes) {
  std::vector<std::int64_t> columns(nodes.begin(), nodes.end());
  const at::Tensor values_BK =
      node_values(circuit, pairs.source.inputs_BN).index_select(1, at::tensor(columns, at::kLong));
  return outputs_when(circuit, pairs.base.inputs_BN, nodes, values_BK);
}

at::Tensor interchanged_outputs(const Truth& truth, const Pairs& pairs,
                                const std::vector<Node>& nodes) {
  const std::vector<std::int64_t> columns(nodes.begin(), nodes.end());
  const at::Tensor sources_BN = circuit_inputs(truth, pairs.source);
  const at::Tensor values_BK =
      node_values(*truth.circuit, sources_BN).index_select(1, at::tensor(columns, at::kLong));
  return outputs_when(*truth.circuit, circuit_inputs(truth, pairs.base), nodes, values_BK);
}

}  // namespace lab
