// Arithmetic on binary numbers; nothing is random. Numbers a and b have their lowest bit first: input
// a<i> is bit i of a, and so with b<i> and the outputs.
#pragma once

#include "circuits/builder.h"
#include "circuits/samplers/parameters.h"
#include "circuits/samplers/random.h"

namespace circuits {

// a + b: outputs s0 … s<bits>. Ripple carry: full adders of two XORs and a majority gate.
struct AdderShape {
  static constexpr const char* family = "adder";
  static constexpr const char* doc = "sum of two numbers, by ripple carry";
  std::size_t bits = 4;

  Parameters parameters();
};
Circuit adder(const AdderShape& shape);

// a · b: outputs p0 … p<2·bits−1>. An AND for every pair of bits, rows added by ripple carry.
struct MultiplierShape {
  static constexpr const char* family = "multiplier";
  static constexpr const char* doc = "product of two numbers, row by row";
  std::size_t bits = 3;

  Parameters parameters();
};
Circuit multiplier(const MultiplierShape& shape);

// Outputs "less" (a < b) and "equal" (a = b), from the lowest bit up.
struct ComparatorShape {
  static constexpr const char* family = "comparator";
  static constexpr const char* doc = "whether one number is less than, or equal to, another";
  std::size_t bits = 4;

  Parameters parameters();
};
Circuit comparator(const ComparatorShape& shape);

// (a + b) mod m, where a and b have w = ⌈log2 m⌉ bits: right for all 2^(2w) inputs, also those of a
// or b ≥ m. Outputs r0 … r<w−1>. An adder, then 2m and m are taken away where they can be.
struct ModularAdderShape {
  static constexpr const char* family = "modular_adder";
  static constexpr const char* doc = "sum of two numbers modulo m";
  std::size_t modulus = 5;

  Parameters parameters();
};
Circuit modular_adder(const ModularAdderShape& shape);

// The number of ones among the inputs x0 …: outputs c0 …, ⌊log2 n⌋ + 1 of them. Full and half adders
// column by column.
struct PopcountShape {
  static constexpr const char* family = "popcount";
  static constexpr const char* doc = "number of ones among the inputs";
  std::size_t inputs = 7;

  Parameters parameters();
};
Circuit popcount(const PopcountShape& shape);

// Parts of the above, lowest bit first.
using Number = std::vector<Node>;
Number add_sum(Builder& builder, const Number& a, const Number& b);  // same sizes; one bit more
Number add_popcount(Builder& builder, std::vector<Node> bits);       // at least one bit
// Whether a ≥ `bound`: no gates but ANDs and ORs of bits of a, or a constant.
Node add_at_least(Builder& builder, const Number& a, std::uint64_t bound);

}  // namespace circuits
