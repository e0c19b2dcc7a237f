// Functions for tests.
#pragma once

#include <bit>
#include <cstdint>
#include <vector>

#include "circuits/functions/truth_table.h"
#include "circuits/words.h"

// Each value is 1 with probability 2^-and_words; uniform for 1.
inline circuits::TruthTable random_table(int n, const circuits::WordSource& words,
                                         int and_words = 1) {
  circuits::TruthTable table(n, true);
  for (std::uint64_t& word : table.words()) {
    for (int i = 0; i < and_words; ++i) word &= words();
  }
  return table;
}

template <class F>
circuits::TruthTable table_of(int n, const F& f) {
  circuits::TruthTable table(n);
  for (std::uint64_t k = 0; k < table.size(); ++k) table.set(k, f(k));
  return table;
}

inline circuits::TruthTable parity(int n) {
  return table_of(n, [](std::uint64_t k) { return std::popcount(k) % 2 == 1; });
}
inline circuits::TruthTable at_least(int n, int ones) {
  return table_of(n, [ones](std::uint64_t k) { return std::popcount(k) >= ones; });
}

// A random transform of the inputs and output: order, bit mask of negated inputs.
inline std::vector<int> random_order(int n, const circuits::WordSource& words) {
  std::vector<int> order;
  for (const std::uint64_t i :
       circuits::choose(static_cast<std::uint64_t>(n), static_cast<std::uint64_t>(n), words)) {
    order.push_back(static_cast<int>(i));
  }
  return order;
}
