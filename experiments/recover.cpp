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
  Keys keys{examine_key(config, seed), std::nullopt};
  if (!config.decomposer.has_value()) return keys;
  keys.fit = fit_key(keys.examine.train, config.site, *config.decomposer, seed);
  return keys;
}

}  // namespace

ExamineKey examine_key(const Recover& config, std::int64_t seed) {
  return {train_key(config.world, config.subject, seed), config.site, config.scores.samples};
}

StagePtr last_stage(const Recover& config, std::int64_t seed) {
  const Keys keys = keys_of(config, seed);
  if (!keys.fit.has_value()) return examine_stage(keys.examine);
  return evaluate_stage({*keys.fit, keys.examine, config.scores.nulls, config.bits_per_code});
}

StagePtr picture_of(const Recover& config, std::int64_t seed) {
  const Keys keys = keys_of(config, seed);
  return picture_stage({keys.examine, keys.fit});
}

}  // namespace lab
