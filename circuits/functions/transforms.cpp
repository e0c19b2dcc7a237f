#include "circuits/functions/transforms.h"

#include <algorithm>
#include <string>
#include <utility>

namespace circuits {
namespace {

void check_input(const TruthTable& table, int i) {
  if (i < 0 || i >= table.inputs()) {
    throw Error("there is no input " + std::to_string(i) + " among " +
                std::to_string(table.inputs()));
  }
}

}  // namespace

TruthTable flip_input(const TruthTable& table, int i) {
  check_input(table, i);
  TruthTable result = table;
  const auto words = result.words();
  if (i < 6) {
    const int shift = 1 << i;
    const std::uint64_t high = counting_word(i, 0);
    for (std::uint64_t& word : words) word = (word & high) >> shift | (word << shift & high);
    return result;
  }
  const std::size_t stride = std::size_t{1} << (i - 6);
  for (std::size_t w = 0; w < words.size(); ++w) words[w] = table.words()[w ^ stride];
  return result;
}

TruthTable flip_inputs(TruthTable table, std::uint32_t mask) {
  for (int i = 0; i < 32; ++i) {
    if ((mask >> i & 1) != 0) table = flip_input(table, i);
  }
  return table;
}

TruthTable swap_inputs(const TruthTable& table, int i, int j) {
  check_input(table, i);
  check_input(table, j);
  if (i == j) return table;
  // Where both inputs are equal nothing moves, elsewhere both are flipped.
  TruthTable result = flip_input(flip_input(table, i), j);
  const auto words = result.words();
  for (std::size_t w = 0; w < words.size(); ++w) {
    const std::uint64_t moved = counting_word(i, w) ^ counting_word(j, w);
    words[w] = (words[w] & moved) | (table.words()[w] & ~moved);
  }
  return result;
}

TruthTable permute_inputs(TruthTable table, std::span<const int> order) {
  std::vector<int> now;  // the table so far is f(y) with y_j = x_now[j]
  for (int j = 0; j < table.inputs(); ++j) now.push_back(j);
  if (!std::ranges::is_permutation(order, now)) {
    throw Error("the order of inputs is no permutation of 0 to " +
                std::to_string(table.inputs() - 1));
  }
  for (std::size_t j = 0; j < now.size(); ++j) {
    if (now[j] == order[j]) continue;
    const int from = now[j];
    table = swap_inputs(table, from, order[j]);
    std::swap(now[j], *std::ranges::find(now, order[j]));
  }
  return table;
}

std::vector<int> relevant_inputs(const TruthTable& table) {
  std::vector<int> inputs;
  for (int i = 0; i < table.inputs(); ++i) {
    if (table.depends_on(i)) inputs.push_back(i);
  }
  return inputs;
}

TruthTable restricted_to(const TruthTable& table, std::span<const int> inputs) {
  std::uint64_t mask = 0;
  for (const int i : inputs) {
    check_input(table, i);
    if (mask >> i != 0) throw Error("the inputs to keep are not in ascending order");
    mask |= std::uint64_t{1} << i;
  }
  if (mask + 1 == table.size()) return table;
  TruthTable result(static_cast<int>(inputs.size()));
  std::uint64_t source = 0;  // runs through the subsets of mask, ascending
  for (std::uint64_t k = 0; k < result.size(); ++k) {
    if (table[source]) result.set(k, true);
    source = (source - mask) & mask;
  }
  return result;
}

Junta junta(const TruthTable& table) {
  std::vector<int> inputs = relevant_inputs(table);
  TruthTable reduced = restricted_to(table, inputs);
  return {std::move(inputs), std::move(reduced)};
}

Junta junta_within(const TruthTable& table, int limit, const std::string& what) {
  const std::size_t relevant = relevant_inputs(table).size();
  if (relevant > static_cast<std::size_t>(limit)) {
    throw Error(what + ": computed for at most " + std::to_string(limit) +
                " inputs that matter, not " + std::to_string(relevant));
  }
  return junta(table);
}

}  // namespace circuits
