#include "lab/subjects/residual_mlp.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <utility>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/subjects/activation.h"
#include "lab/subjects/subject.h"
#include "lab/subjects/tapped.h"
#include "lab/subjects/weights.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

at::Tensor drawn(const std::string& name, std::int64_t out, std::int64_t in, double sd,
                 std::int64_t seed) {
  return normals(Draw("subject/init/" + name, seed), 0, out, in) * sd;
}

// The places of a layer's parameters among all of them.
struct Layer {
  std::size_t in_weight, out_weight;  // each followed by its bias, where there are biases
};

class ResidualMlpSubject final : public Subject {
 public:
  ResidualMlpSubject(const ResidualMlp& config, const World& world, std::int64_t seed);

  const std::vector<Tap>& taps() const override { return taps_; }
  std::string default_tap() const override {
    return layers_.empty() ? "embed" : "layer" + std::to_string(layers_.size() - 1) + ".post";
  }
  at::Tensor run(const Batch& batch, const Hook& hook) const override {
    return forward(params_, batch, hook);
  }
  std::optional<at::Tensor> loss(const at::Tensor& output_BT, const Batch& batch) const override {
    return mean_loss(config_.training.loss, output_BT, batch.targets_BT);
  }
  std::optional<double> decision_threshold() const override {
    return lab::decision_threshold(config_.training.loss);
  }
  std::optional<Planted> planted(const std::string&) const override { return std::nullopt; }
  const std::vector<Relation>& relations() const override { return relations_; }

  Tensors weights() const override {
    Tensors weights;
    for (std::size_t i = 0; i < names_.size(); ++i) weights[names_[i]] = params_[i];
    return weights;
  }
  void set_weights(const Tensors& weights) override {
    params_ = checked_weights(weights, names_, params_);
  }
  Record train(const World& world, const StopToken& stop) override;

 private:
  std::size_t add(const std::string& name, at::Tensor param) {
    names_.push_back(name);
    params_.push_back(std::move(param));
    return params_.size() - 1;
  }
  void add_layer(std::size_t i, std::int64_t seed);
  at::Tensor forward(const std::vector<at::Tensor>& params, const Batch& batch,
                     const Hook& hook) const;
  at::Tensor affine(const std::vector<at::Tensor>& params, std::size_t weight,
                    const at::Tensor& x_BD) const {
    const at::Tensor columns = params[weight].t();
    return config_.bias ? at::addmm(params[weight + 1], x_BD, columns) : at::mm(x_BD, columns);
  }

  ResidualMlp config_;
  std::int64_t seed_;
  Activation::Apply activation_;
  std::vector<Tap> taps_;
  std::vector<Layer> layers_;
  std::size_t output_ = 0;
  std::vector<std::string> names_;
  std::vector<at::Tensor> params_;  // the embedding, then a bias behind every weight that has one
  std::vector<Relation> relations_;
};

ResidualMlpSubject::ResidualMlpSubject(const ResidualMlp& config, const World& world,
                                       std::int64_t seed)
    : config_(config), seed_(seed), activation_(activation_named(config.activation).apply) {
  const std::int64_t inputs = world.inputs(), targets = world.targets(), d = config.embed_width;
  if (inputs < 1 || targets < 1) {
    throw InputError(
        "residual_mlp: this world has no inputs or no targets, so there is nothing to learn");
  }
  add("embed.weight", unit_rows(drawn("embed.weight", inputs, d, 1, seed)).t().contiguous());
  taps_.push_back({"embed", d});
  for (std::size_t i = 0; i < config.widths.size(); ++i) add_layer(i, seed);
  taps_.push_back({"output", targets});
  if (config.output == "trained") {
    const double sd = config.init_scale / std::sqrt(static_cast<double>(d));
    output_ = add("output.weight", drawn("output.weight", targets, d, sd, seed));
    if (config.bias) add("output.bias", at::zeros({targets}));
  } else if (inputs != targets) {
    throw InputError(
        "residual_mlp: output 'tied' needs as many targets as inputs; this world has " +
        std::to_string(targets) + " and " + std::to_string(inputs));
  }
}

void ResidualMlpSubject::add_layer(std::size_t i, std::int64_t seed) {
  const std::string layer = "layer" + std::to_string(i);
  const std::int64_t d = config_.embed_width, width = config_.widths[i];
  const double in_sd =
      config_.init_scale * std::sqrt((config_.init == "he" ? 2.0 : 1.0) / static_cast<double>(d));
  const double out_sd = config_.init_scale / std::sqrt(static_cast<double>(width));
  const auto add_affine = [&](const std::string& name, std::int64_t out, std::int64_t in,
                              double sd) {
    const std::size_t at = add(name + ".weight", drawn(name + ".weight", out, in, sd, seed));
    if (config_.bias) add(name + ".bias", at::zeros({out}));
    return at;
  };
  const std::size_t in = add_affine(layer + ".in", width, d, in_sd);
  const std::size_t out = add_affine(layer + ".out", d, width, out_sd);
  layers_.push_back({in, out});
  taps_.push_back({layer + ".pre", width});
  taps_.push_back({layer + ".post", width});
  taps_.push_back({layer + ".out", d});
  taps_.push_back({layer + ".resid", d});
}

at::Tensor ResidualMlpSubject::forward(const std::vector<at::Tensor>& params, const Batch& batch,
                                       const Hook& hook) const {
  at::Tensor stream = tapped(hook, "embed", at::mm(batch.inputs_BN, params[0].t()));
  std::size_t tap = 1;
  for (const Layer& layer : layers_) {
    const at::Tensor pre = tapped(hook, taps_[tap].name, affine(params, layer.in_weight, stream));
    const at::Tensor post = tapped(hook, taps_[tap + 1].name, activation_(pre));
    const at::Tensor out =
        tapped(hook, taps_[tap + 2].name, affine(params, layer.out_weight, post));
    stream = tapped(hook, taps_[tap + 3].name, stream + out);
    tap += 4;
  }
  const at::Tensor output =
      output_ == 0 ? at::mm(stream, params[0]) : affine(params, output_, stream);
  return tapped(hook, "output", output);
}

Record ResidualMlpSubject::train(const World& world, const StopToken& stop) {
  const bool fixed = config_.embedding == "fixed";
  const at::Tensor embedding = params_[0];
  const Forward network = [&](const std::vector<at::Tensor>& params, const Batch& batch) {
    if (!fixed) return forward(params, batch, {});
    std::vector<at::Tensor> all{embedding};
    all.insert(all.end(), params.begin(), params.end());
    return forward(all, batch, {});
  };
  std::vector<at::Tensor> trained(params_.begin() + (fixed ? 1 : 0), params_.end());
  Record record = lab::train(config_.training, world, network, trained, stop, seed_);
  std::copy(trained.begin(), trained.end(), params_.begin() + (fixed ? 1 : 0));
  return record;
}

}  // namespace

void ResidualMlp::fields(Fields& f) {
  f("embed_width", embed_width, between(1, 65'536), "width D of the residual stream");
  f("embedding", embedding, one_of({"trained", "fixed"}),
    "whether the embedding is trained or stays as drawn");
  f("widths", widths, at_least(1), "neurons of each layer; an empty list: a linear map");
  f("activation", activation, one_of(activation_names()),
    "non-linearity of the layers, as in the mlp");
  f("bias", bias, any(), "whether layers and the output have biases (the embedding has none)");
  f("output", output, one_of({"trained", "tied"}),
    "the map from the stream to the targets: trained, or the embedding transposed, without bias");
  f("init", init, one_of({"he", "lecun"}),
    "initial weights into the neurons: normal of variance 2/fan_in or 1/fan_in");
  f("init_scale", init_scale, above(0), "factor on the initial weights, but not on the embedding");
  f("training", training, any(), "how it is trained");
  f.require(!(widths.empty() && embedding == "fixed" && output == "tied"), "widths",
            "must not be empty where neither the embedding nor the output is trained");
}

std::unique_ptr<Subject> make_subject(const ResidualMlp& config, const World& world,
                                      std::int64_t seed) {
  return std::make_unique<ResidualMlpSubject>(config, world, seed);
}

}  // namespace lab
