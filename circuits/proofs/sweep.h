// SAT sweeping: merges the nodes of an and-inverter graph that compute the same function (Kuehlmann
// and Krohm, DAC 1997; Mishchenko, Chatterjee, Jiang and Brayton, "FRAIGs", 2005).
#pragma once

#include <cstddef>
#include <cstdint>
#include <vector>

#include "circuits/aig.h"
#include "circuits/proofs/sat.h"

namespace circuits {

struct Swept {
  AigBuilder graph;           // the merged graph, of the same inputs
  std::vector<Signal> image;  // of each variable of the original: a signal of `graph`
  std::size_t merged = 0;     // pairs proven equal by the solver
  bool finished = true;       // false: the deadline came, later variables were copied only
};

// Every signal's image computes the same function. From the inputs up, a node is compared with the
// first one whose values agree with its own, or with their complements, on `64 · rounds` random
// inputs; each question to the solver may take `conflicts` conflicts, and is dropped beyond. An
// answer "different" is an input on which, and on whose neighbours, all nodes are then evaluated, so
// the time grows with the number of these answers times the size of the graph.
Swept sweep(const AigBuilder& graph, std::size_t rounds, std::int64_t conflicts,
            const Deadline& deadline);

}  // namespace circuits
