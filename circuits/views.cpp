#include "circuits/views.h"

#include <algorithm>
#include <string>

#include "circuits/evaluation/evaluate.h"
#include "circuits/evaluation/flips.h"
#include "circuits/evaluation/patterns.h"

namespace circuits {

std::vector<std::size_t> levels(const Circuit& circuit) {
  std::vector<std::size_t> level(circuit.nodes(), 0);
  for (Node v = 0; v < circuit.nodes(); ++v) {
    if (circuit.fanins(v).empty()) continue;
    std::size_t highest = 0;
    for (const Node fanin : circuit.fanins(v)) highest = std::max(highest, level[fanin]);
    level[v] = highest + (circuit.op(v) == Op::Not ? 0 : 1);
  }
  return level;
}

std::size_t depth(const Circuit& circuit) {
  const auto level = levels(circuit);
  std::size_t highest = 0;
  for (const Output& output : circuit.outputs()) highest = std::max(highest, level[output.node]);
  return highest;
}

std::vector<std::size_t> fan_outs(const Circuit& circuit) {
  std::vector<std::size_t> count(circuit.nodes(), 0);
  for (Node v = 0; v < circuit.nodes(); ++v) {
    for (const Node fanin : circuit.fanins(v)) ++count[fanin];
  }
  return count;
}

std::vector<bool> in_cone(const Circuit& circuit, std::span<const Node> roots) {
  std::vector<bool> inside(circuit.nodes(), false);
  for (const Node root : roots) inside[root] = true;
  for (std::size_t v = circuit.nodes(); v-- > 0;) {
    if (!inside[v]) continue;
    for (const Node fanin : circuit.fanins(static_cast<Node>(v))) inside[fanin] = true;
  }
  return inside;
}

Relevance relevant_inputs(const Circuit& circuit, Node node, std::size_t exact_inputs) {
  Relevance relevance{{}, circuit.inputs() <= exact_inputs};
  const std::vector<bool> inside = in_cone(circuit, std::span(&node, 1));
  const TruthTable table = relevance.exact ? node_tables(circuit)[node] : TruthTable();
  for (Node i = 0; i < circuit.inputs(); ++i) {
    if (!inside[i]) continue;
    if (relevance.exact && !table.depends_on(static_cast<int>(i))) continue;
    relevance.inputs.push_back(i);
  }
  return relevance;
}

std::vector<bool> observable(const Circuit& circuit) {
  const std::size_t n = circuit.inputs();
  if (n > TruthTable::kMostInputs) {
    throw Error("observability is decided by exhaustion, for at most " +
                std::to_string(TruthTable::kMostInputs) + " inputs, not " + std::to_string(n));
  }
  const Patterns patterns = Patterns::all(n);
  Flips flips(circuit, patterns);
  std::vector<bool> seen(circuit.nodes(), false);
  std::vector<Node> unseen;
  for (Node v = 0; v < circuit.nodes(); ++v) unseen.push_back(v);
  for (std::uint64_t first = 0; first < patterns.words() && !unseen.empty();
       first += Flips::kWords) {
    flips.load(first);
    std::erase_if(unseen, [&](Node v) {
      seen[v] = flips.seen(v) != Flips::Block{};
      return seen[v];
    });
  }
  return seen;
}

}  // namespace circuits
