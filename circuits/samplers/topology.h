// Networks of two-input gates, uniform over their topologies.
#pragma once

#include <array>
#include <cstdint>
#include <functional>

#include "circuits/samplers/parameters.h"
#include "circuits/samplers/random.h"

namespace circuits {

// A network of k gates with two different fan-ins each: the pairs of gates 1 … k in topological
// order. A fan-in is an anonymous input, 0, which may occur twice in a gate, or an earlier gate; the
// smaller one comes first. Every gate but the last, the output, is used. Two lists are one topology
// if they differ by the numbering of gates; the smallest list (as sequences of pairs) stands for it.
using Topology = std::vector<std::array<std::uint8_t, 2>>;

// Gives every topology of 1 … 9 gates once, smallest first: 1, 1, 3, 10, 49, 302, 2312, 21218,
// 228249 of them. Smallest lists are grown gate by gate: the beginning of a smallest list is the
// smallest of its own gates. Throws Error for another number of gates.
void for_each_topology(std::size_t gates, const std::function<void(const Topology&)>& visit);
std::vector<Topology> topologies(std::size_t gates);

// A random network. An attempt draws
// 1. the topology, uniform among those of `gates` gates with at least `inputs` anonymous fan-ins;
// 2. an input for every anonymous fan-in, uniform among the ways in which both fan-ins of a gate
//    differ and every input is used (independent draws until that holds);
// 3. the function of every gate: uniform among the ten that depend on both fan-ins, or, if
//    and_only, among the eight of these that are an AND of fan-ins or complements, or its
//    complement.
// With `observable` the attempt is rejected as a whole, topology included, unless flipping any input
// or gate changes the output somewhere; topologies are then weighted by how often that holds.
// Without it nothing is rejected and topologies are exactly uniform. The ten functions are AND gates
// with fan-ins negated or not, the same NAND gates, XOR and XNOR; complemented fan-ins are NOT gates.
struct TopologyShape {
  static constexpr const char* family = "topology";
  static constexpr const char* doc = "network of two-input gates, uniform over topologies";
  std::size_t gates = 6;
  std::size_t inputs = 4;
  bool and_only = false;
  bool observable = false;

  Parameters parameters();
};
// Throws Error for a shape out of range, inputs > gates + 1, or after 10,000 attempts in vain. Lists
// the topologies first: a millisecond for 7 gates, a tenth of a second for 9.
Sampled sample_topology(const TopologyShape& shape, const WordSource& words);

}  // namespace circuits
