#include "lab/subjects/superposed.h"

#include <ATen/ATen.h>

#include <string>
#include <utility>

#include "lab/core/error.h"
#include "lab/subjects/losses.h"
#include "lab/subjects/subject.h"
#include "lab/subjects/tapped.h"

namespace lab {
namespace {

at::Tensor applied(const at::Tensor& x, const at::Tensor& weight, const at::Tensor& bias) {
  return at::addmm(bias, x, weight.t());
}

class SuperposedSubject final : public Subject {
 public:
  explicit SuperposedSubject(SuperposedNetwork network) : network_(std::move(network)) {
    if (network_.embed_DN.defined()) taps_.push_back({"embed", network_.embed_DN.size(0)});
    for (std::size_t i = 0; i < network_.layers.size(); ++i) {
      const std::string layer = "layer" + std::to_string(i);
      const std::int64_t width = network_.layers[i].bias.size(0);
      taps_.push_back({layer + ".pre", width});
      taps_.push_back({layer + ".post", width});
    }
    taps_.push_back({"output", network_.output_bias.size(0)});
  }

  const std::vector<Tap>& taps() const override { return taps_; }
  std::string default_tap() const override { return taps_[taps_.size() - 2].name; }

  at::Tensor run(const Batch& batch, const Hook& hook) const override {
    std::size_t tap = 0;
    at::Tensor acts = batch.inputs_BN, read;
    if (network_.embed_DN.defined()) {
      acts = tapped(hook, taps_[tap++].name, acts.mm(network_.embed_DN.t()));
    }
    for (const SuperposedNetwork::Layer& layer : network_.layers) {
      read = acts;
      acts = tapped(hook, taps_[tap++].name, applied(acts, layer.weight, layer.bias));
      acts = tapped(hook, taps_[tap++].name, layer.square ? at::square(acts) : at::relu(acts));
    }
    at::Tensor output = applied(acts, network_.output_weight, network_.output_bias);
    if (network_.skip_weight.defined()) output = output + read.mm(network_.skip_weight.t());
    return tapped(hook, "output", output);
  }

  std::optional<at::Tensor> loss(const at::Tensor& output_BT, const Batch& batch) const override {
    return mean_loss(loss_, output_BT, batch.targets_BT);
  }
  std::optional<double> decision_threshold() const override {
    return lab::decision_threshold(loss_);
  }
  std::optional<Planted> planted(const std::string&) const override { return std::nullopt; }
  const std::vector<Relation>& relations() const override { return relations_; }

  std::optional<PiecewiseLinear> piecewise_linear() const override {
    if (network_.skip_weight.defined()) return std::nullopt;
    PiecewiseLinear network;
    for (const SuperposedNetwork::Layer& layer : network_.layers) {
      if (layer.square) return std::nullopt;
      network.maps.push_back(affine_map(layer.weight, layer.bias));
    }
    network.maps.push_back(affine_map(network_.output_weight, network_.output_bias));
    if (network_.embed_DN.defined()) {
      network.maps[0] = after(network.maps[0], affine_map(network_.embed_DN, {}));
    }
    return network;
  }

  Tensors weights() const override { return {}; }
  void set_weights(const Tensors& weights) override {
    if (!weights.empty()) {
      throw InputError("superposed: weights follow from the construction; none can be set");
    }
  }
  Record train(const World&, const StopToken&) override { return {}; }

 private:
  SuperposedNetwork network_;
  LossConfig loss_;  // mse
  std::vector<Tap> taps_;
  std::vector<Relation> relations_;
};

}  // namespace

std::unique_ptr<Subject> make_subject(const Superposed& config, const World& world,
                                      std::int64_t seed) {
  return std::make_unique<SuperposedSubject>(
      std::visit([&](const auto& kind) { return build_network(kind, world, seed); },
                 config.construction.kind));
}

}  // namespace lab
