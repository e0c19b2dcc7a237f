#include "circuits/evaluation/evaluate.h"

#include <algorithm>

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
  std::vector<TruthTable> tables(circuit.outputs().size(), TruthTable(n));
  const std::uint64_t used = n >= 6 ? ~std::uint64_t{0} : (std::uint64_t{1} << (1u << n)) - 1;
  const std::size_t words = std::size_t{1} << (n > 6 ? n - 6 : 0);
  Simulator(circuit).stream(counting_inputs(), words, [&](const Simulator::Block& block) {
    for (std::size_t i = 0; i < tables.size(); ++i) {
      const auto row = block.row(i);
      std::ranges::transform(row,
                             tables[i].words().begin() + static_cast<std::ptrdiff_t>(block.first),
                             [used](std::uint64_t word) { return word & used; });
    }
    return true;
  });
  return tables;
}

}  // namespace circuits
