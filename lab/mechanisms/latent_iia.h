// Interventions through a dictionary: if a latent is the gate, exchanging its code is exchanging the gate.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lab/decomposers/dictionary.h"
#include "lab/mechanisms/iia.h"

namespace lab {

// One gate, and what is said to hold it at the tap.
struct GateUnits {
  circuits::Node gate;
  std::vector<std::int64_t> latents;  // the best first; empty: none
  at::Tensor direction_D;             // 0: none
};

struct LatentIia {
  Scores scores;
  Table
      table;  // columns as below without "iia_", a row a gate; empty cells where it cannot be tested
};

// Balanced interchange accuracy (iia.h) of each gate on `pairs` pairs, half of them effective, and means, all over
// the same gates: those that can be tested and have a latent (and a direction, where any gate has one):
//   iia_latent          [0, 1]  the first latent's code is exchanged, and the reconstruction error stays
//   iia_latents         [0, 1]  the codes of all its latents
//   iia_direction       [0, 1]  the direction (place.h)
//   iia_nothing                 nothing; .5 for a network that is right
//   iia_whole                   the whole tap
//   iia_random_latents          as many random latents as iia_latents exchanges; mean over `draws`
//   iia_latents_gain    [−1, 1] iia_latents − iia_random_latents
// Oracle 1. Throws InputError as iia.h does, and for latents that there are not.
LatentIia latent_iia(const Subject& subject, const World& world, const std::string& tap,
                     const Dictionary& dictionary, const std::vector<GateUnits>& gates,
                     std::int64_t pairs, std::int64_t draws, const Draw& draw);

}  // namespace lab
