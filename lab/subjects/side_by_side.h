// Small circuits side by side in one network that has fewer neurons than all of them together: for the world
// `rotations` of T circuits, z of them active (Bushnaq & Mendel, "Circuits in superposition", 2024; Linsefors &
// Bushnaq, "Circuits in superposition 2", 2025; "Rotations in superposition", LessWrong. The weights and the
// error formulas below are worked out here).
#pragma once

#include <cstdint>

#include "lab/core/fields.h"
#include "lab/subjects/superposed_network.h"

namespace lab {

class World;

// Both place circuits as lines. A circuit is a line b + s·a (mod q) of the plane over a prime q; it owns, of
// the q neurons with slope s, number (b + s·a) mod q. Two circuits share at most one neuron, whatever the
// number of slopes (at most q), and there are q² circuits to choose from.
bool is_prime(std::int64_t n);

// L layers of 6·S·q neurons; every layer turns the vector of each circuit that is on by (θ + 2πk)/L, with k random
// in 0 … L−1, which makes θ in all. A small circuit has six neurons a layer, of its vector v and its indicator α:
//   x± = ReLU(±(R v)_x + 4α − 3), y± likewise   v is (x⁺ − x⁻, y⁺ − y⁻)/2: exact where α = 1, silent where α = 0
//   a₁ = ReLU(4α − 3), a₂ = ReLU(4α − 4)        α is a₁ − a₂: 0 up to ¾, 1 from 1 on
// and each of them is written to S = `copies` neurons of S·q, with a new draw of lines every layer, and read as
// their mean. Exact for one circuit alone in the network, and for any number that share no neurons. Otherwise a
// circuit reads 1/S of the vector of each active circuit with which it shares a neuron, which happens with
// probability S/(q+1), and passes it on to circuits that share one of its own; of a coordinate of an active
// circuit's output the mean squared error is then about
//   L(z−1)/(2S(q+1)) + (L−1)(T−z)·z/(2S²(q+1)²),
// by the first term from sharing with active circuits, by the second through inactive ones: ½ is doing nothing.
// Thresholds keep inactive circuits off where T·z/q², what the indicators of inactive circuits add up to at a
// neuron, is well below ¾; beyond, errors grow with every layer. Small neurons outnumber the network's where T > S·q.
struct ConditionalRotations {
  static constexpr const char* name = "conditional_rotations";
  static constexpr const char* doc =
      "small circuits that each turn a vector, spread over a few neurons each that others use too";
  static constexpr std::int64_t revision = 1;
  std::int64_t copies = 4;
  std::int64_t choices = 101;
  std::int64_t layers = 3;

  void fields(Fields& f) {
    f("copies", copies, at_least(1), "neurons S over which each small neuron is spread");
    f("choices", choices, between(2, 4096),
      "q, a prime: each of the S is one of so many; a layer has 6·S·q neurons");
    f("layers", layers, between(1, 64), "L; each turns by θ/L");
    f.require(is_prime(choices), "choices", "must be a prime");
    f.require(copies <= choices, "copies", "must be at most choices");
  }
};

// L layers of (4 + S)·q neurons, exact when one circuit is active: no neuron but its own is on. A circuit has four
// neurons for its vector, ReLU(±(R v)_x) and ReLU(±(R v)_y), and S = `on` neurons that say 1. The lines of circuits
// stay, but odd layers have other slopes than even ones: then no two circuits share a neuron in a layer and a
// neuron in the next, each weight belongs to one circuit alone, and between its own neurons the network is the
// circuit. What keeps the others silent is that they hear fewer than all S on-neurons: on-neurons have
// bias −(S − 1), vector neurons −2S with weight 2 from on-neurons, which outweighs any vector. Where a neuron would
// hear S by chance, lines are drawn anew. T, q and S must leave room for that: T circuits of the q², about
// L·T·(4+S)·q·(T/q²)^S such neurons.
// With several active circuits weights of one meet values of another, and nothing is promised. Outputs of inactive
// circuits read neurons of active ones: mse_active is 0, rmse is not.
struct OneHotRouting {
  static constexpr const char* name = "one_hot_routing";
  static constexpr const char* doc =
      "small circuits of which one is active at a time, without error: every weight belongs to one "
      "circuit, and thresholds silence all neurons but its own";
  static constexpr std::int64_t revision = 1;
  std::int64_t on = 12;
  std::int64_t choices = 37;
  std::int64_t layers = 3;

  void fields(Fields& f) {
    f("on", on, at_least(2), "on-neurons S of a circuit in every layer");
    f("choices", choices, between(2, 4096),
      "q, a prime: each neuron of a circuit is one of so many; a layer has (4 + S)·q neurons");
    f("layers", layers, between(1, 64), "L; each turns by θ/L");
    f.require(is_prime(choices), "choices", "must be a prime");
    f.require(2 * (on + 4) <= choices, "choices", "must be at least 2·(on + 4)");
  }
};

// Throw InputError for a world that is no `rotations`, and where its circuits do not fit.
SuperposedNetwork build_network(const ConditionalRotations& config, const World& world,
                                std::int64_t seed);
SuperposedNetwork build_network(const OneHotRouting& config, const World& world, std::int64_t seed);

}  // namespace lab
