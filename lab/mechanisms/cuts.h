// Hidden neurons as bits: at which activation each is cut in two.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lab/mechanisms/bit_functions.h"
#include "lab/subjects/subject.h"

namespace lab {

struct Cut {
  double threshold;
  double
      kept;  // share of inputs with the network's decisions when the neuron alone is replaced by its
             // mean on its side of the cut
  double change;  // of its variance that this takes away, to 1e-6
  BitColumn bit;  // [activation > threshold] for every input
};

struct CutNeuron {
  std::string tap;
  std::int64_t unit;
  std::int64_t levels;    // values it takes (gaps, in scores/neurons.h)
  std::vector<Cut> cuts;  // the preferred first
  std::size_t chosen = 0;

  const Cut& cut() const { return cuts[chosen]; }
};

constexpr std::size_t most_cuts = 8;

// The neurons of each tap "….post", tap by tap in their order, without those that do not vary
// (varying, in scores/neurons.h). A neuron has the cuts in the middle between its neighbouring values, of more
// than 8 the lowest and 7 others, evenly by number; the preferred one keeps the network's decisions
// `own_BT` (bool) on the most inputs, then changes least, then is lowest. From the last tap to the first, cuts are
// then moved, neuron by neuron, where more of the bits of the next tap (of the last: the network's decisions)
// become functions of the bits of this one (explained, in bit_functions.h), until no single move helps.
// Where not all are functions, this is tried from the lowest cuts as well (of ReLUs: active or not), and the better
// outcome is kept. On compiled networks the lowest cuts alone make all gates functions of the bits.
// Throws Failure when an activation is not finite.
std::vector<std::vector<CutNeuron>> cut_neurons(const Subject& subject, const Batch& batch,
                                                const at::Tensor& own_BT);

// The columns of a bool [B, K].
std::vector<BitColumn> columns_of(const at::Tensor& bits_BK);

}  // namespace lab
