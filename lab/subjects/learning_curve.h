// How well a network does while it is trained: on what it is trained on, on what is held out, and
// whether it is exact on all inputs.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <limits>
#include <map>
#include <optional>
#include <string>
#include <vector>

#include "lab/core/fields.h"
#include "lab/core/record.h"
#include "lab/core/stop.h"
#include "lab/subjects/losses.h"
#include "lab/subjects/training_data.h"

namespace lab {

struct EvaluationConfig {
  std::int64_t samples = 1000;
  std::string stop = "never";
  double accuracy = 0.99;

  void fields(Fields& f) {
    f("samples", samples, between(1, 10'000'000),
      "held-out samples that are drawn where inputs are not listed");
    f("stop", stop, one_of({"never", "exact", "accuracy"}),
      "end the training when the network is right on every input of the world (which can be "
      "listed, "
      "at most 2^20), or at a held-out accuracy");
    f("accuracy", accuracy, between(0, 1), "stop accuracy: the share of held-out inputs");
  }
};

// The accuracies, in percent, of which the scores say when they were reached.
inline constexpr int kAccuracyLevels[] = {90, 98, 99};

// What one evaluation finds; NaN where it does not apply.
struct Evaluated {
  double train_accuracy = std::numeric_limits<double>::quiet_NaN();
  double test_accuracy = std::numeric_limits<double>::quiet_NaN();
  double test_loss = std::numeric_limits<double>::quiet_NaN();
  bool exact = false;  // only looked for with stop: exact
};

// The output [B, T] for a batch.
using Answers = std::function<at::Tensor(const Batch& batch)>;

// Evaluations in the course of training. Accuracy [0, 1]: the share of inputs whose targets are all
// right, by the loss's decision threshold (boolean targets; an output on the threshold is wrong) or, with
// cross-entropy, whose largest output is the largest target. It does not apply to targets that are
// neither. The training accuracy needs a training set.
class LearningCurve {
 public:
  // Throws InputError when `stop` asks for what this world or loss cannot give.
  LearningCurve(const EvaluationConfig& config, const LossConfig& loss, const World& world,
                const TrainingData& data);

  // Evaluates after `step` steps.
  Evaluated add(std::int64_t step, const Answers& answers, const StopToken& stop);
  bool reached(const Evaluated& found) const;  // whether the training is to stop

  //   steps_to_train_P, steps_to_test_P   P = 90, 98, 99: first evaluation with an accuracy ≥ P %, in
  //                                       steps done
  //   steps_to_exact                      first one that is exact on all inputs (stop: exact)
  //   train_accuracy, test_accuracy, test_loss   of the last evaluation
  // Absent with the reason where not reached or not applicable.
  std::map<std::string, Score> scores() const;

 private:
  double accuracy(const at::Tensor& output_BT, const at::Tensor& targets_BT) const;
  bool exact(const Answers& answers, const StopToken& stop) const;

  EvaluationConfig config_;
  LossConfig loss_;
  const World& world_;
  std::optional<Batch> train_;
  Batch test_;
  bool accuracies_;
  std::map<int, std::int64_t> train_reached_, test_reached_;  // percent → steps done
  std::optional<std::int64_t> exact_at_;
  std::int64_t evaluations_ = 0;
  Evaluated last_;
};

}  // namespace lab
