#include "circuits/rewriting/node_functions.h"

#include <algorithm>
#include <string>

#include "circuits/evaluation/evaluate.h"

namespace circuits {
namespace {

constexpr std::size_t kWords = 16;
using Blocks = WordBlocks<kWords>;

std::uint64_t mixed(std::uint64_t hash, std::uint64_t value, std::uint64_t factor) {
  hash = (hash ^ value) * factor;
  return hash ^ (hash >> 32);
}

void add(FunctionHash& hash, std::uint64_t word) {
  hash[0] = mixed(hash[0], word, 0x9e3779b97f4a7c15);
  hash[1] = mixed(hash[1], word + (word << 21), 0xbf58476d1ce4e5b9);
}

}  // namespace

std::vector<FunctionHash> function_hashes(const Circuit& circuit) {
  const std::size_t n = circuit.inputs();
  if (n > static_cast<std::size_t>(TruthTable::kMostInputs)) {
    throw Error("the functions of nodes are found by exhaustion, for at most " +
                std::to_string(TruthTable::kMostInputs) + " inputs, not " + std::to_string(n));
  }
  const std::uint64_t words = n < 6 ? 1 : std::uint64_t{1} << (n - 6);
  const std::uint64_t used = n < 6 ? (std::uint64_t{1} << (1u << n)) - 1 : ~std::uint64_t{0};
  std::vector<FunctionHash> hashes(circuit.nodes(), FunctionHash{1, 2});
  std::vector<bool> inverted(circuit.nodes());
  std::vector<Blocks::Value> values(circuit.nodes(), Blocks{}.constant(false));
  for (std::uint64_t first = 0; first < words; first += kWords) {
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t w = 0; w < kWords; ++w) {
        values[i][w] = counting_word(static_cast<int>(i), first + w);
      }
    }
    evaluate_from(circuit, 0, Blocks{}, values);
    for (std::size_t v = 0; v < circuit.nodes(); ++v) {
      if (first == 0) inverted[v] = (values[v][0] & 1) != 0;
      for (std::size_t w = 0; w < std::min<std::uint64_t>(kWords, words - first); ++w) {
        add(hashes[v], (inverted[v] ? ~values[v][w] : values[v][w]) & used);
      }
    }
  }
  return hashes;
}

std::set<FunctionHash> inner_functions(const Circuit& circuit,
                                       const std::vector<FunctionHash>& hashes) {
  std::set<FunctionHash> inner(hashes.begin(), hashes.end());
  for (std::size_t i = 0; i < circuit.inputs(); ++i) inner.erase(hashes[i]);
  for (const Output& output : circuit.outputs()) inner.erase(hashes[output.node]);
  FunctionHash constant{1, 2};
  const std::size_t n = circuit.inputs();
  for (std::uint64_t w = n < 6 ? 1 : std::uint64_t{1} << (n - 6); w > 0; --w) add(constant, 0);
  inner.erase(constant);
  return inner;
}

}  // namespace circuits
