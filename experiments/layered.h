// Where the nodes of a layered graph are drawn: columns are levels, and wires that pass a level have a
// lane of their own there, so that no wire runs through a node (Sugiyama, Tagawa and Toda 1981).
#pragma once

#include <cstddef>
#include <vector>

namespace lab {

struct LayeredWire {
  std::size_t from, to;  // nodes; the level of `from` is lower
  bool inverted;         // wires of one node share lanes where they are alike in this
};

struct Layered {
  std::vector<double> place;               // of each node, downwards from 0; a node is 1 high
  std::vector<std::vector<double>> bends;  // of each wire, at each level between those of its ends
};

// `levels`: of each node. Nodes of level 0 keep their order; the others are put near what they are
// wired to, by sweeps to and fro. Two nodes of a level are at least 1 apart, and a node and a lane at
// least 0.7. Deterministic; O(sweeps · (nodes + lanes) log).
Layered layered(const std::vector<std::size_t>& levels, const std::vector<LayeredWire>& wires);

}  // namespace lab
