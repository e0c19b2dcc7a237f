#include "experiments/experiment.h"

#include "lab/core/config.h"

namespace lab {

StagePtr compose(const json& run) {
  const RunConfig config = read_config<RunConfig>(run);
  return std::visit([&](const auto& experiment) { return last_stage(experiment, config.seed); },
                    config.kind);
}

}  // namespace lab
