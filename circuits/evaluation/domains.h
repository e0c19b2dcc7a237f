// What a circuit can be evaluated over. A domain says what constants and gates mean for its values:
//   Value constant(bool)         complement(Value& a)               a := not a
//   conjoin(a, b)  a := a and b  disjoin(a, b)  a := a or b          add(a, b)  a := a xor b
//   Value select(s, a, b)        if s then a else b
#pragma once

#include <array>
#include <concepts>
#include <cstdint>

#include "circuits/functions/truth_table.h"

namespace circuits {

template <class D>
concept Domain = requires(const D& domain, typename D::Value& a, const typename D::Value& b) {
  { domain.constant(true) } -> std::same_as<typename D::Value>;
  domain.complement(a);
  domain.conjoin(a, b);
  domain.disjoin(a, b);
  domain.add(a, b);
  { domain.select(b, b, b) } -> std::same_as<typename D::Value>;
};

// One input at a time.
struct Bools {
  using Value = bool;
  bool constant(bool value) const { return value; }
  void complement(bool& a) const { a = !a; }
  void conjoin(bool& a, bool b) const { a = a && b; }
  void disjoin(bool& a, bool b) const { a = a || b; }
  void add(bool& a, bool b) const { a = a != b; }
  bool select(bool s, bool a, bool b) const { return s ? a : b; }
};

// 64 · kWords inputs at a time, one a bit.
template <std::size_t kWords>
struct WordBlocks {
  using Value = std::array<std::uint64_t, kWords>;
  Value constant(bool value) const {
    Value a;
    a.fill(value ? ~std::uint64_t{0} : 0);
    return a;
  }
  void complement(Value& a) const {
    for (std::uint64_t& word : a) word = ~word;
  }
  void conjoin(Value& a, const Value& b) const {
    for (std::size_t w = 0; w < kWords; ++w) a[w] &= b[w];
  }
  void disjoin(Value& a, const Value& b) const {
    for (std::size_t w = 0; w < kWords; ++w) a[w] |= b[w];
  }
  void add(Value& a, const Value& b) const {
    for (std::size_t w = 0; w < kWords; ++w) a[w] ^= b[w];
  }
  Value select(const Value& s, const Value& a, const Value& b) const {
    Value chosen;
    for (std::size_t w = 0; w < kWords; ++w) chosen[w] = (s[w] & a[w]) | (~s[w] & b[w]);
    return chosen;
  }
};
using Words = WordBlocks<1>;

// All 2^n inputs at once, n ≤ 24.
struct TruthTables {
  using Value = TruthTable;
  int inputs;
  TruthTable constant(bool value) const { return TruthTable(inputs, value); }
  void complement(TruthTable& a) const { a = ~a; }
  void conjoin(TruthTable& a, const TruthTable& b) const { a &= b; }
  void disjoin(TruthTable& a, const TruthTable& b) const { a |= b; }
  void add(TruthTable& a, const TruthTable& b) const { a ^= b; }
  TruthTable select(const TruthTable& s, const TruthTable& a, const TruthTable& b) const {
    return (s & a) | (~s & b);
  }
};

// Real numbers: 0 is false, 1 true, and each gate is the multilinear polynomial of its fan-ins. On
// probabilities in [0, 1] this is the probability of each node if the fan-ins of every gate were
// independent: exact for formulas (each node used once), else an approximation. The exact
// multilinear extension of a function is in probability.h.
struct Reals {
  using Value = double;
  double constant(bool value) const { return value ? 1 : 0; }
  void complement(double& a) const { a = 1 - a; }
  void conjoin(double& a, double b) const { a *= b; }
  void disjoin(double& a, double b) const { a += b - a * b; }
  void add(double& a, double b) const { a += b - 2 * a * b; }
  double select(double s, double a, double b) const { return s * a + (1 - s) * b; }
};

// Kleene's strong three-valued logic: a gate is Unknown unless its known fan-ins decide it. What is
// known holds for every way of filling in the unknown inputs; not everything that holds is known.
enum class Ternary : std::uint8_t { False, True, Unknown };

struct TernaryLogic {
  using Value = Ternary;
  Ternary constant(bool value) const { return value ? Ternary::True : Ternary::False; }
  void complement(Ternary& a) const {
    if (a != Ternary::Unknown) a = constant(a == Ternary::False);
  }
  void conjoin(Ternary& a, Ternary b) const {
    if (a == Ternary::False || b == Ternary::False) {
      a = Ternary::False;
    } else if (b == Ternary::Unknown) {
      a = Ternary::Unknown;
    }
  }
  void disjoin(Ternary& a, Ternary b) const {
    if (a == Ternary::True || b == Ternary::True) {
      a = Ternary::True;
    } else if (b == Ternary::Unknown) {
      a = Ternary::Unknown;
    }
  }
  void add(Ternary& a, Ternary b) const {
    if (a == Ternary::Unknown || b == Ternary::Unknown) {
      a = Ternary::Unknown;
    } else {
      a = constant(a != b);
    }
  }
  Ternary select(Ternary s, Ternary a, Ternary b) const {
    if (s != Ternary::Unknown) return s == Ternary::True ? a : b;
    return a == b ? a : Ternary::Unknown;
  }
};

}  // namespace circuits
