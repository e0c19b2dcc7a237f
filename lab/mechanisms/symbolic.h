// Exactness beyond enumeration: a network is run once on bits as symbols instead of on inputs.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/proofs/equivalence.h"
#include "lab/scores/scores.h"
#include "lab/subjects/piecewise_linear.h"
#include "lab/subjects/subject.h"
#include "lab/worlds/world.h"

namespace lab {

constexpr std::size_t most_bits_at_once = 14;  // that a neuron may be a function of
constexpr double least_proved_margin = 1e-3;   // of outputs from the threshold: far above rounding

// A network of which every output is a circuit of its inputs; or why that was not found out.
struct Symbolic {
  std::optional<circuits::Circuit> circuit;  // inputs and outputs are named as the truth's
  double margin = 0;                         // no output comes nearer to the threshold
  std::string reason;
};

// Every neuron becomes a table: an interval of values for each pattern of the few bits that it is a function of.
// Bits are the inputs at first. Where what a neuron hears, summed over neurons that are functions of the same
// bits (or of two overlapping sets), takes two values, that sum is one new bit, a gate over those before. So
// the networks that can be followed are those in which few bits meet in a neuron: compiled circuits in any basis,
// and sparse networks; in a dense trained one every neuron hears all inputs, and with more than 14 nothing is said.
// Contributions below 1e-5 and rounding (outwards) stay in the intervals, so that what is found holds for these maps in
// exact arithmetic. A network can be lost by patterns that never occur, which are not left out, and by rounding of its
// weights, which grows from layer to layer in a rotated basis.
// Throws InputError when the numbers of inputs or outputs differ from the truth's, Failure when a weight is not finite.
Symbolic run_symbols(const PiecewiseLinear& network, const circuits::Circuit& truth,
                     const Encoding& encoding, double threshold);

// `exact` of scores/emulation.h for a network whose inputs are too many to list: run_symbols, then the proof that its
// circuit is equivalent with the world's, or a counterexample (circuits/proofs/equivalence.h; at most 10⁵ conflicts an
// output). Absent, and why, where neither is found. For boolean worlds and subjects with a decision threshold.
Score prove_exact(const Subject& subject, const World& world);

}  // namespace lab
