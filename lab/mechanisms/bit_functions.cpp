#include "lab/mechanisms/bit_functions.h"

#include <algorithm>
#include <cmath>
#include <numeric>
#include <unordered_map>
#include <variant>

#include "circuits/functions/threshold.h"
#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/core/stop.h"

namespace lab {
namespace {

using std::int64_t;
using std::uint64_t;

// |φ|; 0 where one of them is constant.
double correlation(const BitColumn& a, const BitColumn& b) {
  double ones_a = 0, ones_b = 0, both = 0;
  for (std::size_t r = 0; r < a.size(); ++r) {
    ones_a += a[r];
    ones_b += b[r];
    both += a[r] & b[r];
  }
  const auto n = static_cast<double>(a.size());
  const double variances = ones_a * (n - ones_a) * ones_b * (n - ones_b);
  return variances == 0 ? 0 : std::abs(n * both - ones_a * ones_b) / std::sqrt(variances);
}

// Rows on which the most frequent value of each pattern is the bit. Patterns are told apart by even
// keys; the odd bit of a mark is the row's value.
int64_t agreement(const std::vector<uint64_t>& keys, const BitColumn& bit) {
  std::vector<uint64_t> marks(keys);
  for (std::size_t r = 0; r < marks.size(); ++r) marks[r] |= bit[r];
  std::ranges::sort(marks);
  int64_t agreeing = 0;
  for (std::size_t first = 0; first < marks.size();) {
    int64_t counts[2] = {0, 0};
    std::size_t r = first;
    for (; r < marks.size() && marks[r] >> 1 == marks[first] >> 1; ++r) ++counts[marks[r] & 1];
    agreeing += std::max(counts[0], counts[1]);
    first = r;
  }
  return agreeing;
}

// Removes (or adds) a column from the patterns that the keys stand for: they are exclusive ors of
// random numbers of 63 bits, one a column, so that different patterns have equal ones by a chance of
// 2^-63 a pair.
void toggle(std::vector<uint64_t>& keys, const BitColumn& column, uint64_t number) {
  for (std::size_t r = 0; r < keys.size(); ++r) keys[r] ^= column[r] ? number : 0;
}

// Even random numbers that stand for columns.
std::vector<uint64_t> numbers_of(std::size_t columns) {
  Words words = Draw("mechanisms/extraction/keys", 0).at(0);
  std::vector<uint64_t> numbers(columns);
  for (uint64_t& number : numbers) number = words() & ~uint64_t{1};
  return numbers;
}

std::vector<int64_t> columns_that_matter(const BitColumn& bit,
                                         const std::vector<BitColumn>& columns) {
  const std::vector<uint64_t> numbers = numbers_of(columns.size());
  std::vector<uint64_t> keys(bit.size(), 0);
  std::vector<double> correlations;
  for (std::size_t c = 0; c < columns.size(); ++c) {
    toggle(keys, columns[c], numbers[c]);
    correlations.push_back(correlation(columns[c], bit));
  }
  const int64_t most = agreement(keys, bit);
  std::vector<std::size_t> order(columns.size());
  std::iota(order.rbegin(), order.rend(), 0);
  std::ranges::stable_sort(order, {}, [&](std::size_t c) { return correlations[c]; });
  // Fewer columns never agree on more rows, so one that cannot go now cannot go later either.
  std::vector<int64_t> kept;
  for (const std::size_t c : order) {
    poll_stop();
    toggle(keys, columns[c], numbers[c]);
    if (agreement(keys, bit) == most) continue;
    toggle(keys, columns[c], numbers[c]);
    kept.push_back(static_cast<int64_t>(c));
  }
  std::ranges::sort(kept);
  return kept;
}

uint64_t pattern(const std::vector<int64_t>& fanins, const std::vector<BitColumn>& columns,
                 std::size_t row) {
  uint64_t pattern = 0;
  for (std::size_t i = 0; i < fanins.size(); ++i) {
    pattern |= uint64_t{columns[static_cast<std::size_t>(fanins[i])][row]} << i;
  }
  return pattern;
}

}  // namespace

int64_t explained(const std::vector<BitColumn>& bits, const std::vector<BitColumn>& columns) {
  if (bits.empty()) return 0;
  const std::size_t rows = bits[0].size();
  const std::vector<uint64_t> numbers = numbers_of(columns.size());
  std::vector<uint64_t> keys(rows, 0);
  for (std::size_t c = 0; c < columns.size(); ++c) toggle(keys, columns[c], numbers[c]);
  std::vector<std::size_t> order(rows);
  std::iota(order.begin(), order.end(), 0);
  std::ranges::sort(order, {}, [&](std::size_t r) { return keys[r]; });
  int64_t total = 0;
  for (std::size_t first = 0, end = 0; first < rows; first = end) {
    while (end < rows && keys[order[end]] == keys[order[first]]) ++end;
    for (const BitColumn& bit : bits) {
      int64_t ones = 0;
      for (std::size_t i = first; i < end; ++i) ones += bit[order[i]];
      total += std::max(ones, static_cast<int64_t>(end - first) - ones);
    }
  }
  return total;
}

BitFunction fit_bit(const BitColumn& bit, const std::vector<BitColumn>& columns) {
  for (const BitColumn& column : columns) {
    if (column.size() != bit.size()) throw InputError("extraction: columns differ in length");
  }
  BitFunction function;
  function.fanins = columns_that_matter(bit, columns);
  const auto count = static_cast<int>(function.fanins.size());
  if (count > circuits::TruthTable::kMostInputs) {
    throw Failure("extraction: a bit depends on " + std::to_string(count) + " others; at most " +
                  std::to_string(circuits::TruthTable::kMostInputs));
  }
  std::unordered_map<uint64_t, int64_t> balance;  // rows with 1 less rows with 0
  for (std::size_t r = 0; r < bit.size(); ++r) {
    balance[pattern(function.fanins, columns, r)] += bit[r] ? 1 : -1;
  }
  circuits::TruthTable lower(count, false), upper(count, true);
  for (const auto& [at, excess] : balance) {
    if (excess > 0) lower.set(at, true);
    if (excess < 0) upper.set(at, false);
  }
  function.cubes = circuits::isop(lower, upper);
  function.table = circuits::cover_table(function.cubes, count);
  const BitColumn said = values(function, columns, bit.size());
  for (std::size_t r = 0; r < bit.size(); ++r) function.agreeing += said[r] == bit[r];
  return function;
}

BitColumn values(const BitFunction& function, const std::vector<BitColumn>& columns,
                 std::size_t rows) {
  BitColumn values(rows);
  for (std::size_t r = 0; r < rows; ++r) {
    values[r] = function.table[pattern(function.fanins, columns, r)];
  }
  return values;
}

AddedBit add_bit(circuits::Builder& builder, const BitFunction& function,
                 const std::vector<circuits::Node>& nodes, const std::string& name) {
  using circuits::Gate, circuits::Op;
  if (function.table.constant()) {
    return {builder.add(function.table[0] ? Op::One : Op::Zero, {}), BitForm::Constant};
  }
  std::vector<circuits::Node> fanins;
  for (const int64_t column : function.fanins) {
    fanins.push_back(nodes[static_cast<std::size_t>(column)]);
  }
  if (fanins.size() <= Gate::kMostLutInputs) {
    return {builder.add(Gate::lut(function.table.words()[0]), fanins, name), BitForm::Lut};
  }
  const circuits::ThresholdVerdict verdict = circuits::threshold_verdict(function.table);
  if (const auto* found = std::get_if<circuits::ThresholdWeights>(&verdict)) {
    const Gate gate = Gate::threshold(found->bound, found->weights);
    if (circuits::problem(gate, fanins.size()).empty()) {
      return {builder.add(gate, fanins, name), BitForm::Threshold};
    }
  }
  return {circuits::add_dnf(builder, function.cubes, fanins), BitForm::Sum};
}

}  // namespace lab
