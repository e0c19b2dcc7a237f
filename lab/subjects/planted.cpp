#include "lab/subjects/planted.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <set>
#include <utility>

#include "circuits/views.h"
#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/subjects/place.h"
#include "lab/subjects/subject.h"
#include "lab/worlds/interchange.h"

namespace lab {
namespace {

using circuits::Circuit;
using circuits::Node;
using std::int64_t;

struct Spot {
  Node gate;
  int64_t layer;
  std::vector<int64_t> neurons;
};

bool is_inner(const Circuit& circuit, Node v) {
  const auto outputs = circuit.outputs();
  return circuit.op(v) != circuits::Op::Input && !circuit.fanins(v).empty() &&
         std::ranges::find(outputs, v, &circuits::Output::node) == outputs.end();
}

// The features that are inner gates, by their level, in blocks.
std::vector<Spot> spots_by_level(const PlantedNetwork& config, const Truth& truth) {
  const Circuit& circuit = *truth.circuit;
  const std::vector<std::size_t> levels = circuits::levels(circuit);
  const auto layers = static_cast<int64_t>(config.network.widths.size());
  std::vector<int64_t> taken(config.network.widths.size(), 0);
  std::vector<Spot> spots;
  for (const int64_t node : truth.gate_of_feature) {
    const auto v = static_cast<Node>(node);
    if (!is_inner(circuit, v)) continue;
    const int64_t layer = std::clamp<int64_t>(static_cast<int64_t>(levels[v]), 1, layers) - 1;
    Spot spot{v, layer, {}};
    for (int64_t i = 0; i < config.neurons_each; ++i) spot.neurons.push_back(taken[layer]++);
    spots.push_back(std::move(spot));
  }
  for (std::size_t layer = 0; layer < taken.size(); ++layer) {
    if (taken[layer] <= config.network.widths[layer]) continue;
    throw InputError("planted: hidden layer " + std::to_string(layer) + " has " +
                     std::to_string(config.network.widths[layer]) + " neurons and its gates need " +
                     std::to_string(taken[layer]));
  }
  return spots;
}

std::vector<Spot> spots_listed(const PlantedNetwork& config, const Circuit& circuit) {
  std::vector<std::string> names;
  for (Node v = 0; v < circuit.nodes(); ++v) names.push_back(circuit.name(v));
  std::set<std::pair<int64_t, int64_t>> taken;
  std::vector<Spot> spots;
  for (const GateSpot& wanted : config.gates) {
    const auto found = std::ranges::find(names, wanted.gate);
    if (found == names.end()) {
      throw InputError("planted: the circuit has no gate \"" + wanted.gate + "\"" +
                       suggestion(wanted.gate, names));
    }
    if (wanted.layer >= static_cast<int64_t>(config.network.widths.size())) {
      throw InputError("planted: gate " + wanted.gate + ": there is no hidden layer " +
                       std::to_string(wanted.layer));
    }
    for (const int64_t neuron : wanted.neurons) {
      const bool exists = neuron >= 0 && neuron < config.network.widths[wanted.layer];
      if (exists && taken.emplace(wanted.layer, neuron).second) continue;
      throw InputError("planted: gate " + wanted.gate + ": neuron " + std::to_string(neuron) +
                       " of layer " + std::to_string(wanted.layer) +
                       (exists ? " holds a gate already" : " does not exist"));
    }
    spots.push_back({static_cast<Node>(found - names.begin()), wanted.layer, wanted.neurons});
  }
  return spots;
}

std::string tap_of(int64_t layer) {
  return "layer" + std::to_string(layer) + ".post";
}

class PlantedSubject final : public Subject {
 public:
  PlantedSubject(const PlantedNetwork& config, const World& world, int64_t seed)
      : config_(config), seed_(seed), network_(make_subject(config.network, world, seed)) {
    if (!world.truth().circuit.has_value() || !world.boolean_targets()) {
      throw InputError("planted: the world must have a circuit, and its outputs as targets");
    }
    circuit_ = *world.truth().circuit;
    spots_ = config.gates.empty() ? spots_by_level(config, world.truth())
                                  : spots_listed(config, circuit_);
    if (spots_.empty()) throw InputError("planted: the circuit has no inner gate to plant");
    for (const Spot& spot : spots_) {
      places_.push_back(
          neurons_place(tap_of(spot.layer), spot.neurons, config.network.widths[spot.layer]));
    }
    add_strict();
  }

  const std::vector<Tap>& taps() const override { return network_->taps(); }
  std::string default_tap() const override { return network_->default_tap(); }
  at::Tensor run(const Batch& batch, const Hook& hook) const override {
    return network_->run(batch, hook);
  }
  std::optional<at::Tensor> loss(const at::Tensor& output_BT, const Batch& batch) const override {
    return network_->loss(output_BT, batch);
  }
  std::optional<double> decision_threshold() const override {
    return network_->decision_threshold();
  }
  std::optional<Planted> planted(const std::string&) const override { return std::nullopt; }
  const std::vector<Relation>& relations() const override { return network_->relations(); }
  std::optional<PiecewiseLinear> piecewise_linear() const override {
    return network_->piecewise_linear();
  }
  Tensors weights() const override { return network_->weights(); }
  void set_weights(const Tensors& weights) override { network_->set_weights(weights); }

  std::vector<GatePlace> gate_places() const override {
    std::vector<GatePlace> places;
    for (const Spot& spot : spots_) {
      const at::Tensor rows_KD = at::eye(config_.network.widths[spot.layer])
                                     .index_select(0, at::tensor(spot.neurons, at::kLong));
      places.push_back({spot.gate, tap_of(spot.layer), rows_KD, rows_KD});
    }
    return places;
  }

  Record train(const World& world, const StopToken& stop) override;

 private:
  void add_strict() {
    for (std::size_t layer = 0; layer < config_.network.widths.size(); ++layer) {
      const auto number = static_cast<int64_t>(layer);
      const int64_t width = config_.network.widths[layer];
      std::vector<bool> holds(static_cast<std::size_t>(width), false);
      for (const Spot& spot : spots_) {
        if (spot.layer != number) continue;
        for (const int64_t neuron : spot.neurons) holds[static_cast<std::size_t>(neuron)] = true;
      }
      std::vector<int64_t> strict;
      int64_t carriers = 0;
      for (int64_t i = 0; i < width; ++i) {
        if (!holds[static_cast<std::size_t>(i)] && ++carriers > config_.carriers)
          strict.push_back(i);
      }
      if (!strict.empty()) strict_.push_back(neurons_place(tap_of(number), strict, width));
    }
  }

  PlantedNetwork config_;
  int64_t seed_;
  std::unique_ptr<Subject> network_;
  Circuit circuit_;
  std::vector<Spot> spots_;
  std::vector<Place> places_;  // one a spot
  std::vector<Place> strict_;
};

Record PlantedSubject::train(const World& world, const StopToken& stop) {
  const TrainingConfig& training = config_.network.training;
  std::vector<std::string> names;
  std::vector<at::Tensor> params;
  for (const std::string& name : mlp_weight_names(config_.network)) {
    names.push_back(name);
    params.push_back(network_->weights().at(name));
  }
  const auto output = [&](const std::vector<at::Tensor>& with, const Batch& batch,
                          const Hook& hook) {
    return mlp_output(config_.network, with, batch, hook);
  };
  std::size_t step = 0;
  const Loss loss = [&](const std::vector<at::Tensor>& with, const Batch& batch) {
    const std::size_t turn = step++;
    std::vector<std::pair<std::string, at::Tensor>> acts;
    const at::Tensor plain =
        output(with, batch, [&](std::string_view tap, const at::Tensor& acts_BD) {
          acts.emplace_back(tap, acts_BD);
          return acts_BD;
        });
    // The source of each sample is the one before it.
    const auto exchanged = [&](const Place& place) {
      return output(with, batch, [&](std::string_view tap, const at::Tensor& acts_BD) {
        if (tap != place.tap) return acts_BD;
        const auto own =
            std::ranges::find(acts, place.tap, &std::pair<std::string, at::Tensor>::first);
        return place.exchange(acts_BD, own->second.roll(1, 0));
      });
    };
    at::Tensor total = mean_loss(training.loss, plain, batch.targets_BT);
    if (config_.interchange > 0) {
      const std::size_t which = turn % spots_.size();
      const std::vector<Node> gate{spots_[which].gate};
      const at::Tensor values_B1 = node_values(circuit_, batch.inputs_BN)
                                       .narrow(1, static_cast<int64_t>(gate[0]), 1)
                                       .roll(1, 0);
      const at::Tensor wanted = outputs_when(circuit_, batch.inputs_BN, gate, values_B1);
      total = total + mean_loss(training.loss, exchanged(places_[which]), wanted.to(at::kFloat)) *
                          config_.interchange;
    }
    if (config_.strictness > 0 && !strict_.empty()) {
      total = total + mean_loss(training.loss, exchanged(strict_[turn % strict_.size()]),
                                batch.targets_BT) *
                          config_.strictness;
    }
    return total;
  };
  const Forward forward = [&](const std::vector<at::Tensor>& with, const Batch& batch) {
    return output(with, batch, {});
  };
  Record record = lab::train(training, world, by_autograd(loss), forward, params, stop, seed_);
  Tensors trained;
  for (std::size_t i = 0; i < names.size(); ++i) trained[names[i]] = params[i];
  network_->set_weights(trained);
  return record;
}

}  // namespace

std::unique_ptr<Subject> make_subject(const PlantedNetwork& config, const World& world,
                                      int64_t seed) {
  return std::make_unique<PlantedSubject>(config, world, seed);
}

}  // namespace lab
