#include "circuits/rewriting/simplify.h"

#include <array>
#include <numeric>
#include <unordered_map>
#include <utility>

#include "circuits/builder.h"
#include "circuits/compose.h"
#include "circuits/rewriting/simple_gate.h"
#include "circuits/views.h"

namespace circuits {
namespace {

struct NumbersHash {
  std::size_t operator()(const std::vector<std::int64_t>& numbers) const {
    std::uint64_t hash = numbers.size();
    for (const std::int64_t number : numbers) {
      hash = (hash ^ static_cast<std::uint64_t>(number)) * 0x9e3779b97f4a7c15;
      hash ^= hash >> 29;
    }
    return hash;
  }
};

// Builds the simple circuit gate by gate. Variable v + 1 is node v of the builder, an input or a
// gate; NOT gates and constants are nodes made when first asked for.
class Simplifier {
 public:
  Signal input(const std::string& name) {
    return static_cast<Signal>(2 * (builder_.input(name) + 1));
  }

  // The signal of a gate; it gets the name unless its node was there already.
  Signal add(const Gate& gate, const std::vector<Signal>& fanins, const std::string& name) {
    const SimpleGate simple = simplified(gate, fanins);
    if (simple.gate.op == Op::Buf) {
      node(simple.fanins[0], name);
      return simple.fanins[0];
    }
    const GateKey key = key_of(simple);
    const auto [found, added] = known_.try_emplace(key.numbers, 0);
    if (!added) {
      node(found->second ^ (key.inverted ? 1 : 0), name);
      return found->second ^ (key.inverted ? 1 : 0);
    }
    std::vector<Node> nodes;
    for (const Signal fanin : simple.fanins) nodes.push_back(node(fanin));
    const Node made = builder_.add(simple.gate, nodes, simple.inverted ? "" : name);
    const Signal signal = static_cast<Signal>(2 * (made + 1) + (simple.inverted ? 1 : 0));
    found->second = signal ^ (key.inverted ? 1 : 0);
    node(signal, name);
    return signal;
  }

  void output(Signal signal, const std::string& name) { builder_.output(node(signal), name); }
  Circuit build() const { return builder_.build(); }

 private:
  // The node of a signal; if it has to be made, with this name.
  Node node(Signal signal, const std::string& name = "") {
    if (signal > 1 && (signal & 1) == 0) return signal / 2 - 1;
    const auto [found, added] = made_.try_emplace(signal, 0);
    if (added) {
      found->second = signal <= 1 ? builder_.add(signal == 1 ? Op::One : Op::Zero, {}, name)
                                  : builder_.add(Op::Not, {signal / 2 - 1}, name);
    }
    return found->second;
  }

  Builder builder_;
  std::unordered_map<std::vector<std::int64_t>, Signal, NumbersHash> known_;  // by key_of
  std::unordered_map<Signal, Node> made_;  // constants and NOT gates
};

}  // namespace

Circuit simplify(const Circuit& circuit) {
  std::vector<Node> roots;
  for (const Output& output : circuit.outputs()) roots.push_back(output.node);
  const std::vector<bool> wanted = in_cone(circuit, roots);
  Simplifier simple;
  std::vector<Signal> signals(circuit.nodes(), 0);
  std::vector<Signal> fanins;
  for (Node v = 0; v < circuit.nodes(); ++v) {
    if (circuit.op(v) == Op::Input) {
      signals[v] = simple.input(circuit.name(v));
    } else if (wanted[v]) {
      fanins.clear();
      for (const Node fanin : circuit.fanins(v)) fanins.push_back(signals[fanin]);
      signals[v] = simple.add(circuit.gate(v), fanins, circuit.name(v));
    }
  }
  for (const Output& output : circuit.outputs()) simple.output(signals[output.node], output.name);
  const Circuit built = simple.build();  // some of it made for gates that turned out simpler
  std::vector<std::size_t> all(built.outputs().size());
  std::iota(all.begin(), all.end(), std::size_t{0});
  return cone(built, all);
}

}  // namespace circuits
