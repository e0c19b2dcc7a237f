// The experiment `knockoff`: is what an explanation says about an activation space enough to build
// one that works as well?
//   world → placement (the true space) → explanation → builder (the knockoff) → consumer → scores
#pragma once

#include <optional>

#include "lab/knockoffs/builder.h"
#include "lab/knockoffs/consumer.h"
#include "lab/placements/placement.h"
#include "lab/sweep/stage.h"
#include "lab/worlds/world.h"

namespace lab {

struct SpaceConfig {
  PlacementConfig placement;
  std::int64_t width = 32;
  std::optional<std::int64_t> seed;

  void fields(Fields& f) {
    f("placement", placement, required(), "where the features truly lie");
    f("width", width, at_least(1), "dimensions of the true activation space");
    f("seed", seed, at_least(0), "seed of the placement (default: the run's)");
  }
};

struct KnockoffExperiment {
  static constexpr const char* name = "knockoff";
  static constexpr const char* doc =
      "true space → explanation → knockoff → fresh consumer: does what was said suffice to do the "
      "task? (Mendel 2024)";
  static constexpr std::int64_t revision = 2;
  WorldConfig world;
  SpaceConfig space;
  BuilderConfig builder;
  ConsumerConfig consumer;

  void fields(Fields& f) {
    f("world", world, required(), "what is true, and the task; its inputs can be listed");
    f("space", space, required(), "the true activation space");
    f("builder", builder, any(), "what makes the knockoff, and what it is told of the truth");
    f("consumer", consumer, any(), "what is trained on the knockoff and judged");
  }
};

// A knockoff. Tensors: truth [C, D], knockoff [C, D'].
struct BuildKey {
  static constexpr const char* stage = "build";
  static constexpr std::int64_t revision = 2;
  WorldConfig world;
  SpaceConfig space;
  BuilderConfig builder;
  void fields(Fields& f) {
    f("world", world, required(), "the world");
    f("space", space, required(), "the true space");
    f("builder", builder, required(), "the builder");
  }
};

// A consumer's scores on it, beside what can be said of the knockoff without one
// (lab/knockoffs/consumer.h, facts.h).
struct ConsumeKey {
  static constexpr const char* stage = "consume";
  static constexpr std::int64_t revision = 2;
  BuildKey build;
  ConsumerConfig consumer;
  void fields(Fields& f) {
    f("build", build, required(), "the knockoff");
    f("consumer", consumer, required(), "the consumer");
  }
};

// Stages: build → consume.
StagePtr last_stage(const KnockoffExperiment& config, std::int64_t seed);

}  // namespace lab
