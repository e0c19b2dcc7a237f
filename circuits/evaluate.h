// Evaluation of a circuit over any domain of values, by one function.
//
// A domain says what constants and gates mean for its values:
//   Value constant(bool)         complement(Value& a)               a := not a
//   conjoin(a, b)  a := a and b  disjoin(a, b)  a := a or b          add(a, b)  a := a xor b
#pragma once

#include <array>
#include <concepts>
#include <cstdint>
#include <span>
#include <utility>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"
#include "circuits/truth_table.h"

namespace circuits {

template <class D>
concept Domain = requires(const D& domain, typename D::Value& a, const typename D::Value& b) {
  { domain.constant(true) } -> std::same_as<typename D::Value>;
  domain.complement(a);
  domain.conjoin(a, b);
  domain.disjoin(a, b);
  domain.add(a, b);
};

// One input at a time.
struct Bools {
  using Value = bool;
  bool constant(bool value) const { return value; }
  void complement(bool& a) const { a = !a; }
  void conjoin(bool& a, bool b) const { a = a && b; }
  void disjoin(bool& a, bool b) const { a = a || b; }
  void add(bool& a, bool b) const { a = a != b; }
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
};

// The value of one constant or gate; fanin(i) is the value of its fan-in number i.
template <Domain D, class Fanin>
typename D::Value apply(Op op, const D& domain, std::size_t fanins, const Fanin& fanin) {
  if (fanins == 0) return domain.constant(op == Op::One);
  typename D::Value value = fanin(0);
  switch (op) {
    case Op::Not:
      domain.complement(value);
      break;
    case Op::And:
      for (std::size_t i = 1; i < fanins; ++i) domain.conjoin(value, fanin(i));
      break;
    case Op::Or:
      for (std::size_t i = 1; i < fanins; ++i) domain.disjoin(value, fanin(i));
      break;
    case Op::Xor:
      for (std::size_t i = 1; i < fanins; ++i) domain.add(value, fanin(i));
      break;
    case Op::Input:
    case Op::Zero:
    case Op::One:
      break;  // have no fan-ins
  }
  return value;
}

// Computes the values of nodes first, first+1, … (inputs keep theirs) from those before; `values`
// is indexed by node. With first = 0 this evaluates the circuit; after values[v] was changed by
// hand, first = v + 1 gives what follows from it.
template <Domain D, class Values>
void evaluate_from(const Circuit& circuit, Node first, const D& domain, Values& values) {
  for (Node v = first; v < circuit.nodes(); ++v) {
    if (circuit.op(v) == Op::Input) continue;
    const std::span<const Node> fanins = circuit.fanins(v);
    const auto value_of = [&](std::size_t i) -> decltype(auto) { return values[fanins[i]]; };
    values[v] = apply(circuit.op(v), domain, fanins.size(), value_of);
  }
}

// The value of every node; `inputs` has one value an input, else Error.
template <Domain D>
std::vector<typename D::Value> evaluate_nodes(const Circuit& circuit, const D& domain,
                                              std::vector<typename D::Value> inputs) {
  if (inputs.size() != circuit.inputs()) {
    throw Error("the circuit has " + std::to_string(circuit.inputs()) + " inputs and was given " +
                std::to_string(inputs.size()) + " values");
  }
  inputs.resize(circuit.nodes(), domain.constant(false));
  evaluate_from(circuit, 0, domain, inputs);
  return inputs;
}

// The value of every output.
template <Domain D>
std::vector<typename D::Value> evaluate(const Circuit& circuit, const D& domain,
                                        std::vector<typename D::Value> inputs) {
  const auto values = evaluate_nodes(circuit, domain, std::move(inputs));
  std::vector<typename D::Value> outputs;
  for (const Output& output : circuit.outputs()) outputs.push_back(values[output.node]);
  return outputs;
}

// Many inputs, one a bit: `inputs` is row-major [inputs(), words], the result [nodes(), words].
// Works in blocks that stay in the cache. Throws Error when the sizes do not fit.
std::vector<std::uint64_t> evaluate_words(const Circuit& circuit,
                                          std::span<const std::uint64_t> inputs, std::size_t words);

// The truth tables of all nodes (nodes() · 2^n / 8 bytes) and of the outputs. Error beyond 24
// inputs.
std::vector<TruthTable> node_tables(const Circuit& circuit);
std::vector<TruthTable> output_tables(const Circuit& circuit);

}  // namespace circuits
