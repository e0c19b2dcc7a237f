#include "circuits/functions/truth_table.h"

#include <algorithm>
#include <array>
#include <bit>

namespace circuits {
namespace {

constexpr std::string_view kDigits = "0123456789abcdef";

void check_inputs(int inputs) {
  if (inputs < 0 || inputs > TruthTable::kMostInputs) {
    throw Error("a truth table has 0 to " + std::to_string(TruthTable::kMostInputs) +
                " inputs, not " + std::to_string(inputs));
  }
}

void check_same_inputs(const TruthTable& a, const TruthTable& b) {
  if (a.inputs() != b.inputs()) {
    throw Error("truth tables of " + std::to_string(a.inputs()) + " and " +
                std::to_string(b.inputs()) + " inputs do not combine");
  }
}

std::uint64_t digit_value(char c) {
  if (c >= '0' && c <= '9') return static_cast<std::uint64_t>(c - '0');
  if (c >= 'a' && c <= 'f') return static_cast<std::uint64_t>(c - 'a' + 10);
  if (c >= 'A' && c <= 'F') return static_cast<std::uint64_t>(c - 'A' + 10);
  throw Error("a truth table contains a character that is no hex digit");
}

}  // namespace

std::uint64_t counting_word(int input, std::uint64_t word) {
  constexpr std::array<std::uint64_t, 6> kWithinWord{0xaaaaaaaaaaaaaaaa, 0xcccccccccccccccc,
                                                     0xf0f0f0f0f0f0f0f0, 0xff00ff00ff00ff00,
                                                     0xffff0000ffff0000, 0xffffffff00000000};
  if (input < 6) return kWithinWord[static_cast<std::size_t>(input)];
  return word >> (input - 6) & 1 ? ~std::uint64_t{0} : 0;
}

std::uint64_t TruthTable::used_bits() const {
  return inputs_ >= 6 ? ~std::uint64_t{0} : (std::uint64_t{1} << size()) - 1;
}

TruthTable::TruthTable(int inputs, bool value) : inputs_(inputs) {
  check_inputs(inputs);
  words_.assign(std::max<std::uint64_t>(1, size() / 64), value ? used_bits() : 0);
}

TruthTable TruthTable::input(int inputs, int i) {
  TruthTable table(inputs);
  if (i < 0 || i >= inputs) {
    throw Error("there is no input " + std::to_string(i) + " among " + std::to_string(inputs));
  }
  for (std::size_t w = 0; w < table.words_.size(); ++w) {
    table.words_[w] = counting_word(i, w) & table.used_bits();
  }
  return table;
}

TruthTable TruthTable::from_bits(int inputs, std::uint64_t bits) {
  TruthTable table(inputs);
  if (inputs > 6) throw Error("a truth table of more than 6 inputs is more than one word");
  if ((bits & ~table.used_bits()) != 0) {
    throw Error("a truth table of " + std::to_string(inputs) + " inputs has bits beyond " +
                std::to_string(table.size()));
  }
  table.words_[0] = bits;
  return table;
}

TruthTable TruthTable::from_hex(int inputs, std::string_view digits) {
  TruthTable table(inputs);
  const std::size_t expected = std::max<std::uint64_t>(1, table.size() / 4);
  if (digits.size() != expected) {
    throw Error("a truth table of " + std::to_string(inputs) + " inputs has " +
                std::to_string(expected) + " hex digits, not " + std::to_string(digits.size()));
  }
  for (std::size_t i = 0; i < digits.size(); ++i) {
    table.words_[i / 16] |= digit_value(digits[digits.size() - 1 - i]) << (4 * (i % 16));
  }
  if ((table.words_[0] & ~table.used_bits()) != 0) {
    throw Error("a truth table of " + std::to_string(inputs) + " inputs has bits beyond " +
                std::to_string(table.size()));
  }
  return table;
}

std::string TruthTable::hex() const {
  std::string digits(std::max<std::uint64_t>(1, size() / 4), '0');
  for (std::size_t i = 0; i < digits.size(); ++i) {
    digits[digits.size() - 1 - i] = kDigits[words_[i / 16] >> (4 * (i % 16)) & 15];
  }
  return digits;
}

void TruthTable::set(std::uint64_t k, bool value) {
  const std::uint64_t bit = std::uint64_t{1} << (k & 63);
  words_[k >> 6] = value ? words_[k >> 6] | bit : words_[k >> 6] & ~bit;
}

std::uint64_t TruthTable::ones() const {
  std::uint64_t count = 0;
  for (const std::uint64_t word : words_) count += static_cast<std::uint64_t>(std::popcount(word));
  return count;
}

bool TruthTable::depends_on(int i) const {
  if (i < 6) {
    const int shift = 1 << i;
    const std::uint64_t low = ~counting_word(i, 0);  // places where input i is 0
    return std::ranges::any_of(words_, [&](std::uint64_t word) {
      return ((word >> shift ^ word) & low & used_bits()) != 0;
    });
  }
  const std::size_t stride = std::size_t{1} << (i - 6);
  for (std::size_t w = 0; w < words_.size(); ++w) {
    if ((w & stride) == 0 && words_[w] != words_[w | stride]) return true;
  }
  return false;
}

TruthTable TruthTable::cofactor(int i, bool value) const {
  TruthTable result = *this;
  if (i < 6) {
    const int shift = 1 << i;
    const std::uint64_t high = counting_word(i, 0);  // places where input i is 1
    for (std::uint64_t& word : result.words_) {
      word =
          value ? (word & high) | (word & high) >> shift : (word & ~high) | (word & ~high) << shift;
    }
    return result;
  }
  const std::size_t stride = std::size_t{1} << (i - 6);
  for (std::size_t w = 0; w < words_.size(); ++w) {
    result.words_[w] = words_[value ? w | stride : w & ~stride];
  }
  return result;
}

TruthTable& TruthTable::operator&=(const TruthTable& other) {
  check_same_inputs(*this, other);
  for (std::size_t w = 0; w < words_.size(); ++w) words_[w] &= other.words_[w];
  return *this;
}

TruthTable& TruthTable::operator|=(const TruthTable& other) {
  check_same_inputs(*this, other);
  for (std::size_t w = 0; w < words_.size(); ++w) words_[w] |= other.words_[w];
  return *this;
}

TruthTable& TruthTable::operator^=(const TruthTable& other) {
  check_same_inputs(*this, other);
  for (std::size_t w = 0; w < words_.size(); ++w) words_[w] ^= other.words_[w];
  return *this;
}

TruthTable TruthTable::operator~() const {
  TruthTable result = *this;
  for (std::uint64_t& word : result.words_) word = ~word & used_bits();
  return result;
}

}  // namespace circuits
