// From a network to a circuit: every hidden neuron becomes a bit, every bit a gate over the bits before it.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/proofs/equivalence.h"
#include "lab/mechanisms/bit_functions.h"
#include "lab/scores/scores.h"
#include "lab/subjects/subject.h"

namespace lab {

constexpr std::int64_t most_extracted_inputs = 16;  // of the world's circuit

// A hidden neuron, or an output of the network, as a bit.
struct ExtractedBit {
  std::string tap;
  std::int64_t unit;
  std::int64_t levels;  // values it takes (cuts.h)
  double threshold;     // the bit is [activation > threshold]
  double kept;          // cuts.h; of an output 1
  double base_rate;     // of the bit
  double agreement;     // share of inputs on which its function says the bit
  std::int64_t fanins;  // that matter
  BitForm form;
};

struct Extraction {
  circuits::Circuit circuit;       // simplified; inputs and outputs are named as the truth's
  std::vector<ExtractedBit> bits;  // of the taps in order, then of the outputs
  double fidelity;                 // share of inputs on which it says what the network says
  double accuracy;                 // share of inputs on which it says what is true
  std::size_t true_gates;          // gates of the truth's circuit, counted as extracted_gates
  circuits::Equivalence truth;     // whether it is equivalent with the truth's circuit, proved
};

// On all inputs of the world, each as often as any other:
//   1. Each neuron of every tap "….post" is cut at a threshold (cuts.h): between its values where it has two.
//   2. Each bit is fitted (bit_functions.h) by the bits of the tap before, as the circuit so far has them;
//      the first tap's by the inputs; the network's decisions by the last tap's. What two values cannot
//      carry, or what passes by the neurons (a residual stream), is lost: the fidelity says how much.
//   3. The circuit is simplified (circuits/rewriting/simplify.h).
// A network without such taps is one function of its inputs. Throws InputError for a world without a
// circuit, of more than 16 inputs, or whose targets are no bits, and for a subject that decides
// nothing; Failure when an activation is not finite, or a bit depends on more than 24 others.
Extraction extract_circuit(const Subject& subject, const World& world);

//   extracted_gates       [0, ∞)  gates other than NOT and constants (circuits/statistics.h)
//   extracted_size_ratio  [0, ∞)  the same over the gates of the truth: 1 as large; absent where the truth has none
//   extracted_depth       [0, ∞)  circuits/views.h
//   extracted_fidelity    [0, 1]  chance: the share of the network's most frequent decision; oracle 1
//   extracted_accuracy    [0, 1]  chance: the share of the most frequent target; oracle 1
//   extracted_equivalent  {0, 1}  proved equivalent with the truth, or not; oracle 1; absent where
//                                 neither was proved
//   extracted_differing   [0, 2^n]  inputs on which some output is not the truth's
// All absent with the reason where extract_circuit refuses or fails. Table "extraction": a row a bit, its label
// the tap and unit; columns unit, levels, threshold, kept, base_rate, agreement, fanins, form (0 constant, 1 LUT,
// 2 threshold, 3 sum of products).
struct ExtractionReport {
  Scores scores;
  Table table;
};
ExtractionReport extraction_report(const Extraction& extraction);
ExtractionReport extraction_report(const Subject& subject, const World& world);

}  // namespace lab
