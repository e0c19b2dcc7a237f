// A network that is known by heart, and all pairs of a small world's inputs.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <string>
#include <utility>
#include <vector>

#include "lab/subjects/subject.h"
#include "lab/worlds/interchange.h"

namespace lab::test {

// All pairs of inputs, 4^n.
inline Pairs all_pairs(const World& world) {
  const std::int64_t n = world.support().value();
  const Batch all = world.enumerate(0, n);
  const at::Tensor base = at::arange(n).repeat_interleave(n), source = at::arange(n).repeat({n});
  const auto rows = [&](const at::Tensor& which) {
    return Batch{all.inputs_BN.index_select(0, which),
                 all.values_BC.index_select(0, which),
                 all.present_BF.index_select(0, which),
                 all.targets_BT.index_select(0, which),
                 "all",
                 0};
  };
  return {rows(base), rows(source)};
}

// A network of taps that each hold a formula of the tap before it (the first: of the inputs).
class LayerSubject : public Subject {
 public:
  using Formula = std::function<at::Tensor(const at::Tensor&)>;
  struct Layer {
    std::string tap;
    std::int64_t width;
    Formula formula;
  };
  explicit LayerSubject(std::vector<Layer> layers) : layers_(std::move(layers)) {
    for (const Layer& layer : layers_) taps_.push_back({layer.tap, layer.width});
  }
  const std::vector<Tap>& taps() const override { return taps_; }
  std::string default_tap() const override { return taps_.front().name; }
  at::Tensor run(const Batch& batch, const Hook& hook) const override {
    at::Tensor acts = batch.inputs_BN;
    for (const Layer& layer : layers_) {
      acts = layer.formula(acts).to(at::kFloat);
      if (hook) acts = hook(layer.tap, acts);
    }
    return acts;
  }
  std::optional<at::Tensor> loss(const at::Tensor&, const Batch&) const override { return {}; }
  std::optional<double> decision_threshold() const override { return .5; }
  std::optional<Planted> planted(const std::string&) const override { return {}; }
  const std::vector<Relation>& relations() const override { return relations_; }
  Tensors weights() const override { return {}; }
  void set_weights(const Tensors&) override {}
  Record train(const World&, const StopToken&) override { return {}; }

 private:
  std::vector<Layer> layers_;
  std::vector<Tap> taps_;
  std::vector<Relation> relations_;
};

// A network whose one tap holds the values of some gates, from which a formula makes the output.
class GateSubject final : public LayerSubject {
 public:
  GateSubject(Formula gates, Formula output, std::int64_t width)
      : LayerSubject({{"gates", width, std::move(gates)}, {"output", 1, std::move(output)}}) {}
};

}  // namespace lab::test
