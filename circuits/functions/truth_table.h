// Truth tables of up to 24 inputs. Bit k is the value on the input whose bit i is (k >> i) & 1, so
// input 0 is the fastest: with 3 inputs the table of input 0 is hex aa, of input 2 f0.
#pragma once

#include <compare>
#include <cstdint>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "circuits/error.h"

namespace circuits {

// The values of input i on the 64 inputs number 64·word … 64·word+63: word `word` of its table.
std::uint64_t counting_word(int input, std::uint64_t word);

// A boolean function of n inputs; takes 2^n / 8 bytes (2 MiB for n = 24), at least 8.
class TruthTable {
 public:
  static constexpr int kMostInputs = 24;

  TruthTable() : TruthTable(0) {}
  // The constant `value`. Throws Error unless 0 ≤ inputs ≤ 24.
  explicit TruthTable(int inputs, bool value = false);
  // The function that is input i. Throws Error unless 0 ≤ i < inputs ≤ 24.
  static TruthTable input(int inputs, int i);
  // Of up to 6 inputs from one word. Throws Error for more inputs, or bits beyond 2^n.
  static TruthTable from_bits(int inputs, std::uint64_t bits);
  // From max(1, 2^n / 4) hex digits, most significant first. Throws Error for another length,
  // another character, or bits beyond 2^n.
  static TruthTable from_hex(int inputs, std::string_view digits);

  int inputs() const { return inputs_; }
  std::uint64_t size() const { return std::uint64_t{1} << inputs_; }  // number of bits, 2^n
  bool operator[](std::uint64_t k) const { return words_[k >> 6] >> (k & 63) & 1; }
  void set(std::uint64_t k, bool value);                           // bit k < size()
  std::span<const std::uint64_t> words() const { return words_; }  // bits beyond 2^n are 0
  // The same words to write; bits beyond 2^n must stay 0.
  std::span<std::uint64_t> words() { return words_; }
  std::string hex() const;  // lower case

  std::uint64_t ones() const;
  bool constant() const { return ones() == 0 || ones() == size(); }
  // Whether flipping input i ever changes the value; i < inputs.
  bool depends_on(int i) const;
  // The function with input i fixed, still of n inputs; i < inputs.
  TruthTable cofactor(int i, bool value) const;

  // Both sides must have the same number of inputs, else Error.
  TruthTable& operator&=(const TruthTable& other);
  TruthTable& operator|=(const TruthTable& other);
  TruthTable& operator^=(const TruthTable& other);
  TruthTable operator~() const;
  friend TruthTable operator&(TruthTable a, const TruthTable& b) { return a &= b; }
  friend TruthTable operator|(TruthTable a, const TruthTable& b) { return a |= b; }
  friend TruthTable operator^(TruthTable a, const TruthTable& b) { return a ^= b; }
  // An order for sets and maps: by number of inputs, then by words from the first.
  auto operator<=>(const TruthTable&) const = default;

 private:
  std::uint64_t used_bits() const;  // of each word

  int inputs_;
  std::vector<std::uint64_t> words_;
};

}  // namespace circuits
