#include "lab/subjects/losses.h"

#include <ATen/ATen.h>

#include "lab/core/error.h"

namespace lab {
namespace {

at::Tensor mean(const MeanSquared&, const at::Tensor& y, const at::Tensor& t) {
  return at::mse_loss(y, t);
}
at::Tensor mean(const PowerLoss& loss, const at::Tensor& y, const at::Tensor& t) {
  return (y - t).abs().pow(loss.p).mean();
}
at::Tensor mean(const BinaryCrossEntropy&, const at::Tensor& y, const at::Tensor& t) {
  return at::binary_cross_entropy_with_logits(y, t);
}
at::Tensor mean(const Hinge&, const at::Tensor& y, const at::Tensor& t) {
  return at::relu(1 - (2 * t - 1) * y).mean();
}
at::Tensor mean(const CrossEntropy&, const at::Tensor& y, const at::Tensor& t) {
  return -(t * at::log_softmax(y, 1)).sum(1).mean();
}

void require(bool holds, const char* loss, const char* what) {
  if (!holds) {
    throw InputError(std::string("loss '") + loss + "' needs targets that are " + what +
                     "; choose another loss or world");
  }
}

}  // namespace

at::Tensor mean_loss(const LossConfig& loss, const at::Tensor& output_BT,
                     const at::Tensor& targets_BT) {
  return std::visit([&](const auto& kind) { return mean(kind, output_BT, targets_BT); }, loss.kind);
}

void require_targets(const LossConfig& loss, const at::Tensor& targets_BT) {
  const at::Tensor& t = targets_BT;
  if (std::holds_alternative<BinaryCrossEntropy>(loss.kind)) {
    require(((t >= 0) & (t <= 1)).all().item<bool>(), "bce", "between 0 and 1");
  } else if (std::holds_alternative<Hinge>(loss.kind)) {
    require(((t == 0) | (t == 1)).all().item<bool>(), "hinge", "0 or 1");
  } else if (std::holds_alternative<CrossEntropy>(loss.kind)) {
    require((t >= 0).all().item<bool>() && ((t.sum(1) - 1).abs() <= 1e-4).all().item<bool>(),
            "cross_entropy", "probabilities that add up to 1 in each sample");
  }
}

std::optional<double> decision_threshold(const LossConfig& loss) {
  if (std::holds_alternative<CrossEntropy>(loss.kind)) return std::nullopt;
  const bool values = std::holds_alternative<MeanSquared>(loss.kind) ||
                      std::holds_alternative<PowerLoss>(loss.kind);
  return values ? 0.5 : 0.0;
}

}  // namespace lab
