// Candidate algorithms for a boolean function of two inputs, by what an exchange of each of their gates
// does to the output.
#pragma once

#include <array>
#include <cstdint>
#include <string>
#include <vector>

namespace lab {

// A boolean function of two inputs: bit 2·x2 + x1 is its value. XOR is 0b0110.
using InputTable = std::uint8_t;

struct Algorithm {
  std::string formula;  // "!(A*B)*(A+B)": * AND, + OR, ! NOT, A and B the inputs
  // One entry a gate, without the last, which is the output: bit s of exchanged[gate][b] is the output on
  // input b when this gate has its value on input s.
  std::vector<std::array<std::uint8_t, 4>> exchanged;
};

// Two gates, each an AND of two literals up to complement, behind which an AND or OR of literals gives f.
// For XOR there are two: (A∧B, ¬A∧¬B) and (A∧¬B, ¬A∧B).
std::vector<Algorithm> two_gate_algorithms(InputTable f);

// Formulas as in Méloux et al. 2025 (arXiv 2502.20914, section 4): all trees of AND and OR over A and B,
// up to `depth` gates deep, whose two parts always differ, and which give f when some of their parts are
// negated: each once, with the fewest negations (of these the first, parts read from the output on and
// from left to right). Gates are the ANDs and ORs, negated where they are. For XOR and depth 2 there are
// two, !(A*B)*(A+B) and !(A*B+!(A+B)).
std::vector<Algorithm> formula_algorithms(InputTable f, int depth);

}  // namespace lab
