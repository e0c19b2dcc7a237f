// Neurons as boolean functions: how many values each takes over the inputs, where it is best cut in two, and
// what it says then.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lab/core/rng.h"
#include "lab/scores/descriptions.h"
#include "lab/scores/scores.h"

namespace lab {

// A place between two neighbouring values of a unit; values within 1e-4 of its range are one.
struct Gap {
  double middle;
  std::int64_t below;  // samples with values below it
};
// Ascending; a unit of L different values has L − 1, a constant one none.
std::vector<Gap> gaps(const at::Tensor& acts_B);

// bool [D]: the units that vary by more than 1e-5 of the largest activation there is.
at::Tensor varying(const at::Tensor& acts_BD);

// A unit as the bit [activation > threshold] that says most about it: the gap at which two values, one on
// either side, explain most of its variance (Otsu 1979); the lowest of equals, to 1e-6.
struct UnitCut {
  std::int64_t levels = 1;  // different values
  double threshold = 0;     // 0 for a constant unit
  double explained = 0;     // [0, 1] share of its variance: 1 where it takes two values
};
std::vector<UnitCut> cut_units(const at::Tensor& acts_BD);

// The bits of the units, bool [B, D]; false everywhere for constant ones.
at::Tensor unit_bits(const at::Tensor& acts_BD, const std::vector<UnitCut>& cuts);

// A unit that takes at most so many values, but more than two, is few-valued; with more it is graded.
constexpr std::int64_t few_values = 8;

// The units at one tap of a network, and at the same tap before it was trained.
struct NeuronActs {
  double tap;  // its number among the subject's taps
  at::Tensor acts_BD, before_BD;
};

struct NeuronReport {
  Scores scores;
  // A row a unit, labelled by its description: tap, unit, levels, threshold, explained; of its bit: kind
  // (number in Firing; dead: constant), length (empty: none), sensitivity, specificity, density; letter (the one
  // of largest |φ|, the first of equals) and letter_phi [−1, 1], below 0 for its complement. The last three of a
  // constant unit and its threshold are empty.
  Table table;
  at::Tensor bits_BM;  // bool, in the order of the rows
};

// Over the units of the taps (at least one of them has one):
//   neurons_two_valued, neurons_few_valued, neurons_graded  [0, 1]  shares; with neurons_dead they add up to 1
//   neurons_KIND, neurons_described, description_length     of their bits, as in descriptions.h; the null
//                                shuffles the inputs
//   neurons_described_untrained  [0, 1]  the same share before training: a random neuron may well say something
//   neurons_explained            [0, 1]  mean share of variance that its bit explains, of the units that vary
// Rows are different inputs; all of them, and a description is exact. On a circuit of ANDs and ORs, compiled, every
// neuron behind its ReLU is a gate or an input: neurons_described is 1. (Of an XOR one neuron takes three values.)
// Throws Failure when an activation is not finite.
NeuronReport neuron_report(const std::vector<NeuronActs>& taps, const at::Tensor& letters_BL,
                           const std::vector<Letter>& letters, const DescriptionConfig& config,
                           std::int64_t draws, const Draw& draw);

// All of these absent.
Scores no_neuron_scores(const std::string& reason);

}  // namespace lab
