// The experiments there are: the list of kinds is the variant.
#pragma once

#include "experiments/recover.h"
#include "lab/sweep/stage.h"

namespace lab {

// One run of a sweep: an experiment at one point. Its JSON is a sweep's "base" with the point's
// values put in.
struct RunConfig {
  static constexpr const char* room = "experiments";
  std::variant<Recover> kind;
  std::int64_t seed = 0;

  void fields(Fields& f) {
    f.kind(kind);
    f("seed", seed, at_least(0),
      "seed of the run; world, subject and decomposer may have their own");
  }
};

// The last stage of a run. Throws ConfigError with the path inside the run.
StagePtr compose(const json& run);

}  // namespace lab
