#include "circuits/functions/sensitivity.h"

#include <algorithm>
#include <array>
#include <bit>
#include <numeric>
#include <vector>

#include "circuits/functions/fourier.h"
#include "circuits/functions/subcubes.h"
#include "circuits/functions/transforms.h"

namespace circuits {
namespace {

// The largest number of disjoint blocks within a set of inputs, by exhaustion over sets.
class Packing {
 public:
  Packing(const TruthTable& blocks, std::size_t inputs)
      : by_lowest_(inputs), most_(blocks.size(), kUnknown) {
    for (std::uint32_t b = 1; b < blocks.size(); ++b) {
      if (blocks[b]) by_lowest_[static_cast<std::size_t>(std::countr_zero(b))].push_back(b);
    }
  }
  int most(std::uint32_t set) {
    if (set == 0) return 0;
    if (most_[set] != kUnknown) return most_[set];
    int best = most(set & (set - 1));
    for (const std::uint32_t b : by_lowest_[static_cast<std::size_t>(std::countr_zero(set))]) {
      if ((b & ~set) == 0) best = std::max(best, 1 + most(set & ~b));
    }
    return most_[set] = static_cast<std::int8_t>(best);
  }

 private:
  static constexpr std::int8_t kUnknown = -1;
  std::vector<std::vector<std::uint32_t>> by_lowest_;
  std::vector<std::int8_t> most_;
};

// The blocks (bit k: the set with bit mask k) that change f(x) while none of their parts does.
TruthTable minimal_blocks(const TruthTable& table, std::uint32_t x) {
  TruthTable changes = flip_inputs(table, x);
  if (changes[0]) changes = ~changes;
  TruthTable above = changes;  // sets with a part in `changes`
  for (int i = 0; i < table.inputs(); ++i) {
    above |= flip_input(above, i) & TruthTable::input(table.inputs(), i);
  }
  TruthTable properly_above(table.inputs());
  for (int i = 0; i < table.inputs(); ++i) {
    properly_above |= flip_input(above, i) & TruthTable::input(table.inputs(), i);
  }
  return changes & ~properly_above;
}

// The block sensitivity at x when it is more than `best`, else something at most `best`.
int block_sensitivity(const TruthTable& table, std::uint32_t x, int best) {
  const int n = table.inputs();
  std::uint32_t insensitive = 0;
  for (int i = 0; i < n; ++i) {
    if (table[x] == table[x ^ 1u << i]) insensitive |= 1u << i;
  }
  // Sensitive inputs are blocks by themselves in some best packing; others have two inputs or more.
  const int alone = n - std::popcount(insensitive);
  if (alone + std::popcount(insensitive) / 2 <= best) return alone;
  const TruthTable blocks = minimal_blocks(table, x);
  int smallest = n + 1;
  for (std::uint32_t b = 1; b < blocks.size(); ++b) {
    if (blocks[b] && (b & ~insensitive) == 0) smallest = std::min(smallest, std::popcount(b));
  }
  if (alone + std::popcount(insensitive) / smallest <= best) return alone;
  return alone + Packing(blocks, static_cast<std::size_t>(n)).most(insensitive);
}

}  // namespace

double average_sensitivity(const TruthTable& table) {
  const auto counts = influence_counts(table);
  return static_cast<double>(std::accumulate(counts.begin(), counts.end(), std::uint64_t{0})) /
         static_cast<double>(table.size());
}

int max_sensitivity(const TruthTable& table) {
  const auto words = table.words();
  const std::uint64_t used = TruthTable(std::min(table.inputs(), 6), true).words()[0];
  int most = 0;
  for (std::size_t w = 0; w < words.size(); ++w) {
    std::array<std::uint64_t, 5> digits{};  // 64 counters of 5 bits, one bit a word
    for (int i = 0; i < table.inputs(); ++i) {
      std::uint64_t carry = words[w];
      if (i < 6) {
        const std::uint64_t high = counting_word(i, 0);
        carry ^= (carry & high) >> (1 << i) | (carry << (1 << i) & high);
      } else {
        carry ^= words[w ^ std::size_t{1} << (i - 6)];
      }
      for (std::uint64_t& digit : digits) {
        const std::uint64_t both = digit & carry;
        digit ^= carry;
        carry = both;
      }
    }
    std::uint64_t largest = used;  // counters that agree with the largest one in the digits so far
    int count = 0;
    for (int d = 4; d >= 0; --d) {
      const std::uint64_t with = largest & digits[static_cast<std::size_t>(d)];
      if (with != 0) {
        largest = with;
        count |= 1 << d;
      }
    }
    most = std::max(most, count);
  }
  return most;
}

int max_block_sensitivity(const TruthTable& table) {
  const TruthTable reduced = junta_within(table, kMostBlockInputs, "block sensitivity").table;
  int best = max_sensitivity(reduced);
  for (std::uint32_t x = 0; x < reduced.size(); ++x) {
    best = std::max(best, block_sensitivity(reduced, x, best));
  }
  return best;
}

int certificate_complexity(const TruthTable& table) {
  const TruthTable reduced =
      junta_within(table, kMostCertificateInputs, "certificate complexity").table;
  const int n = reduced.inputs();
  // covered[d]: the inputs in some subcube of dimension d on which f is constant.
  std::vector<TruthTable> covered(static_cast<std::size_t>(n) + 1, TruthTable(n));
  const auto cover = [&](std::uint32_t free, const TruthTable& points) {
    covered[static_cast<std::size_t>(std::popcount(free))] |= points;
  };
  visit_subcubes(0, reduced, 0, cover);
  visit_subcubes(0, ~reduced, 0, cover);
  int fixed = 0;
  while (covered[static_cast<std::size_t>(n - fixed)] != TruthTable(n, true)) ++fixed;
  return fixed;
}

}  // namespace circuits
