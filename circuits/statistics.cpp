#include "circuits/statistics.h"

#include <algorithm>
#include <nlohmann/json.hpp>

#include "circuits/aig.h"
#include "circuits/views.h"

namespace circuits {
namespace {

std::size_t ands_of(const Circuit& circuit) {
  const Circuit graph = and_inverter_graph(circuit);
  std::size_t ands = 0;
  for (Node v = 0; v < graph.nodes(); ++v) ands += graph.op(v) == Op::And;
  return ands;
}

double share(std::size_t part, std::size_t whole) {
  return whole == 0 ? 0 : static_cast<double>(part) / static_cast<double>(whole);
}

void count_ops(const Circuit& circuit, CircuitStatistics& statistics) {
  const std::vector<std::size_t> level = levels(circuit);
  std::size_t fan_ins = 0;
  for (Node v = static_cast<Node>(circuit.inputs()); v < circuit.nodes(); ++v) {
    const Op op = circuit.op(v);
    const std::size_t fanins = circuit.fanins(v).size();
    ++statistics.ops[std::string(rule(op).name)];
    if (fanins == 0) {
      ++statistics.constants;
    } else if (op == Op::Not) {
      ++statistics.inverters;
    } else {
      ++statistics.gates;
      fan_ins += fanins;
      statistics.largest_fan_in = std::max(statistics.largest_fan_in, fanins);
      if (statistics.gates_by_level.size() < level[v]) statistics.gates_by_level.resize(level[v]);
      ++statistics.gates_by_level[level[v] - 1];
    }
  }
  statistics.mean_fan_in = share(fan_ins, statistics.gates);
}

}  // namespace

CircuitStatistics circuit_statistics(const Circuit& circuit) {
  CircuitStatistics statistics;
  statistics.inputs = circuit.inputs();
  statistics.outputs = circuit.outputs().size();
  statistics.depth = depth(circuit);
  count_ops(circuit, statistics);
  std::size_t uses = 0;
  for (const std::size_t count : fan_outs(circuit)) {
    uses += count;
    statistics.largest_fan_out = std::max(statistics.largest_fan_out, count);
  }
  statistics.mean_fan_out = share(uses, circuit.nodes());
  std::vector<Node> roots;
  for (const Output& output : circuit.outputs()) roots.push_back(output.node);
  const std::vector<bool> reached = in_cone(circuit, roots);
  for (Node v = 0; v < circuit.nodes(); ++v) {
    if (reached[v]) continue;
    ++(circuit.op(v) == Op::Input ? statistics.unused_inputs : statistics.unreached);
  }
  statistics.ands = ands_of(circuit);
  return statistics;
}

nlohmann::json to_json(const CircuitStatistics& statistics) {
  return {{"inputs", statistics.inputs},
          {"outputs", statistics.outputs},
          {"ops", statistics.ops},
          {"constants", statistics.constants},
          {"inverters", statistics.inverters},
          {"gates", statistics.gates},
          {"depth", statistics.depth},
          {"gates_by_level", statistics.gates_by_level},
          {"mean_fan_in", statistics.mean_fan_in},
          {"largest_fan_in", statistics.largest_fan_in},
          {"mean_fan_out", statistics.mean_fan_out},
          {"largest_fan_out", statistics.largest_fan_out},
          {"unreached", statistics.unreached},
          {"unused_inputs", statistics.unused_inputs},
          {"ands", statistics.ands}};
}

}  // namespace circuits
