#include "lab/subjects/toy_autoencoder.h"

#include <ATen/ATen.h>

#include <cmath>
#include <utility>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/subjects/subject.h"
#include "lab/subjects/tapped.h"
#include "lab/subjects/toy_objective.h"
#include "lab/subjects/weights.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

std::vector<double> importances(const EqualImportance&, std::int64_t inputs) {
  return std::vector<double>(static_cast<std::size_t>(inputs), 1.0);
}

std::vector<double> importances(const GeometricImportance& law, std::int64_t inputs) {
  std::vector<double> values;
  for (std::int64_t i = 0; i < inputs; ++i) {
    values.push_back(std::pow(law.ratio, static_cast<double>(i)));
  }
  return values;
}

std::vector<double> importances(const ListedImportance& law, std::int64_t inputs) {
  if (std::cmp_equal(law.values.size(), inputs)) return law.values;
  throw InputError("toy_autoencoder: importance.values has " + std::to_string(law.values.size()) +
                   " numbers, the world has " + std::to_string(inputs) + " inputs; give one each");
}

// What the world's samples say about its inputs, on a few of them.
struct Probe {
  bool reconstructible;  // targets are inputs
  bool values;           // inputs are the features' values
};

Probe probe(const World& world) {
  const Batch batch = world.sample("train", 0, 16);
  const auto same = [&](const at::Tensor& other) {
    return other.sizes() == batch.inputs_BN.sizes() && other.equal(batch.inputs_BN);
  };
  return {same(batch.targets_BT), same(batch.values_BC)};
}

class ToyAutoencoderSubject final : public Subject {
 public:
  ToyAutoencoderSubject(const ToyAutoencoder& config, const World& world, std::int64_t seed)
      : seed_(seed),
        training_(config.training),
        objective_(config, world.inputs()),
        taps_{{"hidden", config.hidden}, {"output", world.inputs()}} {
    const Probe found = probe(world);
    if (!found.reconstructible) {
      throw InputError(
          "toy_autoencoder: this world's targets are not its inputs; choose a world of features "
          "(sparse, tree, …) or the subject mlp");
    }
    planted_ = found.values;
    names_ =
        config.tied ? std::vector<std::string>{"W"} : std::vector<std::string>{"W_enc", "W_dec"};
    for (const std::string& name : names_) {
      const Draw draw("subject/init/" + name, seed);
      const at::Tensor initial_NM = normals(draw, 0, world.inputs(), config.hidden);
      params_.push_back((initial_NM * config.init_sd).t().contiguous());
    }
    if (config.bias == "learned") {
      names_.emplace_back("b");
      params_.push_back(at::full({world.inputs()}, config.bias_value, at::kFloat));
    }
  }

  const std::vector<Tap>& taps() const override { return taps_; }
  std::string default_tap() const override { return "hidden"; }

  at::Tensor run(const Batch& batch, const Hook& hook) const override {
    const at::Tensor hidden_BM = tapped(hook, "hidden", batch.inputs_BN.mm(params_[0].t()));
    return tapped(hook, "output", objective_.decode(params_, hidden_BM));
  }

  std::optional<at::Tensor> loss(const at::Tensor& output_BT, const Batch& batch) const override {
    return objective_.mean_loss(output_BT, batch.inputs_BN);
  }
  std::optional<double> decision_threshold() const override {
    return lab::decision_threshold(training_.loss);
  }

  std::optional<Planted> planted(const std::string& tap) const override {
    if (tap != "hidden" || !planted_) return std::nullopt;
    return Planted{params_[0].t().contiguous(), at::zeros({params_[0].size(0)})};
  }
  const std::vector<Relation>& relations() const override { return relations_; }

  Tensors weights() const override {
    Tensors weights;
    for (std::size_t i = 0; i < names_.size(); ++i) weights[names_[i]] = outside()[i];
    return weights;
  }
  void set_weights(const Tensors& weights) override {
    std::vector<at::Tensor> params = checked_weights(weights, names_, outside());
    for (at::Tensor& param : params) {
      if (param.dim() == 2) param = param.t().contiguous();
    }
    params_ = std::move(params);
  }

  Record train(const World& world, const StopToken& stop) override {
    const Forward network = [this](const std::vector<at::Tensor>& params, const Batch& batch) {
      return objective_.decode(params, batch.inputs_BN.mm(params[0].t()));
    };
    return lab::train(training_, world, objective_.by_hand(), network, params_, stop, seed_);
  }

 private:
  // The parameters as others see them: matrices are [N, m], and [m, N] while they are trained.
  std::vector<at::Tensor> outside() const {
    std::vector<at::Tensor> result;
    for (const at::Tensor& param : params_) {
      result.push_back(param.dim() == 2 ? param.t().contiguous() : param);
    }
    return result;
  }

  std::int64_t seed_;
  TrainingConfig training_;
  ToyObjective objective_;
  std::vector<Tap> taps_;
  bool planted_ = false;
  std::vector<std::string> names_;
  std::vector<at::Tensor> params_;
  std::vector<Relation> relations_;
};

}  // namespace

std::vector<double> importances_of(const ImportanceConfig& importance, std::int64_t inputs) {
  return std::visit([&](const auto& law) { return importances(law, inputs); }, importance.kind);
}

std::unique_ptr<Subject> make_subject(const ToyAutoencoder& config, const World& world,
                                      std::int64_t seed) {
  return std::make_unique<ToyAutoencoderSubject>(config, world, seed);
}

}  // namespace lab
