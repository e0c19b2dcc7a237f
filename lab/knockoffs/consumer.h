// A consumer: a fresh network that is trained on an activation space to do a task. Its accuracy on
// pairs that it has not seen says whether the space is functionally equivalent to the true one: for
// consumers of this class, with this training. A verdict never holds beyond the class: a consumer that
// is let to memorise, or has other weights to begin with, may tell spaces apart that this one does
// not, and the other way round.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <variant>
#include <vector>

#include "lab/core/fields.h"
#include "lab/core/record.h"
#include "lab/core/stop.h"
#include "lab/tensors/optimizer.h"
#include "lab/worlds/world.h"

namespace lab {

// The subject `mlp` (lab/subjects/mlp.h) from activations to the task's classes, trained with
// cross-entropy; every step takes all training samples. Weight decay acts on weights and biases.
struct MlpConsumer {
  static constexpr const char* name = "mlp";
  static constexpr const char* doc =
      "multi-layer perceptron from activations to classes; cross-entropy, full batch";
  static constexpr std::int64_t revision = 2;
  std::vector<std::int64_t> widths{128};
  std::string activation = "relu";
  std::string init = "uniform";
  std::int64_t steps = 3000;
  OptimizerConfig optimizer{AdamW{.weight_decay = 1}, 3e-3};
  std::int64_t log_every = 100;

  void fields(Fields& f) {
    f("widths", widths, at_least(1), "neurons of each hidden layer; an empty list: a linear map");
    f("activation", activation, one_of({"relu", "gelu", "tanh", "square", "linear"}),
      "non-linearity of the hidden layers");
    f("init", init, one_of({"he", "lecun", "uniform"}),
      "initial weights: normal of variance 2/fan_in or 1/fan_in, or uniform in ±1/√fan_in, biases "
      "too");
    f("steps", steps, at_least(1), "gradient steps");
    f("optimizer", optimizer, any(), "how");
    f("log_every", log_every, at_least(1), "steps between two rows of the history");
  }
};

struct ConsumerConfig {
  static constexpr const char* room = "consumers";
  std::variant<MlpConsumer> kind;
  double train_share = 0.6;
  std::optional<std::int64_t> seed;

  void fields(Fields& f) {
    f.kind(kind);
    f("train_share", train_share, above(0).below(1),
      "share of all inputs that it is trained on, drawn at random; it is judged on the others");
    f("seed", seed, at_least(0), "seed of the split and the initial weights (default: the run's)");
  }
};

// Which of `count` inputs are trained on: ⌊share·count⌋, at least one and not all. Both lists are
// rising; they depend on count, share and seed alone. Throws InputError for count < 2.
struct InputSplit {
  std::vector<std::int64_t> train, held_out;
};
InputSplit split_support(std::int64_t count, double share, std::int64_t seed);

// Trains a fresh consumer on part of the world's support and tests it on the rest. Inputs are
// values · frames, targets the world's, whose rows must be one-hot.
//   name            range   chance              definition
//   held_out_accuracy  [0, 1]  below 1/T, see      share of held-out inputs whose largest output is the target
//   train_accuracy  [0, 1]  1 when memorised    the same over the inputs it was trained on
//   train_loss, train_steps                     as in lab/subjects/training.h
//   chance          [0, 1]                      share of the commonest class among the held-out inputs
// Guessing at random scores 1/T. One that has memorised guesses worse: each row and each column of an
// addition table holds every sum once, so that the neighbours of a held-out pair all have other sums,
// and its answer, taken from them, is wrong: expect 0 on `sum`.
// Table "steps": the training history. Throws InputError when the world's inputs cannot be listed.
Record consume(const ConsumerConfig& config, const World& world, const at::Tensor& frames_CD,
               std::int64_t seed, const StopToken& stop);

}  // namespace lab
