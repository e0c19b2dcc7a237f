#include "circuits/functions/npn.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <string>

#include "circuits/functions/transforms.h"

namespace circuits {
namespace {

// One-word tables: with input i flipped, and with inputs i < j exchanged.
std::uint64_t flipped(std::uint64_t word, int i) {
  const std::uint64_t high = counting_word(i, 0);
  return (word & high) >> (1 << i) | (word << (1 << i) & high);
}
std::uint64_t exchanged(std::uint64_t word, int i, int j) {
  const std::uint64_t up = ~counting_word(i, 0) & counting_word(j, 0);  // j set and i not
  const int shift = (1 << j) - (1 << i);
  const std::uint64_t moved = (word >> shift ^ word) & (up >> shift);
  return word ^ moved ^ moved << shift;
}

// permute_inputs on one word.
std::uint64_t permuted(std::uint64_t word, const std::vector<int>& order) {
  std::array<int, 6> now{0, 1, 2, 3, 4, 5};
  for (std::size_t j = 0; j < order.size(); ++j) {
    const int from = now[j], to = order[j];
    if (from == to) continue;
    word = exchanged(word, std::min(from, to), std::max(from, to));
    std::swap(now[j], *std::ranges::find(now, to));
  }
  return word;
}

struct Best {
  std::uint64_t word;
  std::vector<int> order;
  std::uint32_t flips;  // of the permuted table's inputs
  bool negate_output;
};

// Tries all ways to flip inputs, each one flip away from the one before (Gray code).
void try_flips(std::uint64_t word, const std::vector<int>& order, std::uint64_t used, Best& best) {
  std::uint32_t flips = 0;
  for (std::uint32_t step = 1;; ++step) {
    for (const bool negate : {false, true}) {
      const std::uint64_t candidate = negate ? ~word & used : word;
      if (candidate < best.word) best = {candidate, order, flips, negate};
    }
    const int i = std::countr_zero(step);
    if (i >= static_cast<int>(order.size())) return;
    word = flipped(word, i);
    flips ^= 1u << i;
  }
}

}  // namespace

TruthTable apply(const TruthTable& table, const NpnTransform& transform) {
  if (table.inputs() < 32 && transform.negated >> table.inputs() != 0) {
    throw Error("the transform negates an input beyond the " + std::to_string(table.inputs()) +
                " there are");
  }
  TruthTable result = permute_inputs(flip_inputs(table, transform.negated), transform.order);
  return transform.negate_output ? ~result : result;
}

NpnTransform inverse(const NpnTransform& transform) {
  // From y_j = x_order[j] ^ c_j follows x_order[j] = y_j ^ c_j.
  NpnTransform result{std::vector<int>(transform.order.size()), 0, transform.negate_output};
  for (std::size_t j = 0; j < transform.order.size(); ++j) {
    const auto to = static_cast<std::size_t>(transform.order[j]);
    result.order[to] = static_cast<int>(j);
    result.negated |= (transform.negated >> j & 1) << to;
  }
  return result;
}

NpnForm npn_form(const TruthTable& table) {
  const int n = table.inputs();
  if (n > kMostNpnInputs) {
    throw Error("NPN forms are computed for at most " + std::to_string(kMostNpnInputs) +
                " inputs, not " + std::to_string(n));
  }
  std::vector<int> order(static_cast<std::size_t>(n));
  std::iota(order.begin(), order.end(), 0);
  const std::uint64_t word = table.words()[0], used = TruthTable(n, true).words()[0];
  Best best{word, order, 0, false};
  do {
    try_flips(permuted(word, order), order, used, best);
  } while (std::ranges::next_permutation(order).found);
  NpnTransform transform{best.order, 0, best.negate_output};
  for (std::size_t j = 0; j < best.order.size(); ++j) {
    transform.negated |= (best.flips >> best.order[j] & 1) << j;
  }
  return {TruthTable::from_bits(n, best.word), std::move(transform)};
}

}  // namespace circuits
