// Random circuits without idle parts.
#pragma once

#include "circuits/samplers/gate_mix.h"

namespace circuits {

struct DagShape {
  static constexpr const char* family = "random";
  static constexpr const char* doc =
      "random circuit without dead, constant, duplicate or complementary gates";
  std::size_t inputs = 8;
  std::size_t gates = 16;
  std::size_t outputs = 4;
  std::size_t depth = 4;
  std::size_t fan_in = 3;
  double xor_share = 0.25;
  double not_share = 0.5;
  GateMix mix;            // other kinds of gates
  double least_ones = 0;  // range of the share of inputs on which an output is 1
  double most_ones = 1;

  Parameters parameters();
};

// A random circuit in which, as functions of the inputs, no gate is constant, no two of the inputs
// and gates are equal or complementary (NOT gates apart), and flipping any input or gate changes an
// output somewhere: every input is relevant and no gate is dead. All this is checked exactly.
//
// Distribution. An attempt grows a circuit from the inputs (level 0) upward; below, "open" are the
// inputs and gates that no gate uses yet, and outputs, depth, fan_in are those of the shape.
// 1. The numbers of gates of levels 1 … depth are a uniform composition of `gates` into positive
//    parts, given that no level has more gates than outputs + (fan_in − 1) · (gates above it), so
//    that the gates above can use all of them but the outputs.
// 2. Gates are drawn level by level. The kind and the number k of fan-ins, 2 … fan_in but no more
//    than there are nodes on lower levels, are drawn by draw_kind (gate_mix.h): without a `mix`, XOR
//    by xor_share, else AND or OR equally, k uniform. The first fan-in is uniform over the open nodes
//    of the level just below, or over all of that level when none is open. Each other one is, with
//    probability p, uniform over the open nodes of all lower levels, else (or when none is open)
//    uniform over all nodes of lower levels; always different from those before it.
//    p = (open − outputs) / ((k − 1) · gates still to draw, this one included), cut to [0, 1]: the
//    number of open nodes drifts to that of the outputs. Fan-ins are negated by not_share, but not
//    those of XOR, XNOR and LUT; those of a MUX are then put in uniform order. A gate that is constant or equal or complementary to an earlier
//    node, or that finds too few nodes below, is drawn again; after 100 times in vain the attempt is
//    rejected.
// 3. The attempt is rejected when an input or more gates than outputs are open. Outputs are the open
//    gates and a uniform choice of the others, in ascending order of nodes. It is rejected when the
//    share of ones of an output is not in least_ones … most_ones, and unless all inputs and gates are
//    observable.
//
// Throws Error for a shape that is out of range or cannot exist, and when 10,000 attempts are in
// vain.
Sampled sample_dag(const DagShape& shape, const WordSource& words);

}  // namespace circuits
