// Interchange intervention accuracy (Geiger et al. 2021, arXiv 2106.02997): does the network, when the part
// of its activations that is said to hold a gate is taken from another run, say what the circuit says when
// that gate has the other run's value?
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lab/core/rng.h"
#include "lab/scores/scores.h"
#include "lab/subjects/place.h"
#include "lab/worlds/interchange.h"

namespace lab {

// Nodes of a circuit that are exchanged together: a gate, or all that compute one variable.
using Gates = std::vector<circuits::Node>;

// Pairs, and what the circuit says about them.
struct Interchange {
  Pairs pairs;
  at::Tensor own_BT;     // bool: the circuit's outputs on the bases
  at::Tensor wanted_BT;  // bool: its outputs on the bases when the gates have the sources' values
  std::int64_t looked = 0;  // pairs that were looked at to find these

  at::Tensor effective_B() const;  // bool: the exchange changes an output of the circuit
};

// These pairs, whatever they are. Throws InputError without a circuit.
Interchange interchange(const Truth& truth, Pairs pairs, const Gates& gates);

// Up to count/2 effective pairs and the rest others, the first that are found among pairs 0 …
// most_looked−1 of sample_pairs(world, split); fewer where there are not so many. So a gate that rarely
// decides is tested on pairs where it does. Throws InputError as interchange, and where targets are no bits.
Interchange stratified_interchange(const World& world, const Gates& gates, const std::string& split,
                                   std::int64_t count, std::int64_t most_looked = 1 << 16);

// Bool [B, T]: what a subject's outputs say (subject.h: decision_threshold). Throws InputError for a
// subject that has no threshold.
at::Tensor decisions(const Subject& subject, const at::Tensor& output_BT);

// Shares of pairs on which every output is as the circuit wants it. In [0, 1]; oracle 1. A network that
// computes the circuit and in which nothing is exchanged has effective 0, ineffective 1, balanced .5.
struct Iia {
  Score balanced;     // mean of the two below
  Score effective;    // on pairs where the exchange changes an output of the circuit
  Score ineffective;  // on the others
  // For each output alone: the mean of its accuracy on pairs where it changes and where it does not;
  // absent where it never does or always does.
  std::vector<Score> outputs;
};
// Absent with the reason where no pair is effective, or none is not.
Iia interchange_accuracy(const at::Tensor& said_BT, const at::Tensor& wanted_BT,
                         const at::Tensor& own_BT);
Iia interchange_accuracy(const Subject& subject, const Interchange& of,
                         const std::vector<Place>& places);

// One subspace for each place, at its tap and of its dimensions, random and uniform among those that are
// orthogonal to one another at a tap. Throws InputError for places of no known dimensions.
std::vector<Place> random_places_like(const Subject& subject, const std::vector<Place>& places,
                                      Words& words);

// An alignment, and beside it what every alignment is compared with.
//   iia_balanced, iia_effective, iia_ineffective   the places (Iia)
//   iia_nothing        balanced, nothing exchanged: .5 for a network that is right
//   iia_whole          balanced, the whole taps of the places exchanged
//   iia_random         balanced, a random subspace of the same dimensions; mean over `draws`
//   iia_random_sd      its standard deviation (absent below two draws)
//   iia_random_max     the best of the draws: for alignments chosen among as many
//   iia_untrained      balanced, the same places in the untrained network; absent where it is nullptr
// All on the same pairs. Absent with the reason where they do not apply.
Scores iia_scores(const Subject& subject, const Subject* untrained, const Interchange& of,
                  const std::vector<Place>& places, std::int64_t draws, const Draw& draw);

}  // namespace lab
