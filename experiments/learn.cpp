#include "experiments/learn.h"

#include "experiments/measure.h"
#include "experiments/stages.h"

namespace lab {
namespace {

// The training's scores, with a reason for those that it did not measure.
void add_training(Record& record, const Record& training) {
  for (const auto& [name, score] : training.scores) record.add(name, score);
  std::vector<std::string> names{"steps_to_exact", "train_accuracy", "test_accuracy", "test_loss"};
  for (const int level : kAccuracyLevels) {
    names.push_back("steps_to_train_" + std::to_string(level));
    names.push_back("steps_to_test_" + std::to_string(level));
  }
  for (const std::string& name : names) {
    if (!record.scores.contains(name)) {
      record.add(name, Score::absent("the subject's training has no evaluation"));
    }
  }
  if (!record.scores.contains("steps_to_loss")) {
    record.add("steps_to_loss", Score::absent("the subject's training has no target_loss"));
  }
  const Score& train = record.scores.at("steps_to_train_99");
  const Score& test = record.scores.at("steps_to_test_99");
  record.add("grokking_delay",
             train.present && test.present
                 ? Score::of(test.value - train.value)
                 : Score::absent("steps_to_train_99 or steps_to_test_99 is absent"));
  const auto steps = training.tables.find("steps");
  if (steps != training.tables.end()) record.tables["steps"] = steps->second;
}

Product make_learn(const LearnKey& key, Context& context) {
  const Trained on = trained(key.train, context);
  Product product;
  add_training(product.record, context.need(id_of(key_text(key.train))).record);
  add_emulation(product.record, *on.world, *on.subject, key.samples, context.stop());
  return product;
}

}  // namespace

StagePtr last_stage(const Learn& config, std::int64_t seed) {
  const TrainKey train = train_key(config.world, config.subject, seed);
  return make_stage(LearnKey{train, config.samples}, {train_stage(train)}, make_learn);
}

}  // namespace lab
