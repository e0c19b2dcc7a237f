#include "circuits/evaluation/evaluate.h"

#include "circuits/evaluation/simulator.h"

namespace circuits {
namespace {

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
  return Simulator(circuit, all_nodes(circuit)).run(inputs, words);
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
