#include "experiments/recover.h"

#include "experiments/evaluate.h"
#include "experiments/examine.h"
#include "experiments/picture.h"
#include "experiments/stages.h"

namespace lab {

namespace {

struct Keys {
  ExamineKey examine;
  std::optional<FitKey> fit;
};

Keys keys_of(const Recover& config, std::int64_t seed) {
  const TrainKey train = train_key(config.world, config.subject, seed);
  Keys keys{{train, config.site, config.scores.samples}, std::nullopt};
  if (!config.decomposer.has_value()) return keys;
  keys.fit = fit_key(train, config.site, *config.decomposer, seed);
  return keys;
}

}  // namespace

StagePtr last_stage(const Recover& config, std::int64_t seed) {
  const Keys keys = keys_of(config, seed);
  if (!keys.fit.has_value()) return examine_stage(keys.examine);
  return evaluate_stage({*keys.fit, keys.examine, config.scores.nulls});
}

StagePtr picture_of(const Recover& config, std::int64_t seed) {
  const Keys keys = keys_of(config, seed);
  return picture_stage({keys.examine, keys.fit});
}

}  // namespace lab
