#include "circuits/statistics.h"

#include <algorithm>
#include <nlohmann/json.hpp>
#include <numeric>
#include <string>

#include "circuits/aig.h"
#include "circuits/views.h"

namespace circuits {
namespace {

bool counts(const Circuit& circuit, Node v) {
  return !circuit.fanins(v).empty() && circuit.op(v) != Op::Not;
}

std::size_t and_count(const Circuit& circuit) {
  const Circuit graph = and_inverter_graph(circuit);
  std::size_t ands = 0;
  for (Node v = 0; v < graph.nodes(); ++v) ands += graph.op(v) == Op::And;
  return ands;
}

double mean(std::size_t sum, std::size_t count) {
  return count == 0 ? 0 : static_cast<double>(sum) / static_cast<double>(count);
}

}  // namespace

std::size_t gate_count(const Circuit& circuit) {
  std::size_t count = 0;
  for (Node v = 0; v < circuit.nodes(); ++v) count += counts(circuit, v);
  return count;
}

CircuitStatistics statistics(const Circuit& circuit) {
  CircuitStatistics s{};
  s.inputs = circuit.inputs();
  s.outputs = circuit.outputs().size();
  s.nodes = circuit.nodes();
  s.gates = gate_count(circuit);
  s.by_op.assign(static_cast<std::size_t>(Op::Lut) + 1, 0);
  s.depth = depth(circuit);
  std::vector<Node> roots;
  for (const Output& output : circuit.outputs()) roots.push_back(output.node);
  const std::vector<bool> used = in_cone(circuit, roots);
  const std::vector<std::size_t> level = levels(circuit);
  std::size_t with_fanins = 0, fanins = 0;
  for (Node v = 0; v < circuit.nodes(); ++v) {
    const std::size_t count = circuit.fanins(v).size();
    ++s.by_op[static_cast<std::size_t>(circuit.op(v))];
    if (!used[v]) ++(circuit.op(v) == Op::Input ? s.unused_inputs : s.dead_gates);
    s.by_level.resize(std::max(s.by_level.size(), level[v] + 1));
    s.by_level[level[v]] += counts(circuit, v);
    s.most_fanins = std::max(s.most_fanins, count);
    with_fanins += count > 0;
    fanins += count;
  }
  for (const std::size_t users : fan_outs(circuit))
    s.most_fanouts = std::max(s.most_fanouts, users);
  s.mean_fanins = mean(fanins, with_fanins);
  s.mean_fanouts = mean(fanins, s.nodes);
  s.ands = and_count(circuit);
  return s;
}

nlohmann::json to_json(const CircuitStatistics& s) {
  nlohmann::json ops = nlohmann::json::object();
  for (std::size_t i = 0; i < s.by_op.size(); ++i) {
    if (s.by_op[i] > 0) ops[std::string(rule(static_cast<Op>(i)).name)] = s.by_op[i];
  }
  return {{"inputs", s.inputs},
          {"outputs", s.outputs},
          {"nodes", s.nodes},
          {"gates", s.gates},
          {"by_op", ops},
          {"depth", s.depth},
          {"by_level", s.by_level},
          {"most_fanins", s.most_fanins},
          {"mean_fanins", s.mean_fanins},
          {"most_fanouts", s.most_fanouts},
          {"mean_fanouts", s.mean_fanouts},
          {"unused_inputs", s.unused_inputs},
          {"dead_gates", s.dead_gates},
          {"ands", s.ands}};
}

}  // namespace circuits
