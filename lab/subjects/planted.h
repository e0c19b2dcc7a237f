// A network trained so that named gates of its world's circuit live at named places.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lab/core/fields.h"
#include "lab/subjects/mlp.h"

namespace lab {

class Subject;
class World;

struct GateSpot {
  std::string gate;
  std::int64_t layer = 0;
  std::vector<std::int64_t> neurons;

  void fields(Fields& f) {
    f("gate", gate, required(), "name of a gate of the circuit");
    f("layer", layer, at_least(0), "hidden layer after whose activation it is to live");
    f("neurons", neurons, required().items(1), "neurons that hold it, and nothing else");
  }
};

// An mlp with the taps, weights and training settings of one (mlp.h), trained by interchange intervention
// training (Geiger et al. 2022, arXiv 2112.00826) with strictness (SIIT: Gupta et al. 2024, arXiv 2407.14494,
// §3). With L the training's loss, each sample of a batch the base and the one before it its source:
//   behaviour    L(output, targets)
//   interchange  L(output with one gate's neurons from the source, what the circuit says on the base
//                when that gate has the source's value); the gates take turns, a step each
//   strictness   L(output with the strict neurons of one layer from the source, targets); neurons that
//                hold no gate are strict but for `carriers` a layer, which may bring on what later
//                layers read
// and the loss is behaviour + interchange weight · interchange + strictness weight · strictness.
// gate_places: the neurons of each gate. Without `gates` each inner gate (not an output) at level l
// gets `neurons_each` neurons of hidden layer min(l, layers) − 1, in the order of the circuit. A network
// needs a hidden layer for each level, those of the outputs too: what is read off the last layer is linear.
struct PlantedNetwork {
  static constexpr const char* name = "planted";
  static constexpr const char* doc =
      "multi-layer perceptron trained by interchange interventions so that gates of the circuit "
      "live "
      "at known neurons";
  static constexpr std::int64_t revision = 1;
  Mlp network{.widths = {64, 64}};
  std::vector<GateSpot> gates;
  std::int64_t neurons_each = 4;
  std::int64_t carriers = 16;
  double interchange = 1;
  double strictness = 0.4;

  void fields(Fields& f) {
    f("network", network, any(), "the network and its training");
    f("gates", gates, any(), "which gate lives where; none: every inner gate, by its level");
    f("neurons_each", neurons_each, at_least(1), "neurons a gate, where gates are not listed");
    f("carriers", carriers, at_least(0), "neurons a layer that hold no gate and are not strict");
    f("interchange", interchange, at_least(0), "weight of the interchange loss");
    f("strictness", strictness, at_least(0), "weight of the strictness loss");
    f.require(!network.widths.empty(), "network", "must have a hidden layer");
  }
};

// Throws InputError for a world without a circuit, a gate or neuron that there is not, a neuron that holds
// two gates, layers too narrow, or a circuit without inner gates.
std::unique_ptr<Subject> make_subject(const PlantedNetwork& config, const World& world,
                                      std::int64_t seed);

}  // namespace lab
