#include "circuits/samplers/arithmetic.h"

#include <algorithm>
#include <bit>
#include <optional>
#include <string>
#include <utility>

#include "circuits/samplers/literals.h"

namespace circuits {
namespace {

Number add_inputs(Builder& builder, const std::string& name, std::size_t count) {
  Number bits;
  for (std::size_t i = 0; i < count; ++i) bits.push_back(builder.input(name + std::to_string(i)));
  return bits;
}

void add_outputs(Builder& builder, const std::string& name, const Number& bits) {
  for (std::size_t i = 0; i < bits.size(); ++i) builder.output(bits[i], name + std::to_string(i));
}

struct SumBit {
  Node sum, carry;
};

// Of two or three bits of one place.
SumBit add_bits(Builder& builder, const std::vector<Node>& bits) {
  const Node pair = builder.add(Op::Xor, {bits[0], bits[1]});
  if (bits.size() == 2) return {pair, builder.add(Op::And, {bits[0], bits[1]})};
  return {builder.add(Op::Xor, {pair, bits[2]}), builder.add(Op::Maj, bits)};
}

// The lowest `size` bits of a − c where `when` is 1, of a elsewhere; a ≥ c where it is 1.
Number subtract_when(Builder& builder, Literals& literal, Node when, const Number& a,
                     std::uint64_t c, std::size_t size) {
  Number result;
  std::optional<Node> borrow;
  for (std::size_t i = 0; i < size; ++i) {
    const bool taken = c >> i & 1;
    std::vector<Node> terms{a[i]};
    if (taken) terms.push_back(when);
    if (borrow) terms.push_back(*borrow);
    result.push_back(terms.size() == 1 ? a[i] : builder.add(Op::Xor, terms));
    if (terms.size() == 1 || i + 1 == size) continue;
    terms[0] = literal(a[i], true);
    borrow = builder.add(terms.size() == 2 ? Op::And : Op::Maj, terms);
  }
  return result;
}

}  // namespace

Number add_sum(Builder& builder, const Number& a, const Number& b) {
  const Number& shorter = a.size() < b.size() ? a : b;
  const Number& longer = a.size() < b.size() ? b : a;
  Number sum;
  std::optional<Node> carry;
  for (std::size_t i = 0; i < longer.size(); ++i) {
    std::vector<Node> bits{longer[i]};
    if (i < shorter.size()) bits.push_back(shorter[i]);
    if (carry) bits.push_back(*carry);
    if (bits.size() == 1) {
      sum.push_back(bits[0]);
      continue;
    }
    const SumBit place = add_bits(builder, bits);
    sum.push_back(place.sum);
    carry = place.carry;
  }
  if (carry) sum.push_back(*carry);
  return sum;
}

Number add_popcount(Builder& builder, std::vector<Node> bits) {
  if (bits.empty()) throw Error("there are no bits to count");
  Number count;
  while (!bits.empty()) {
    std::vector<Node> carries;
    std::size_t first = 0;  // bits before it are added already
    while (bits.size() - first > 1) {
      const std::size_t last = std::min(first + 3, bits.size());
      const SumBit place = add_bits(builder, {bits.begin() + static_cast<std::ptrdiff_t>(first),
                                              bits.begin() + static_cast<std::ptrdiff_t>(last)});
      carries.push_back(place.carry);
      bits.push_back(place.sum);
      first = last;
    }
    count.push_back(bits.back());
    bits = std::move(carries);
  }
  return count;
}

Node add_at_least(Builder& builder, const Number& a, std::uint64_t bound) {
  if (bound == 0) return builder.add(Op::One, {});
  if (a.size() < 64 && bound >> a.size() != 0) return builder.add(Op::Zero, {});
  std::optional<Node> result;  // of the bits so far; none is true
  for (std::size_t i = 0; i < a.size(); ++i) {
    const bool needed = i < 64 && (bound >> i & 1) != 0;
    if (result) {
      result = builder.add(needed ? Op::And : Op::Or, {a[i], *result});
    } else if (needed) {
      result = a[i];
    }
  }
  return *result;
}

Parameters AdderShape::parameters() {
  return {whole("bits", bits, 1, 65536, "bits of each number")};
}

Circuit adder(const AdderShape& shape) {
  check_shape(shape);
  Builder builder;
  const Number a = add_inputs(builder, "a", shape.bits);
  const Number b = add_inputs(builder, "b", shape.bits);
  add_outputs(builder, "s", add_sum(builder, a, b));
  return builder.build();
}

Parameters MultiplierShape::parameters() {
  return {whole("bits", bits, 1, 512, "bits of each number")};
}

Circuit multiplier(const MultiplierShape& shape) {
  check_shape(shape);
  Builder builder;
  const Number a = add_inputs(builder, "a", shape.bits);
  const Number b = add_inputs(builder, "b", shape.bits);
  Number product, rest;  // bits that are done, and the sum of the rows so far above them
  for (const Node factor : b) {
    Number row;
    for (const Node bit : a) row.push_back(builder.add(Op::And, {bit, factor}));
    const Number sum = product.empty() ? row : add_sum(builder, rest, row);
    product.push_back(sum[0]);
    rest.assign(sum.begin() + 1, sum.end());
  }
  product.insert(product.end(), rest.begin(), rest.end());
  if (shape.bits == 1) product.push_back(builder.add(Op::Zero, {}));
  add_outputs(builder, "p", product);
  return builder.build();
}

Parameters ComparatorShape::parameters() {
  return {whole("bits", bits, 1, 65536, "bits of each number")};
}

Circuit comparator(const ComparatorShape& shape) {
  check_shape(shape);
  Builder builder;
  Literals literal(builder);
  const Number a = add_inputs(builder, "a", shape.bits);
  const Number b = add_inputs(builder, "b", shape.bits);
  Node less = builder.add(Op::And, {literal(a[0], true), b[0]});
  Node equal = builder.add(Op::Xnor, {a[0], b[0]});
  for (std::size_t i = 1; i < shape.bits; ++i) {
    const Node same = builder.add(Op::Xnor, {a[i], b[i]});
    less = builder.add(Op::Mux, {same, less, b[i]});
    equal = builder.add(Op::And, {same, equal});
  }
  builder.output(less, "less");
  builder.output(equal, "equal");
  return builder.build();
}

Parameters ModularAdderShape::parameters() {
  return {whole("modulus", modulus, 2, std::size_t{1} << 32, "numbers are added modulo this")};
}

Circuit modular_adder(const ModularAdderShape& shape) {
  check_shape(shape);
  const std::uint64_t m = shape.modulus;
  const auto width = static_cast<std::size_t>(std::bit_width(m - 1));
  Builder builder;
  Literals literal(builder);
  const Number a = add_inputs(builder, "a", width);
  const Number b = add_inputs(builder, "b", width);
  Number sum = add_sum(builder, a, b);
  const std::uint64_t largest = (std::uint64_t{2} << width) - 2;
  if (m == std::uint64_t{1} << width) {
    sum.resize(width);
  } else {
    if (2 * m <= largest) {
      const Node when = add_at_least(builder, sum, 2 * m);
      sum = subtract_when(builder, literal, when, sum, 2 * m, width + 1);
    }
    sum = subtract_when(builder, literal, add_at_least(builder, sum, m), sum, m, width);
  }
  add_outputs(builder, "r", sum);
  return builder.build();
}

Parameters PopcountShape::parameters() {
  return {whole("inputs", inputs, 1, 65536, "input bits")};
}

Circuit popcount(const PopcountShape& shape) {
  check_shape(shape);
  Builder builder;
  const Number bits = add_inputs(builder, "x", shape.inputs);
  add_outputs(builder, "c", add_popcount(builder, bits));
  return builder.build();
}

}  // namespace circuits
