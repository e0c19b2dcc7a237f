#include "circuits/aig.h"

#include <algorithm>
#include <utility>

#include "circuits/builder.h"
#include "circuits/evaluation/evaluate.h"

namespace circuits {
namespace {

// Signals as a domain of values, so that the one evaluation function says what gates mean.
struct Signals {
  using Value = Signal;
  AigBuilder* graph;
  Signal constant(bool value) const { return value ? 1 : 0; }
  void complement(Signal& a) const { a ^= 1; }
  void conjoin(Signal& a, Signal b) const { a = graph->both(a, b); }
  void disjoin(Signal& a, Signal b) const { a = graph->both(a ^ 1, b ^ 1) ^ 1; }
  void add(Signal& a, Signal b) const { a = graph->select(a, b ^ 1, b); }
  Signal select(Signal s, Signal a, Signal b) const { return graph->select(s, a, b); }
};

bool is_tree(Op op) {
  return op == Op::And || op == Op::Or || op == Op::Xor || op == Op::Nand || op == Op::Nor ||
         op == Op::Xnor;
}

// The nodes of `builder` that signals are, made when they are first asked for.
class Literals {
 public:
  Literals(const Circuit& circuit, const AigBuilder& graph)
      : graph_(graph),
        plain_(1 + graph.inputs() + graph.ands().size(), kNone),
        complement_(plain_.size(), kNone) {
    for (std::size_t i = 0; i < circuit.inputs(); ++i) {
      plain_[1 + i] = builder_.input(circuit.name(static_cast<Node>(i)));
    }
  }

  // Adds the ANDs below `roots` in their order.
  void add_ands(const std::vector<Signal>& roots) {
    const std::size_t first = 1 + graph_.inputs();
    std::vector<bool> wanted(plain_.size(), false);
    for (const Signal root : roots) wanted[root >> 1] = true;
    for (std::size_t v = plain_.size(); v-- > first;) {
      if (!wanted[v]) continue;
      const auto [a, b] = graph_.ands()[v - first];
      wanted[a >> 1] = wanted[b >> 1] = true;
    }
    for (std::size_t v = first; v < plain_.size(); ++v) {
      if (!wanted[v]) continue;
      const auto [a, b] = graph_.ands()[v - first];
      const Node low = node(b), high = node(a);
      plain_[v] = builder_.add(Op::And, {low, high});
    }
  }

  Node node(Signal signal) {
    Node& plain = plain_[signal >> 1];
    if (plain == kNone) plain = builder_.add(Op::Zero, {});  // only the constant is not there yet
    if ((signal & 1) == 0) return plain;
    Node& complement = complement_[signal >> 1];
    if (complement == kNone) complement = builder_.add(Op::Not, {plain});
    return complement;
  }

  void output(Signal signal, const std::string& name) { builder_.output(node(signal), name); }
  Circuit build() const { return builder_.build(); }

 private:
  static constexpr Node kNone = ~Node{0};
  const AigBuilder& graph_;
  Builder builder_;
  std::vector<Node> plain_, complement_;
};

}  // namespace

Signal AigBuilder::both(Signal a, Signal b) {
  if (a < b) std::swap(a, b);
  if (b == 0 || a == (b ^ 1)) return 0;
  if (b == 1 || a == b) return a;
  const auto [found, added] = known_.try_emplace(std::uint64_t{a} << 32 | b, 0);
  if (added) {
    const std::size_t variable = 1 + inputs_ + ands_.size();
    if (variable >= std::size_t{1} << 31) throw Error("too many ANDs; at most 2^31 variables");
    found->second = static_cast<Signal>(2 * variable);
    ands_.push_back({a, b});
  }
  return found->second;
}

Signal AigBuilder::select(Signal s, Signal a, Signal b) {
  if (a == b) return a;
  if (a == 1) return both(s ^ 1, b ^ 1) ^ 1;
  if (b == 1) return both(s, a ^ 1) ^ 1;
  return both(both(s, a) ^ 1, both(s ^ 1, b) ^ 1) ^ 1;
}

Signal AigBuilder::gate(const Gate& gate, std::span<const Signal> fanins) {
  const Signals domain{this};
  if (!is_tree(gate.op)) {
    return apply(gate.op, gate.parameters, domain, fanins.size(),
                 [&](std::size_t i) { return fanins[i]; });
  }
  std::vector<Signal> layer(fanins.begin(), fanins.end());
  while (layer.size() > 1) {
    for (std::size_t i = 0; i < layer.size() / 2; ++i) {
      Signal value = layer[2 * i];
      const Signal other = layer[2 * i + 1];
      if (gate.op == Op::And || gate.op == Op::Nand) domain.conjoin(value, other);
      if (gate.op == Op::Or || gate.op == Op::Nor) domain.disjoin(value, other);
      if (gate.op == Op::Xor || gate.op == Op::Xnor) domain.add(value, other);
      layer[i] = value;
    }
    if (layer.size() % 2 == 1) layer[layer.size() / 2] = layer.back();
    layer.resize((layer.size() + 1) / 2);
  }
  const bool inverted = gate.op == Op::Nand || gate.op == Op::Nor || gate.op == Op::Xnor;
  return layer[0] ^ (inverted ? 1 : 0);
}

std::vector<Signal> AigBuilder::add(const Circuit& circuit, std::span<const Signal> inputs) {
  if (inputs.size() != circuit.inputs()) {
    throw Error("the circuit has " + std::to_string(circuit.inputs()) + " inputs and was given " +
                std::to_string(inputs.size()) + " signals");
  }
  std::vector<Signal> signals(inputs.begin(), inputs.end());
  signals.reserve(circuit.nodes());
  std::vector<Signal> fanins;
  for (Node v = static_cast<Node>(circuit.inputs()); v < circuit.nodes(); ++v) {
    fanins.clear();
    for (const Node fanin : circuit.fanins(v)) fanins.push_back(signals[fanin]);
    signals.push_back(gate(circuit.gate(v), fanins));
  }
  return signals;
}

Circuit and_inverter_graph(const Circuit& circuit) {
  AigBuilder graph(circuit.inputs());
  std::vector<Signal> inputs;
  for (std::size_t i = 0; i < circuit.inputs(); ++i) inputs.push_back(graph.input(i));
  const std::vector<Signal> signals = graph.add(circuit, inputs);
  std::vector<Signal> roots;
  for (const Output& output : circuit.outputs()) roots.push_back(signals[output.node]);
  Literals literals(circuit, graph);
  literals.add_ands(roots);
  for (std::size_t i = 0; i < roots.size(); ++i) {
    literals.output(roots[i], circuit.outputs()[i].name);
  }
  return literals.build();
}

bool is_and_inverter_graph(const Circuit& circuit) {
  for (Node v = 0; v < circuit.nodes(); ++v) {
    const Op op = circuit.op(v);
    const bool fits = op == Op::Input || op == Op::Not || op == Op::Zero || op == Op::One ||
                      (op == Op::And && circuit.fanins(v).size() == 2);
    if (!fits) return false;
  }
  return true;
}

}  // namespace circuits
