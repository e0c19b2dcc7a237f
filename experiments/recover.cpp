#include "experiments/recover.h"

#include "experiments/evaluate.h"
#include "experiments/examine.h"
#include "experiments/stages.h"

namespace lab {

StagePtr last_stage(const Recover& config, std::int64_t seed) {
  TrainKey train{config.world, config.subject};
  train.world.seed = config.world.seed.value_or(seed);
  train.subject.seed.reset();
  if (uses_seed(config.subject)) train.subject.seed = config.subject.seed.value_or(seed);

  const ExamineKey examine{train, config.site, config.scores.samples};
  if (!config.decomposer.has_value()) return examine_stage(examine);

  FitKey fit{train, config.site, *config.decomposer};
  resolve_files(fit.decomposer);
  fit.decomposer.seed.reset();
  if (uses_seed(fit.decomposer)) fit.decomposer.seed = config.decomposer->seed.value_or(seed);
  return evaluate_stage({fit, examine, config.scores.nulls});
}

}  // namespace lab
