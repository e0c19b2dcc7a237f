#include "circuits/evaluation/evaluate.h"

#include <algorithm>

namespace circuits {
namespace {

// 1,024 inputs a block: the values of a hundred nodes stay in a first-level cache of 32 KiB, and
// looking a gate up costs little against computing it.
constexpr std::size_t kBlock = 16;
using Blocks = WordBlocks<kBlock>;

int table_inputs(const Circuit& circuit) {
  if (circuit.inputs() > TruthTable::kMostInputs) {
    throw Error("a circuit with " + std::to_string(circuit.inputs()) +
                " inputs is too wide for truth tables; at most " +
                std::to_string(TruthTable::kMostInputs));
  }
  return static_cast<int>(circuit.inputs());
}

std::vector<TruthTable> input_tables(int inputs) {
  std::vector<TruthTable> tables;
  for (int i = 0; i < inputs; ++i) tables.push_back(TruthTable::input(inputs, i));
  return tables;
}

}  // namespace

std::vector<std::uint64_t> evaluate_words(const Circuit& circuit,
                                          std::span<const std::uint64_t> inputs,
                                          std::size_t words) {
  if (inputs.size() != circuit.inputs() * words) {
    throw Error("the circuit has " + std::to_string(circuit.inputs()) + " inputs and was given " +
                std::to_string(inputs.size()) + " words for " + std::to_string(words) + " each");
  }
  std::vector<std::uint64_t> result(circuit.nodes() * words);
  std::vector<Blocks::Value> values(circuit.nodes(), Blocks{}.constant(false));
  for (std::size_t first = 0; first < words; first += kBlock) {
    const std::size_t count = std::min(kBlock, words - first);
    for (std::size_t i = 0; i < circuit.inputs(); ++i) {
      std::copy_n(inputs.data() + i * words + first, count, values[i].data());
    }
    evaluate_from(circuit, 0, Blocks{}, values);
    for (std::size_t v = 0; v < circuit.nodes(); ++v) {
      std::copy_n(values[v].data(), count, result.data() + v * words + first);
    }
  }
  return result;
}

std::vector<TruthTable> node_tables(const Circuit& circuit) {
  const int n = table_inputs(circuit);
  return evaluate_nodes(circuit, TruthTables{n}, input_tables(n));
}

std::vector<TruthTable> output_tables(const Circuit& circuit) {
  const int n = table_inputs(circuit);
  return evaluate(circuit, TruthTables{n}, input_tables(n));
}

}  // namespace circuits
