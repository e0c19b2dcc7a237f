// The inputs over which a circuit is examined, 64 a word: all 2^n, or a given sample.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "circuits/error.h"

namespace circuits {

class Patterns {
 public:
  // All 2^n inputs in ascending order, n ≤ 24, else Error; made on the fly, takes no memory.
  static Patterns all(std::size_t inputs);
  // The lowest `count` bits of each row of `rows`, row-major [inputs, ⌈count / 64⌉]. Throws Error
  // when the sizes do not fit.
  static Patterns given(std::size_t inputs, std::vector<std::uint64_t> rows, std::uint64_t count);

  std::size_t inputs() const { return inputs_; }
  std::uint64_t count() const { return count_; }
  std::uint64_t words() const { return (count_ + 63) / 64; }
  bool exact() const { return all_; }  // every input once
  // Word w < words() of input i.
  std::uint64_t word(std::size_t i, std::uint64_t w) const;
  // The bits of word w that are patterns; 0 for w ≥ words().
  std::uint64_t used(std::uint64_t w) const;

 private:
  Patterns(std::size_t inputs, std::uint64_t count, bool all)
      : inputs_(inputs), count_(count), all_(all) {}
  std::size_t inputs_;
  std::uint64_t count_;
  bool all_;
  std::vector<std::uint64_t> rows_;
};

}  // namespace circuits
