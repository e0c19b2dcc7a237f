// One gate over literals, simplified by itself: what simplify (simplify.h) does to each gate.
#pragma once

#include <cstdint>
#include <vector>

#include "circuits/aig.h"
#include "circuits/circuit.h"

namespace circuits {

// A function of signals (aig.h: a variable or its complement; signals 0 and 1 are the constants):
// gate(fanins), complemented when `inverted`. With gate Buf it is its fan-in, a signal as it stands.
struct SimpleGate {
  Gate gate;
  std::vector<Signal> fanins;
  bool inverted = false;
};

// `gate` of `fanins`, which must fit it (circuit.h: problem), without what is superfluous:
//   no constants, no variable twice, no fan-in on which a lut or a threshold of at most 6 variables
//   does not depend; a gate that is constant or a literal is a Buf;
//   luts and thresholds of two variables are AND, OR, XOR or XNOR; unit thresholds are AND, OR or MAJ
//   where they can be; a mux with a constant, equal or complementary branches, or a branch that
//   repeats its selector is AND, OR, XOR or XNOR;
//   XOR, XNOR, lut and weighted thresholds have no complemented fan-ins, a mux at most the one that
//   it selects when its selector is 1.
// Fan-ins keep their order; the result of a result is itself. Linear but for sorting.
SimpleGate simplified(const Gate& gate, const std::vector<Signal>& fanins);

// The same numbers for simplified gates that are the same up to De Morgan's laws, order of fan-ins
// and complement of the result; `inverted` tells complements apart. `gate` is no Buf.
struct GateKey {
  std::vector<std::int64_t> numbers;
  bool inverted = false;
};
GateKey key_of(const SimpleGate& gate);

}  // namespace circuits
