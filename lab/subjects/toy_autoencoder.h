// The toy model of superposition: an autoencoder with one narrow hidden layer.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <variant>
#include <vector>

#include "lab/core/fields.h"
#include "lab/subjects/training.h"

namespace lab {

class Subject;
class World;

// How much each feature counts in the loss.

struct EqualImportance {
  static constexpr const char* name = "equal";
  static constexpr const char* doc = "I_i = 1";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct GeometricImportance {
  static constexpr const char* name = "geometric";
  static constexpr const char* doc = "I_i = ratio^i, i = 0 … N−1";
  static constexpr std::int64_t revision = 1;
  double ratio = 0.9;
  void fields(Fields& f) {
    f("ratio", ratio, above(0), "importance of a feature over that of the one before");
  }
};

struct ListedImportance {
  static constexpr const char* name = "list";
  static constexpr const char* doc = "one number a coordinate of the input";
  static constexpr std::int64_t revision = 1;
  std::vector<double> values;
  void fields(Fields& f) { f("values", values, at_least(0).items(1), "importance of each input"); }
};

struct ImportanceConfig {
  static constexpr const char* room = "importances";
  std::variant<EqualImportance, GeometricImportance, ListedImportance> kind;
  void fields(Fields& f) { f.kind(kind); }
};

// h = x W_encᵀ, x' = act(h W_dec + b), with W_enc [m, N] and W_dec [m, N], one matrix when tied.
// Loss: Σ_i I_i |x_i − x'_i|^p / N, averaged over samples. Taps: "hidden" (the usual one), "output".
// At "hidden" the directions are planted, where the inputs are the features' values: row i is column
// i of W_enc, the offset is 0. Weights: "W" [N, m] when tied (row i is feature i's vector), else "W_enc"
// [N, m] and "W_dec" [N, m], and "b" [N] when it is learned. Initial weights are N(0, init_sd²).
struct ToyAutoencoder {
  static constexpr const char* name = "toy_autoencoder";
  static constexpr const char* doc =
      "x' = act(W_dec W_enc x + b): toy model of superposition (Elhage et al. 2022)";
  static constexpr std::int64_t revision = 1;
  std::int64_t hidden = 5;
  bool tied = true;
  std::string activation = "relu";
  std::string bias = "learned";
  double bias_value = 0;
  double init_sd = 0.1;
  ImportanceConfig importance;
  TrainingConfig training;

  void fields(Fields& f) {
    f("hidden", hidden, between(1, 65'536), "width m of the hidden layer");
    f("tied", tied, any(), "whether the decoder is the encoder, transposed");
    f("activation", activation, one_of({"relu", "linear"}), "what the output passes through");
    f("bias", bias, one_of({"learned", "fixed"}), "whether the output's bias is trained");
    f("bias_value", bias_value, any(), "what every b_i starts as (learned) or stays (fixed)");
    f("init_sd", init_sd, above(0), "standard deviation of initial weights");
    f("importance", importance, any(), "how much each input counts in the loss");
    f("training", training, any(), "how it is trained; the loss is mse or power");
    f.require(std::holds_alternative<MeanSquared>(training.loss.kind) ||
                  std::holds_alternative<PowerLoss>(training.loss.kind),
              "training.loss", "must be mse or power");
  }
};

// I_0 … I_{inputs−1}. Throws InputError when a list has another length.
std::vector<double> importances_of(const ImportanceConfig& importance, std::int64_t inputs);

// Throws InputError when the world's targets are not its inputs, or the list of importances has another
// length than the inputs.
std::unique_ptr<Subject> make_subject(const ToyAutoencoder& config, const World& world,
                                      std::int64_t seed);

}  // namespace lab
