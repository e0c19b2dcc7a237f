#include "lab/subjects/mlp.h"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/subjects/activation.h"
#include "lab/subjects/mlp_gradient.h"
#include "lab/subjects/subject.h"
#include "lab/subjects/tapped.h"
#include "lab/subjects/weights.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

// Initial values [out, columns] of a layer that reads `in` numbers: its weights, or (one column) its
// biases.
at::Tensor initial(const Mlp& config, const std::string& name, std::int64_t out,
                   std::int64_t columns, std::int64_t in, std::int64_t seed) {
  const Draw draw("subject/init/" + name, seed);
  const double scale = config.init_scale / std::sqrt(static_cast<double>(in));
  if (config.init == "uniform") return (2 * uniforms(draw, 0, out, columns) - 1) * scale;
  return normals(draw, 0, out, columns) * (config.init == "he" ? std::sqrt(2.0) * scale : scale);
}

at::Tensor initial_weight(const Mlp& config, const std::string& name, std::int64_t out,
                          std::int64_t in, std::int64_t seed) {
  return initial(config, name, out, in, in, seed);
}

// An undefined tensor when there are to be none.
at::Tensor initial_bias(const Mlp& config, const std::string& name, std::int64_t out,
                        std::int64_t in, std::int64_t seed) {
  if (!config.bias) return {};
  return config.init == "uniform" ? initial(config, name, out, 1, in, seed).flatten()
                                  : at::zeros({out});
}

class MlpSubject final : public Subject {
 public:
  MlpSubject(const Mlp& config, const World& world, std::int64_t seed)
      : config_(config), seed_(seed) {
    if (world.inputs() < 1 || world.targets() < 1) {
      throw InputError("mlp: this world has no inputs or no targets, so there is nothing to learn");
    }
    std::int64_t in = world.inputs();
    for (std::size_t i = 0; i <= config.widths.size(); ++i) {
      const bool is_output = i == config.widths.size();
      const std::string layer = is_output ? "output" : "layer" + std::to_string(i);
      const std::int64_t out = is_output ? world.targets() : config.widths[i];
      add(layer + ".weight", initial_weight(config, layer + ".weight", out, in, seed));
      add(layer + ".bias", initial_bias(config, layer + ".bias", out, in, seed));
      if (is_output) {
        taps_.push_back({layer, out});
      } else {
        taps_.push_back({layer + ".pre", out});
        taps_.push_back({layer + ".post", out});
      }
      in = out;
    }
  }

  const std::vector<Tap>& taps() const override { return taps_; }
  std::string default_tap() const override {
    return taps_.size() == 1 ? taps_[0].name : taps_[taps_.size() - 2].name;
  }

  at::Tensor run(const Batch& batch, const Hook& hook) const override {
    return mlp_output(config_, params_, batch, hook);
  }

  std::optional<at::Tensor> loss(const at::Tensor& output_BT, const Batch& batch) const override {
    return mean_loss(config_.training.loss, output_BT, batch.targets_BT);
  }
  std::optional<double> decision_threshold() const override {
    return lab::decision_threshold(config_.training.loss);
  }

  std::optional<Planted> planted(const std::string&) const override { return std::nullopt; }
  const std::vector<Relation>& relations() const override { return relations_; }

  std::optional<PiecewiseLinear> piecewise_linear() const override {
    return mlp_maps(config_, params_);
  }

  Tensors weights() const override {
    Tensors weights;
    for (std::size_t i = 0; i < names_.size(); ++i) weights[names_[i]] = params_[i];
    return weights;
  }
  void set_weights(const Tensors& weights) override {
    params_ = checked_weights(weights, names_, params_);
  }

  Record train(const World& world, const StopToken& stop) override {
    const Forward network = [this](const std::vector<at::Tensor>& params, const Batch& batch) {
      return mlp_output(config_, params, batch, {});
    };
    const Gradient by_hand = mlp_gradient(config_.activation, config_.bias, config_.training.loss);
    return lab::train(config_.training, world, by_hand, network, params_, stop, seed_);
  }

 private:
  void add(std::string name, at::Tensor param) {
    if (!param.defined()) return;
    names_.push_back(std::move(name));
    params_.push_back(std::move(param));
  }

  Mlp config_;
  std::int64_t seed_;
  std::vector<Tap> taps_;
  std::vector<std::string> names_;
  std::vector<at::Tensor> params_;  // weight, bias (where there are biases), weight, …
  std::vector<Relation> relations_;
};

}  // namespace

std::vector<std::string> mlp_weight_names(const Mlp& config) {
  std::vector<std::string> names;
  for (std::size_t i = 0; i <= config.widths.size(); ++i) {
    const std::string layer = i == config.widths.size() ? "output" : "layer" + std::to_string(i);
    names.push_back(layer + ".weight");
    if (config.bias) names.push_back(layer + ".bias");
  }
  return names;
}

std::optional<PiecewiseLinear> mlp_maps(const Mlp& config, const std::vector<at::Tensor>& params) {
  const std::optional<double> slope = slope_of(config.activation);
  if (!slope) return std::nullopt;
  PiecewiseLinear network{{}, *slope};
  const std::size_t stride = config.bias ? 2 : 1;
  for (std::size_t i = 0; i < params.size(); i += stride) {
    network.maps.push_back(affine_map(params[i], config.bias ? params[i + 1] : at::Tensor()));
  }
  return network;
}

at::Tensor mlp_output(const Mlp& config, const std::vector<at::Tensor>& params, const Batch& batch,
                      const Hook& hook) {
  const Activation::Apply activation = activation_named(config.activation).apply;
  const std::size_t hidden = config.widths.size(), stride = config.bias ? 2 : 1;
  at::Tensor acts = batch.inputs_BN;
  for (std::size_t i = 0; i <= hidden; ++i) {
    const at::Tensor& weight = params[i * stride];
    const at::Tensor pre = config.bias ? at::addmm(params[i * stride + 1], acts, weight.t())
                                       : at::mm(acts, weight.t());
    if (i == hidden) return tapped(hook, "output", pre);
    const std::string layer = "layer" + std::to_string(i);
    acts = tapped(hook, layer + ".pre", pre);
    acts = tapped(hook, layer + ".post", activation(acts));
  }
  return acts;
}

std::unique_ptr<Subject> make_subject(const Mlp& config, const World& world, std::int64_t seed) {
  return std::make_unique<MlpSubject>(config, world, seed);
}

}  // namespace lab
