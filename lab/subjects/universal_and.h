// The universal AND: one layer of few neurons from which the AND, XOR … of every pair of inputs can be read
// (Vaintrob, Mendel & Hänni, "Toward a mathematical framework for computation in superposition", 2024;
// Hänni et al. 2024, arXiv 2408.05451).
#pragma once

#include <cstdint>
#include <optional>
#include <string>

#include "lab/core/fields.h"
#include "lab/placements/kinds.h"
#include "lab/subjects/superposed_network.h"

namespace lab {

class World;

// post = activation(W x + b) for input bits x in {0, 1} and d neurons; the output for a pair (i, j) is a linear
// read-off of post. A function of two bits is f = a + b·x_i + c·x_j + e·x_i·x_j, so it takes a read-off of the
// product and, unless b = c = 0, of single inputs:
//
//   weights     read-off of x_i x_j                     read-off of x_i
//   bernoulli   1[k in S_i∩S_j]/|S_i∩S_j|               none: neurons see no single input
//   gaussian    √(2π·active)·w_ki w_kj/d   (relu)       2 w_ki/d          (relu)
//               w_ki w_kj/(2d)             (square)     (w_ki² − 1)/(2d)  (square)
//   rademacher  w_ki w_kj/(c·d)            (relu)       2 w_ki/d          (relu)
//               w_ki w_kj/(2d)             (square)     none
//
// bernoulli: W_ki = 1 with probability √(overlap/d), else 0, b = −1, ReLU; S_i is the set of neurons that read
// x_i, and |S_i∩S_j| is `overlap` on average. When x_i = x_j = 1 and nothing else, every neuron of the
// intersection says ReLU(1 + 1 − 1) = 1; each further active input adds 1 at the share √(overlap/d) of them.
// A pair whose intersection is empty reads 0 for the product.
//
// gaussian, rademacher: W_ki ~ N(0, 1) or ±1, b = 0. Read-offs are expectations over a neuron's weights:
// for Gaussian ones Stein's identity gives E[w_i w_j g(w·x)] = x_i x_j E[g''(w·x)], i ≠ j, and E[w_i g(w·x)] =
// x_i E[g'(w·x)], where w·x ~ N(0, ‖x‖²). For ReLU E[g''] is the density at 0, 1/(√(2π)‖x‖), and E[g'] = ½;
// for the square they are 2 and 0, but E[(w_i² − 1)(w·x)²] = 2x_i². For signs the derivatives become
// differences: E[w_i w_j g] = x_i x_j ¼E[g(h+2) − 2g(h) + g(h−2)] over the sum h of the other active weights;
// for ReLU that is c = ½P(h=0) + ¼P(|h|=1), for the square 2. With ReLU the signal depends on the number of
// ones, ‖x‖²; it is 1 when that is `active`, the number the read-off is made for. Noise falls as 1/√d.
//
// linear_from inputs: single inputs are read along a skip wire past the layer, as from a residual stream,
// instead of from the neurons.
//
// Inputs in superposition: with a placement the inputs are vectors of `width` dimensions, embed = x E, and a
// layer reads x̂_i = E_i·embed, which for unit vectors is x_i plus interference. read clip puts a layer of 2m
// neurons before, which says ReLU(2x̂ − ½) − ReLU(2x̂ − 3/2): 0 below ¼, 1 above ¾, so interference below ¼
// is removed.
//
// Taps: "embed" (with a placement), "layer0.pre", "layer0.post" (with clip the cleaning layer, and "layer1…" the
// computing one), "output". Decision at ½.
struct UniversalAnd {
  static constexpr const char* name = "universal_and";
  static constexpr const char* doc =
      "one random layer from which functions of any two inputs are read (Vaintrob, Mendel & Hänni "
      "2024; Hänni et al. 2024, arXiv 2408.05451)";
  static constexpr std::int64_t revision = 1;
  std::string weights = "bernoulli";
  std::int64_t neurons = 100;
  double overlap = 5;
  std::int64_t active = 3;
  std::string activation = "relu";
  std::string linear_from = "neurons";
  std::optional<PlacementConfig> placement;
  std::int64_t width = 32;
  std::string read = "dot";

  void fields(Fields& f) {
    f("weights", weights, one_of({"bernoulli", "gaussian", "rademacher"}), "law of the weights");
    f("neurons", neurons, at_least(1), "width of the layer, d");
    f("overlap", overlap, above(0),
      "bernoulli: neurons that two inputs share, on average; at most the neurons");
    f("active", active, at_least(2),
      "gaussian and rademacher with relu: number of ones for which the read-off is made");
    f("activation", activation, one_of({"relu", "square"}), "of the neurons; bernoulli: relu");
    f("linear_from", linear_from, one_of({"neurons", "inputs"}),
      "where single inputs are read for what is no AND: from the neurons, or past them");
    f("placement", placement, any(), "where the inputs lie in superposition; none: bits");
    f("width", width, at_least(1), "dimensions that the inputs lie in, with a placement");
    f("read", read, one_of({"dot", "clip"}),
      "how inputs in superposition are read: by dot products, or cut to 0 and 1 by a layer before");
    f.require(overlap <= static_cast<double>(neurons), "overlap", "must be at most neurons");
    f.require(weights != "bernoulli" || activation == "relu", "activation",
              "must be relu for bernoulli weights");
    f.require(read == "dot" || placement.has_value(), "read", "must be dot without a placement");
  }
};

// The network of a world whose outputs are gates of two inputs of its circuit. Throws InputError for another
// world, and where a gate needs single inputs that the weights do not let one read.
SuperposedNetwork build_network(const UniversalAnd& config, const World& world, std::int64_t seed);

}  // namespace lab
