// The simulator's side of circuit_sim.py: bench_circuit_sim FILE.aig INPUTS WORDS CHECKS SECONDS
// INPUTS holds row-major words [inputs, WORDS]; to CHECKS goes one word an AND, the exclusive or of
// all its words. Prints one JSON object.
#include <algorithm>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <functional>
#include <nlohmann/json.hpp>

#include "circuits/evaluation/benchmark.h"
#include "circuits/evaluation/kernel.h"
#include "circuits/evaluation/simulator.h"
#include "circuits/formats/files.h"

using namespace circuits;

namespace {

// Folds every row of a block into its check, as vectorised as the peers' loops are.
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__)
__attribute__((optimize("O3"), target_clones("arch=x86-64-v4", "arch=x86-64-v3", "default")))
#endif
void fold(const Simulator::Block& block, std::uint64_t* checks, std::size_t rows) {
  for (std::size_t i = 0; i < rows; ++i) {
    const std::uint64_t* words = block.row(i).data();
    std::uint64_t sum = 0;
    for (std::size_t w = 0; w < block.words; ++w) sum ^= words[w];
    checks[i] ^= sum;
  }
}

struct Checks {
  std::vector<std::uint64_t> words;
  bool operator()(const Simulator::Block& block) {
    fold(block, words.data(), words.size());
    return true;
  }
};

double best_seconds(double seconds, const std::function<void()>& call) {
  using Clock = std::chrono::steady_clock;
  double best = 1e99;
  const auto end = Clock::now() + std::chrono::duration<double>(seconds);
  do {
    const auto start = Clock::now();
    call();
    best = std::min(best, std::chrono::duration<double>(Clock::now() - start).count());
  } while (Clock::now() < end);
  return best;
}

}  // namespace

int main(int count, char** arguments) {
  if (count != 6) {
    std::fprintf(stderr, "bench_circuit_sim FILE.aig INPUTS WORDS CHECKS SECONDS\n");
    return 2;
  }
  const Circuit circuit = read_circuit(arguments[1]);
  const std::size_t words = std::strtoull(arguments[3], nullptr, 10);
  const double seconds = std::strtod(arguments[5], nullptr);
  std::vector<std::uint64_t> inputs(circuit.inputs() * words);
  std::ifstream(arguments[2], std::ios::binary)
      .read(reinterpret_cast<char*>(inputs.data()),
            static_cast<std::streamsize>(8 * inputs.size()));

  std::vector<Node> ands;
  for (Node v = 0; v < circuit.nodes(); ++v) {
    if (circuit.op(v) == Op::And) ands.push_back(v);
  }
  const Simulator outputs(circuit), every(circuit, ands);
  const auto stored = stored_inputs(inputs, words);
  const auto evaluations = 64.0 * static_cast<double>(words * ands.size());
  const auto rate = [&](const Simulator& simulator, const InputWords& words_of, bool folded) {
    return evaluations / best_seconds(seconds, [&] {
             Checks checks{std::vector<std::uint64_t>(folded ? simulator.rows() : 0)};
             simulator.stream(words_of, words, std::ref(checks));
           });
  };
  Checks checks{std::vector<std::uint64_t>(ands.size())};
  every.stream(stored, words, std::ref(checks));
  std::ofstream(arguments[4], std::ios::binary)
      .write(reinterpret_cast<const char*>(checks.words.data()),
             static_cast<std::streamsize>(8 * checks.words.size()));

  const nlohmann::json result = {
      {"outputs", rate(outputs, stored, false)},
      {"outputs, inputs made inside", rate(outputs, uniform_inputs(1), false)},
      {"every AND", rate(every, stored, false)},
      {"every AND, folded", rate(every, stored, true)},
      {"bound", bench_simulator(circuit, false, seconds).bound},
      {"instruction_set", instruction_set()},
      {"table_bytes", outputs.table_bytes()},
      {"block_words", outputs.block_words()}};
  std::printf("%s\n", result.dump().c_str());
}
