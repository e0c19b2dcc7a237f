// Layered circuits: gates of a layer read only the layer before.
#pragma once

#include "circuits/samplers/gate_mix.h"

namespace circuits {

// `layers` layers of `width` gates; the inputs are layer 0, the outputs the gates of the last layer.
// Every gate is independent: its kind is drawn by draw_kind (gate_mix.h) with 2 … fan_in fan-ins,
// but no more than it can reach (and again until there is one), its fan-ins are a uniform sequence
// of different nodes that it can reach, and each of them is negated with probability not_share where
// the kind allows it.
//
// Gate j can reach all nodes of the layer before, or with locality w > 0 only the w nodes around its
// own place, on a ring: numbers c − ⌊(w−1)/2⌋ … c + ⌊w/2⌋ modulo the size s of the layer before,
// c = ⌊j·s/width⌋, if w < s.
//
// With `observable` (at most 20 inputs) a circuit is rejected unless flipping any input or gate
// changes an output somewhere; attempts are counted. Else equal, constant and dead gates may occur.
struct LayeredShape {
  static constexpr const char* family = "layered";
  static constexpr const char* doc = "layers of random gates that read the layer before";
  std::size_t inputs = 8;
  std::size_t width = 8;
  std::size_t layers = 3;
  std::size_t fan_in = 2;
  std::size_t locality = 0;
  double xor_share = 0.25;
  double not_share = 0.5;
  GateMix mix;
  bool observable = false;

  Parameters parameters();
};
// Throws Error for a shape out of range or when 10,000 attempts are in vain. NOT gates come on top of
// the width of the layers; a NOT of a node exists at most once.
Sampled sample_layered(const LayeredShape& shape, const WordSource& words);

}  // namespace circuits
