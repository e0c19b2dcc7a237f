// What a network is trained on, step by step, and what is held out from it.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <variant>

#include "lab/core/fields.h"
#include "lab/worlds/world.h"

namespace lab {

struct OnlineData {
  static constexpr const char* name = "online";
  static constexpr const char* doc = "new samples of the world in every step";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct FixedData {
  static constexpr const char* name = "fixed";
  static constexpr const char* doc =
      "a training set that is drawn once and gone through in shuffled epochs; other inputs are "
      "held "
      "out (grokking: Power et al. 2022, arXiv 2201.02177)";
  static constexpr std::int64_t revision = 1;
  std::int64_t samples = 1000;
  bool full_batch = false;

  void fields(Fields& f) {
    f("samples", samples, between(1, 10'000'000), "samples in the training set");
    f("full_batch", full_batch, any(), "every step takes the whole set, not `batch` of it");
  }
};

struct ListedData {
  static constexpr const char* name = "listed";
  static constexpr const char* doc =
      "all inputs of the world, each once (at most 2^20), or a random share of them with the "
      "others "
      "held out";
  static constexpr std::int64_t revision = 1;
  double share = 1;
  bool full_batch = true;

  void fields(Fields& f) {
    Check range = above(0);
    range.max = 1;
    f("share", share, range, "share of the inputs that is trained on");
    f("full_batch", full_batch, any(), "every step takes all of them, not `batch` of them");
  }
};

struct DataConfig {
  static constexpr const char* room = "data";
  std::variant<OnlineData, FixedData, ListedData> kind;
  void fields(Fields& f) { f.kind(kind); }
};

constexpr std::int64_t kMostListedInputs = std::int64_t{1} << 20;

// online: step s takes samples s·batch … of the split "train". fixed: the set is the first samples of
// that split. listed: the set are all inputs, or round(share · all) ≥ 1 of them. Sets are gone through
// in epochs of ⌈set / batch⌉ steps, the last one of an epoch shorter, in an order that is drawn for each
// epoch: Draw("training/order", seed).at(epoch); the share is Draw("training/share", seed).
// Held out are: online, `test_samples` samples of the split "test"; fixed, those of them whose inputs
// are not in the training set; listed, the inputs that are not trained on.
class TrainingData {
 public:
  // Throws InputError when the inputs cannot be listed and should be.
  TrainingData(const DataConfig& config, const World& world, std::int64_t batch,
               std::int64_t test_samples, std::int64_t seed);

  Batch batch(std::int64_t step);  // of inputs and targets; features may be undefined

  const std::optional<Batch>& train_set() const { return set_; }  // none where samples are new
  Batch held_out() const;                                         // may have no rows

 private:
  void shuffle(std::int64_t epoch);

  DataConfig config_;
  const World& world_;
  std::int64_t batch_, test_samples_, seed_;
  bool full_batch_ = false;
  std::optional<Batch> set_, rest_;
  at::Tensor order_;
  std::int64_t epoch_ = -1;  // that order_ is of
};

// The rows of a batch that `rows` (int64) names.
Batch select_rows(const Batch& batch, const at::Tensor& rows);

}  // namespace lab
