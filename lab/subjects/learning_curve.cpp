#include "lab/subjects/learning_curve.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>

#include "lab/core/error.h"

namespace lab {
namespace {

constexpr double kNone = std::numeric_limits<double>::quiet_NaN();
constexpr std::int64_t kChunk = 16384;  // inputs that are run at once

// [B] whether all targets of an input are right.
at::Tensor right(const LossConfig& loss, const at::Tensor& output_BT,
                 const at::Tensor& targets_BT) {
  const std::optional<double> threshold = decision_threshold(loss);
  if (!threshold) return output_BT.argmax(1).eq(targets_BT.argmax(1));
  const at::Tensor distance = output_BT - *threshold;
  return at::where(targets_BT > 0.5, distance, -distance).gt(0).all(1);
}

// The outputs for a whole set, some of its inputs at a time.
at::Tensor outputs(const Answers& answers, const Batch& set, const StopToken& stop) {
  const std::int64_t all = set.inputs_BN.size(0);
  if (all <= kChunk) return answers(set);
  std::vector<at::Tensor> parts;
  for (std::int64_t first = 0; first < all; first += kChunk) {
    stop.check();
    const at::Tensor rows = at::arange(first, std::min(all, first + kChunk), at::kLong);
    parts.push_back(answers(select_rows(set, rows)));
  }
  return at::cat(parts);
}

void note(std::map<int, std::int64_t>& reached, double accuracy, std::int64_t step) {
  for (const int level : kAccuracyLevels) {
    if (accuracy >= level / 100.0) reached.emplace(level, step);
  }
}

void add_levels(std::map<std::string, Score>& scores, const std::string& prefix,
                const std::map<int, std::int64_t>& reached, const std::string& reason) {
  for (const int level : kAccuracyLevels) {
    const auto found = reached.find(level);
    scores[prefix + std::to_string(level)] = found == reached.end()
                                                 ? Score::absent(reason)
                                                 : Score::of(static_cast<double>(found->second));
  }
}

Score number_score(double value, const std::string& reason) {
  return std::isnan(value) ? Score::absent(reason) : Score::of(value);
}

}  // namespace

LearningCurve::LearningCurve(const EvaluationConfig& config, const LossConfig& loss,
                             const World& world, const TrainingData& data)
    : config_(config),
      loss_(loss),
      world_(world),
      train_(data.train_set()),
      test_(data.held_out()),
      accuracies_(world.boolean_targets() || !decision_threshold(loss)) {
  const std::string where = "training.evaluation.stop: ";
  if (config.stop != "never" && !accuracies_) {
    throw InputError(where +
                     "the targets of this world are no bits or classes, so that there is no " +
                     "accuracy to stop at; use never");
  }
  if (config.stop == "accuracy" && test_.inputs_BN.size(0) == 0) {
    throw InputError(where + "no inputs are held out; use never or exact");
  }
  const auto support = world.support();
  if (config.stop == "exact" && (!support || *support > kMostListedInputs)) {
    throw InputError(where +
                     "this world's inputs cannot be listed, or are more than 2^20; use never "
                     "or accuracy");
  }
}

double LearningCurve::accuracy(const at::Tensor& output_BT, const at::Tensor& targets_BT) const {
  if (!accuracies_ || output_BT.size(0) == 0) return kNone;
  return right(loss_, output_BT, targets_BT).to(at::kDouble).mean().item<double>();
}

bool LearningCurve::exact(const Answers& answers, const StopToken& stop) const {
  const std::int64_t all = *world_.support();
  for (std::int64_t first = 0; first < all; first += kChunk) {
    stop.check();
    const Batch batch = world_.enumerate(first, std::min(kChunk, all - first));
    if (!right(loss_, answers(batch), batch.targets_BT).all().item<bool>()) return false;
  }
  return true;
}

Evaluated LearningCurve::add(std::int64_t step, const Answers& answers, const StopToken& stop) {
  Evaluated found;
  if (train_ && accuracies_) {
    found.train_accuracy = accuracy(outputs(answers, *train_, stop), train_->targets_BT);
  }
  if (test_.inputs_BN.size(0) > 0) {
    const at::Tensor output = outputs(answers, test_, stop);
    found.test_accuracy = accuracy(output, test_.targets_BT);
    found.test_loss = mean_loss(loss_, output, test_.targets_BT).item<double>();
  }
  // What is wrong on some inputs is not exact: all are listed only where none of these was wrong.
  const bool wrong = found.train_accuracy < 1 || found.test_accuracy < 1;
  if (config_.stop == "exact" && !wrong) found.exact = exact(answers, stop);
  note(train_reached_, found.train_accuracy, step);
  note(test_reached_, found.test_accuracy, step);
  if (!exact_at_ && found.exact) exact_at_ = step;
  ++evaluations_;
  last_ = found;
  return found;
}

bool LearningCurve::reached(const Evaluated& found) const {
  if (config_.stop == "exact") return found.exact;
  return config_.stop == "accuracy" && found.test_accuracy >= config_.accuracy;
}

std::map<std::string, Score> LearningCurve::scores() const {
  const std::string never = evaluations_ == 0 ? "training.steps is 0" : "not reached";
  const std::string no_set = "every training sample is new";
  const std::string none_held_out = "no inputs are held out";
  const std::string no_answer = "the targets are no bits or classes";
  const std::string& train_reason = accuracies_ ? no_set : no_answer;
  const bool tested = test_.inputs_BN.size(0) > 0;
  const std::string& test_reason = accuracies_ ? none_held_out : no_answer;
  std::map<std::string, Score> scores;
  add_levels(scores, "steps_to_train_", train_reached_,
             train_ && accuracies_ ? never : train_reason);
  add_levels(scores, "steps_to_test_", test_reached_, tested && accuracies_ ? never : test_reason);
  scores["steps_to_exact"] =
      exact_at_
          ? Score::of(static_cast<double>(*exact_at_))
          : Score::absent(config_.stop == "exact" ? never
                                                  : "not looked for: evaluation.stop is not exact");
  const bool started = evaluations_ > 0;
  scores["train_accuracy"] = number_score(last_.train_accuracy, started ? train_reason : never);
  scores["test_accuracy"] = number_score(last_.test_accuracy, started ? test_reason : never);
  scores["test_loss"] = number_score(last_.test_loss, started ? none_held_out : never);
  return scores;
}

}  // namespace lab
