#include "lab/subjects/compiled.h"

#include <ATen/ATen.h>
#include <ATen/ops/linalg_pinv.h>

#include <algorithm>
#include <utility>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/placements/placement.h"
#include "lab/subjects/compile_circuit.h"
#include "lab/subjects/losses.h"
#include "lab/subjects/subject.h"
#include "lab/subjects/tapped.h"
#include "lab/subjects/weights.h"

namespace lab {
namespace {

using std::int64_t;

at::Tensor orthogonal(const std::string& name, int64_t width, int64_t seed) {
  const Draw draw("subject/compiled/" + name, seed);
  return std::get<0>(at::linalg_qr(normals(draw, 0, width, width).to(at::kDouble)));
}

// How the values that a linear tap carries lie in it: acts = values · write, values = acts · read.
struct Basis {
  std::vector<int64_t> carried;
  at::Tensor write_VD, read_DV;  // float64

  int64_t row(int64_t value) const {
    const auto found = std::ranges::find(carried, value);
    return found == carried.end() ? -1 : found - carried.begin();
  }
};

Basis basis_of(const Compiled& config, const CircuitPlan& plan, std::vector<int64_t> carried,
               const std::string& tap, int64_t seed) {
  const auto count = static_cast<int64_t>(carried.size());
  at::Tensor write = at::eye(count, at::kDouble);
  if (config.placement.has_value()) {
    Truth values;
    for (int64_t i = 0; i < count; ++i) {
      values.features.push_back({plan.names[static_cast<std::size_t>(carried[i])], i, 1});
    }
    write = place(*config.placement, values, config.width, seed).frames_CD.to(at::kDouble);
  } else if (config.rotation == "orthogonal") {
    write = orthogonal(tap, count, seed);
  } else if (config.rotation == "random") {
    const Draw draw("subject/compiled/" + tap + "/scale", seed);
    const at::Tensor scale = .5 + 1.5 * uniforms(draw, 0, 1, count).to(at::kDouble);
    write = (orthogonal(tap + "/left", count, seed) * scale).mm(orthogonal(tap, count, seed));
  }
  return {std::move(carried), write, count == 0 ? write.t() : at::linalg_pinv(write)};
}

// Rows of coefficients over the values that a basis carries, and their constants.
struct Map {
  at::Tensor weight_OV, bias_O;  // float64
};

class CompiledSubject final : public Subject {
 public:
  CompiledSubject(const Compiled& config, const World& world, int64_t seed)
      : noise_(config.noise), seed_(seed) {
    const Truth& truth = world.truth();
    plan_ = plan_circuit(circuit_of_bits(world, "compiled"));
    bases_.push_back(basis_of(config, plan_, plan_.inputs, "embed", seed));
    add_embedding(world);
    for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
      const std::string layer = "layer" + std::to_string(i);
      bases_.push_back(basis_of(config, plan_, plan_.layers[i].carried, layer + ".out", seed));
      add_layer(layer, plan_.layers[i], bases_[i], bases_[i + 1]);
    }
    add_output();
    add_gate_places(truth);
  }

  const std::vector<Tap>& taps() const override { return taps_; }
  std::string default_tap() const override { return taps_[taps_.size() - 2].name; }

  at::Tensor run(const Batch& batch, const Hook& hook) const override {
    std::size_t param = 0, tap = 0;
    const auto linear = [&](const at::Tensor& x) {
      const at::Tensor& weight = params_[param++];
      return at::addmm(params_[param++], x, weight.t());
    };
    const auto written = [&](const at::Tensor& x) {
      const std::string& name = taps_[tap++].name;
      if (noise_ == 0) return tapped(hook, name, x);
      const Draw draw("subject/noise/" + name + "/" + batch.split, seed_);
      return tapped(hook, name,
                    at::add(x, normals(draw, batch.first, x.size(0), x.size(1)), noise_));
    };
    at::Tensor acts = written(linear(batch.inputs_BN));
    for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
      acts = tapped(hook, taps_[tap++].name, linear(acts));
      acts = tapped(hook, taps_[tap++].name, at::relu(acts));
      acts = written(linear(acts));
    }
    return tapped(hook, "output", linear(acts));
  }

  std::optional<at::Tensor> loss(const at::Tensor& output_BT, const Batch& batch) const override {
    return mean_loss(loss_, output_BT, batch.targets_BT);
  }
  std::optional<double> decision_threshold() const override {
    return lab::decision_threshold(loss_);
  }
  std::optional<Planted> planted(const std::string&) const override { return std::nullopt; }
  const std::vector<Relation>& relations() const override { return relations_; }
  std::vector<GatePlace> gate_places() const override { return places_; }

  std::optional<PiecewiseLinear> piecewise_linear() const override {
    if (noise_ != 0) return std::nullopt;
    const auto map = [&](std::size_t i) { return affine_map(params_[2 * i], params_[2 * i + 1]); };
    PiecewiseLinear network;
    AffineMap linear = map(0);  // the embedding, then the layers' outs
    for (std::size_t i = 1; i + 1 < params_.size() / 2; i += 2) {
      network.maps.push_back(after(map(i), linear));
      linear = map(i + 1);
    }
    network.maps.push_back(after(map(params_.size() / 2 - 1), linear));
    return network;
  }

  Tensors weights() const override {
    Tensors weights;
    for (std::size_t i = 0; i < names_.size(); ++i) weights[names_[i]] = params_[i];
    return weights;
  }
  void set_weights(const Tensors& weights) override {
    params_ = checked_weights(weights, names_, params_);
  }

  Record train(const World&, const StopToken&) override {
    Table neurons{{"layer", "neuron", "weight"}, {}, {}};
    for (std::size_t i = 0; i < plan_.layers.size(); ++i) {
      for (std::size_t k = 0; k < plan_.layers[i].neurons.size(); ++k) {
        const PlannedNeuron& neuron = plan_.layers[i].neurons[k];
        neurons.rows.push_back({static_cast<double>(i), static_cast<double>(k), neuron.weight});
        neurons.labels.push_back(neuron.text);
      }
    }
    Record record;
    record.add("neurons", Score::of(static_cast<double>(neurons.rows.size())));
    record.tables["neurons"] = std::move(neurons);
    return record;
  }

 private:
  // outputs = in · weightᵀ + bias, where the map speaks of the values that `in` carries.
  void add_linear(const std::string& weight, const std::string& bias, const at::Tensor& weight_OD,
                  const at::Tensor& bias_O) {
    names_.push_back(weight);
    params_.push_back(weight_OD.to(at::kFloat).contiguous());
    names_.push_back(bias);
    params_.push_back(bias_O.to(at::kFloat).contiguous());
  }

  void add_embedding(const World& world) {
    const Basis& basis = bases_[0];
    const auto count = static_cast<int64_t>(basis.carried.size());
    at::Tensor choose_NV = at::zeros({world.inputs(), count}, at::kDouble);
    for (int64_t i = 0; i < count; ++i) choose_NV[basis.carried[i]][i] = 1;
    at::Tensor bias_V = at::zeros({count}, at::kDouble);
    // −1 and 1 become 0 and 1: half of the input, plus a half.
    if (world.encoding()->zero == -1) {
      choose_NV.mul_(.5);
      bias_V.fill_(.5);
    }
    add_linear("embed.weight", "embed.bias", choose_NV.mm(basis.write_VD).t(),
               bias_V.matmul(basis.write_VD));
    taps_.push_back({"embed", basis.write_VD.size(1)});
  }

  static Map map_of(const std::vector<const Affine*>& rows, const Basis& from) {
    const auto count = static_cast<int64_t>(rows.size());
    Map map{at::zeros({count, static_cast<int64_t>(from.carried.size())}, at::kDouble),
            at::zeros({count}, at::kDouble)};
    for (int64_t i = 0; i < count; ++i) {
      map.bias_O[i] = rows[i]->constant;
      for (const Affine::Term& term : rows[i]->terms) {
        map.weight_OV[i][from.row(term.value)] += term.coefficient;
      }
    }
    return map;
  }

  void add_layer(const std::string& name, const PlannedLayer& layer, const Basis& from,
                 const Basis& to) {
    std::vector<const Affine*> rows;
    for (const PlannedNeuron& neuron : layer.neurons) rows.push_back(&neuron.pre);
    const Map pre = map_of(rows, from);
    add_linear(name + ".weight", name + ".bias", pre.weight_OV.mm(from.read_DV.t()), pre.bias_O);
    const auto neurons = static_cast<int64_t>(layer.neurons.size());
    at::Tensor read_off_KV =
        at::zeros({neurons, static_cast<int64_t>(to.carried.size())}, at::kDouble);
    for (int64_t k = 0; k < neurons; ++k) {
      read_off_KV[k][to.row(layer.neurons[k].value)] = layer.neurons[k].weight;
    }
    const at::Tensor constants_V = at::tensor(layer.constants, at::kDouble);
    add_linear(name + ".out_weight", name + ".out_bias", read_off_KV.mm(to.write_VD).t(),
               constants_V.matmul(to.write_VD));
    taps_.push_back({name + ".pre", neurons});
    taps_.push_back({name + ".post", neurons});
    taps_.push_back({name + ".out", to.write_VD.size(1)});
  }

  void add_output() {
    std::vector<Affine> rows;
    for (const Literal& output : plan_.outputs) {
      Affine row{{}, output.complement ? 1.0 : 0.0};
      if (output.value >= 0) row.terms.push_back({output.value, output.complement ? -1.0 : 1.0});
      rows.push_back(std::move(row));
    }
    std::vector<const Affine*> all;
    for (const Affine& row : rows) all.push_back(&row);
    const Map map = map_of(all, bases_.back());
    add_linear("output.weight", "output.bias", map.weight_OV.mm(bases_.back().read_DV.t()),
               map.bias_O);
    taps_.push_back({"output", static_cast<int64_t>(rows.size())});
  }

  void add_gate_places(const Truth& truth) {
    for (const int64_t node : truth.gate_of_feature) {
      const Literal& literal = plan_.nodes[static_cast<std::size_t>(node)];
      if (literal.value < 0) continue;  // a constant lies nowhere
      const auto level =
          static_cast<std::size_t>(plan_.level[static_cast<std::size_t>(literal.value)]);
      const Basis& basis = bases_[level];
      const int64_t row = basis.row(literal.value);
      if (row < 0) continue;  // an input that nothing reads
      const at::Tensor read_1D = basis.read_DV.narrow(1, row, 1).t().to(at::kFloat);
      at::Tensor write_1D = basis.write_VD.narrow(0, row, 1).to(at::kFloat);
      const at::Tensor gain = at::mm(read_1D, write_1D.t());
      if (gain.item<double>() < 1e-6) continue;  // lost in superposition
      places_.push_back({static_cast<circuits::Node>(node),
                         level == 0 ? "embed" : "layer" + std::to_string(level - 1) + ".out",
                         write_1D.div_(gain), read_1D.contiguous()});
    }
  }

  double noise_;
  int64_t seed_;
  LossConfig loss_;  // mse: outputs are 0 and 1
  CircuitPlan plan_;
  std::vector<Basis> bases_;  // embed, then each layer's out
  std::vector<Tap> taps_;
  std::vector<std::string> names_;
  std::vector<at::Tensor> params_;
  std::vector<GatePlace> places_;
  std::vector<Relation> relations_;
};

}  // namespace

std::unique_ptr<Subject> make_subject(const Compiled& config, const World& world, int64_t seed) {
  return std::make_unique<CompiledSubject>(config, world, seed);
}

bool uses_seed(const Compiled& config) {
  return config.rotation != "none" || config.noise > 0 ||
         (config.placement.has_value() && uses_seed(*config.placement));
}

}  // namespace lab
