// The world of many small circuits side by side, few of them active at once: each turns a vector of its own.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "lab/core/fields.h"

namespace lab {

class World;

struct Rotations {
  static constexpr const char* name = "rotations";
  static constexpr const char* doc =
      "many small circuits, a few of them active at once, each of which turns a vector of its own "
      "by "
      "an angle of its own (computation in superposition of whole circuits: Bushnaq & Mendel 2024, "
      "Linsefors & Bushnaq 2025)";
  static constexpr std::int64_t revision = 1;
  std::int64_t circuits = 64;
  std::int64_t active = 2;

  void fields(Fields& f) {
    f("circuits", circuits, between(1, 16384), "number of circuits T");
    f("active", active, at_least(0), "circuits that are active in a sample, z");
    f.require(active <= circuits, "active", "must be at most circuits");
  }
};

// Features c0 … c(T−1), of three coordinates each: (1, cos φ, sin φ) of an active circuit, with φ uniform and
// independent; 0 of the others. In every sample `active` circuits are active, all choices alike. Inputs are
// the values (N = 3T). Targets (2T) are (cos(φ + θ), sin(φ + θ)) of active circuits and 0 of the others; the angle
// θ of a circuit is uniform over [0, 2π) and belongs to the world (Draw("world/rotations/angles", seed)). An
// output that says nothing has mean squared error ½ where its circuit is active, and active/(2T) over all.
std::unique_ptr<World> make_world(const Rotations& config, std::int64_t seed);

// θ of every circuit of such a world; nothing for another world.
std::optional<std::vector<double>> rotation_angles(const World& world);

}  // namespace lab
