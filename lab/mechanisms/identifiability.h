// How many explanations fit one small network: circuits and their readings (where, then what), and
// algorithms and their places (what, then where). Méloux et al. 2025, arXiv 2502.20914, sections 3 and 4.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <vector>

#include "lab/core/stop.h"
#include "lab/mechanisms/algorithms.h"

namespace lab {

// A perceptron 2 – k – k – 1 on two inputs of 0 and 1: h1 = activation(W1 x + b1), h2 = activation(W2 h1
// + b2), y = w·h2 + b; y > ½ counts as 1. Rows are the neurons that are written to. k is at most 4.
struct SmallNetwork {
  std::int64_t width;  // k
  std::vector<std::array<double, 2>> first_weight;
  std::vector<double> first_bias;
  std::vector<std::vector<double>> second_weight;
  std::vector<double> second_bias;
  std::vector<double> output_weight;
  double output_bias;
  std::function<double(double)> activation;
};

// The four outputs, in the order of the bits of an InputTable.
std::array<double, 4> outputs(const SmallNetwork& network);
// What the network computes: bit i is outputs[i] > ½.
InputTable computed_by(const SmallNetwork& network);

// Circuits. A circuit is a set of edges; the other edges are cut (their weight is 0), biases stay, and
// neurons without edges are left out. It must be whole: both inputs have an edge, every neuron that has an
// edge has one on either side, and the output has one. It explains the network when it computes the same
// function with no error (section 3.1.1). All circuits are tried.
struct CircuitCounts {
  std::int64_t whole = 0;       // circuits there are: 69 for k = 2, a property of k alone
  std::int64_t explaining = 0;  // that compute the function, by the threshold ½
  std::int64_t sparse = 0;      // of the explaining ones, those that leave out at least one neuron
  std::int64_t rounded = 0;     // that do so with every output within ½ of 0 or 1
  std::int64_t minimal = -1;    // explaining ones of which no proper part explains; −1 for k > 3
  std::int64_t smallest = 0;    // edges of the smallest explaining circuit; 0 when there is none
  // Readings of explaining circuits, over all of them (section 3.1.2); −1 for k > 3. A reading gives each
  // neuron of the circuit a threshold between two of its values over the inputs, and then a gate that makes
  // its bit of those of the neurons that it reads; where some combination of these never occurs, every
  // gate that agrees elsewhere is another reading. The output's bit is the function. As in the paper's code,
  // XOR and its complement are no gates of two inputs behind the first layer.
  std::int64_t readings = -1;
  std::int64_t sparse_readings = -1;  // those of circuits that leave out at least one neuron
};
CircuitCounts count_circuits(const SmallNetwork& network, const StopToken& stop = {});

// Algorithms and places. A place for a gate of an algorithm is a set of neurons of one hidden layer; it is
// right when, for all 16 pairs of a base and a source, the base's output with these neurons' values from the
// source is what the algorithm gives with the gate's value from the source (interchange accuracy 1). A
// mapping gives every gate a right place, without common neurons; it is minimal when no other mapping lies
// within it, that is, when all its places are minimal (section 3.2). k is at most 8.
struct MappingCounts {
  std::int64_t aligned = 0;   // algorithms that have a mapping
  std::int64_t mappings = 0;  // over all algorithms
  std::int64_t minimal = 0;   // minimal ones, over all algorithms
};
MappingCounts count_mappings(const SmallNetwork& network, const std::vector<Algorithm>& algorithms);

}  // namespace lab
