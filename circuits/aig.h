// And-inverter graphs (AIGs): circuits of two-input ANDs, NOTs and constants.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <string>
#include <unordered_map>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// Signal 2·v is variable v, 2·v + 1 its complement. Variable 0 is the constant: signal 0 is false,
// signal 1 true. Variables 1, 2, … are the inputs in their order, then the ANDs.
using Signal = std::uint32_t;

// Grows an and-inverter graph. Equal ANDs are shared, and ANDs of a signal with a constant, itself or
// its complement are folded away. About 50 bytes an AND. Throws Error beyond 2^31 variables.
class AigBuilder {
 public:
  struct And {
    Signal a, b;  // a > b
  };

  explicit AigBuilder(std::size_t inputs) : inputs_(inputs) {}

  Signal input(std::size_t i) const { return static_cast<Signal>(2 * (i + 1)); }
  Signal both(Signal a, Signal b);              // a and b
  Signal select(Signal s, Signal a, Signal b);  // if s then a else b
  // Any gate: n-ary ANDs, ORs and XORs as balanced trees, the others as multiplexers of a decision
  // diagram of their fan-ins. `fanins` must fit the gate (circuit.h: problem).
  Signal gate(const Gate& gate, std::span<const Signal> fanins);
  // The signals of all nodes of a circuit whose input i is the signal inputs[i].
  std::vector<Signal> add(const Circuit& circuit, std::span<const Signal> inputs);

  std::size_t inputs() const { return inputs_; }
  std::span<const And> ands() const { return ands_; }  // AND i is variable 1 + inputs() + i

 private:
  std::size_t inputs_;
  std::vector<And> ands_;
  std::unordered_map<std::uint64_t, Signal> known_;
};

// The same functions as an and-inverter graph with shared structure, inputs and outputs with their
// names, in their order. Gates get default names; ANDs that reach no output are left out; each
// complement is one NOT node, after the node that it complements. Time and memory are linear but for
// wide thresholds, which take an AND or three for each state (fan-in, sum so far) of their decision
// diagram.
Circuit and_inverter_graph(const Circuit& circuit);

// Whether every node is an input, a two-input AND, a NOT or a constant.
bool is_and_inverter_graph(const Circuit& circuit);

}  // namespace circuits
