#include "circuits/views.h"

#include <algorithm>
#include <string>

#include "circuits/evaluation/evaluate.h"

namespace circuits {
namespace {

using Blocks = WordBlocks<8>;
using BlockValues = std::vector<Blocks::Value>;
constexpr std::uint64_t kBlockWords = 8;

// Whether flipping node v changes an output somewhere in the block `values`; bits outside `used` of
// each word do not count.
bool seen_in_block(const Circuit& circuit, Node v, const BlockValues& values, std::uint64_t used) {
  BlockValues flipped = values;
  Blocks{}.complement(flipped[v]);
  evaluate_from(circuit, v + 1, Blocks{}, flipped);
  return std::ranges::any_of(circuit.outputs(), [&](const Output& output) {
    for (std::size_t w = 0; w < kBlockWords; ++w) {
      if (((values[output.node][w] ^ flipped[output.node][w]) & used) != 0) return true;
    }
    return false;
  });
}

}  // namespace

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
  const std::uint64_t words = n < 6 ? 1 : std::uint64_t{1} << (n - 6);
  const std::uint64_t used = n < 6 ? (std::uint64_t{1} << (1u << n)) - 1 : ~std::uint64_t{0};
  std::vector<bool> seen(circuit.nodes(), false);
  std::vector<Node> unseen;
  for (Node v = 0; v < circuit.nodes(); ++v) unseen.push_back(v);
  BlockValues values(circuit.nodes(), Blocks{}.constant(false));
  for (std::uint64_t first = 0; first < words && !unseen.empty(); first += kBlockWords) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::uint64_t w = 0; w < kBlockWords; ++w) {  // words past the last repeat the first
        values[i][w] = counting_word(static_cast<int>(i), (first + w) % words);
      }
    }
    evaluate_from(circuit, 0, Blocks{}, values);
    std::erase_if(unseen, [&](Node v) {
      seen[v] = seen_in_block(circuit, v, values, used);
      return seen[v];
    });
  }
  return seen;
}

}  // namespace circuits
