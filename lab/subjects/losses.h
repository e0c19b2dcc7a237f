// Task losses: the mean over a batch of how far outputs are from targets.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <variant>

#include "lab/core/fields.h"

namespace lab {

struct MeanSquared {
  static constexpr const char* name = "mse";
  static constexpr const char* doc = "(y − t)², mean over samples and targets";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct PowerLoss {
  static constexpr const char* name = "power";
  static constexpr const char* doc =
      "|y − t|^p, mean over samples and targets; large p punishes the worst case";
  static constexpr std::int64_t revision = 1;
  double p = 4;

  void fields(Fields& f) { f("p", p, at_least(1), "the exponent"); }
};

struct BinaryCrossEntropy {
  static constexpr const char* name = "bce";
  static constexpr const char* doc =
      "binary cross-entropy of sigmoid(y) against t in [0, 1], in nats, mean over samples and "
      "targets";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct Hinge {
  static constexpr const char* name = "hinge";
  static constexpr const char* doc =
      "max(0, 1 − (2t−1)·y) for t in {0, 1}, mean over samples and targets";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct CrossEntropy {
  static constexpr const char* name = "cross_entropy";
  static constexpr const char* doc =
      "−Σ_t t·log softmax(y) over the targets, whose rows are probabilities; in nats, mean over "
      "samples";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct LossConfig {
  static constexpr const char* room = "losses";
  std::variant<MeanSquared, PowerLoss, BinaryCrossEntropy, Hinge, CrossEntropy> kind;
  void fields(Fields& f) { f.kind(kind); }
};

// The mean loss of a batch, a scalar; differentiable in the outputs.
at::Tensor mean_loss(const LossConfig& loss, const at::Tensor& output_BT,
                     const at::Tensor& targets_BT);

// Throws InputError when the loss is not defined for such targets: bce needs them in [0, 1], hinge
// in {0, 1}, cross_entropy rows that are ≥ 0 and add up to 1 (to 1e-4).
void require_targets(const LossConfig& loss, const at::Tensor& targets_BT);

// An output above it says "true": 0 where outputs are logits (bce, hinge), 1/2 where they are
// values (mse, power), nothing where the largest output decides (cross_entropy).
std::optional<double> decision_threshold(const LossConfig& loss);

}  // namespace lab
