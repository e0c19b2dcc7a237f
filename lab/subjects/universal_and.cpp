#include "lab/subjects/universal_and.h"

#include <ATen/ATen.h>

#include <array>
#include <cmath>
#include <numbers>
#include <utility>
#include <vector>

#include "circuits/builder.h"
#include "circuits/evaluation/evaluate.h"
#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/placements/placement.h"
#include "lab/tensors/tensors.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

using std::int64_t;

// f = constant + first·x_i + second·x_j + product·x_i·x_j for every output.
struct Functions {
  at::Tensor first_input, second_input;         // int64 [T]: i and j
  at::Tensor constant, first, second, product;  // [T]
};

// The four values of a gate of two fan-ins: on 00, 10, 01, 11.
std::array<double, 4> values_of(const circuits::Gate& gate) {
  circuits::Builder builder;
  const circuits::Node a = builder.input(), b = builder.input();
  builder.output(builder.add(gate, {a, b}));
  const circuits::TruthTable table = circuits::node_tables(builder.build()).back();
  std::array<double, 4> values{};
  for (std::size_t k = 0; k < values.size(); ++k) values[k] = table[k] ? 1 : 0;
  return values;
}

Functions functions_of(const World& world) {
  const std::string wanted = "universal_and: every output must be a gate of two inputs";
  const circuits::Circuit& circuit = circuit_of_bits(world, "universal_and");
  std::vector<int64_t> i, j;
  std::vector<float> constant, first, second, product;
  std::optional<circuits::Gate> last;
  std::array<double, 4> f{};
  for (const circuits::Output& output : circuit.outputs()) {
    const auto fanins = circuit.fanins(output.node);
    if (fanins.size() != 2 || fanins[0] == fanins[1] || fanins[0] >= circuit.inputs() ||
        fanins[1] >= circuit.inputs()) {
      throw InputError(wanted + "; \"" + output.name + "\" is none");
    }
    const circuits::Gate gate = circuit.gate(output.node);
    if (!last || !(*last == gate)) f = values_of(gate);
    last = gate;
    i.push_back(fanins[0]);
    j.push_back(fanins[1]);
    constant.push_back(static_cast<float>(f[0]));
    first.push_back(static_cast<float>(f[1] - f[0]));
    second.push_back(static_cast<float>(f[2] - f[0]));
    product.push_back(static_cast<float>(f[3] - f[1] - f[2] + f[0]));
  }
  return {at::tensor(i, at::kLong), at::tensor(j, at::kLong), at::tensor(constant),
          at::tensor(first),        at::tensor(second),       at::tensor(product)};
}

at::Tensor weights_of(const UniversalAnd& config, int64_t inputs, int64_t seed) {
  const Draw draw("subject/superposed/weights", seed);
  if (config.weights == "gaussian") return normals(draw, 0, config.neurons, inputs);
  const at::Tensor u = uniforms(draw, 0, config.neurons, inputs);
  if (config.weights == "rademacher") return u.lt(.5).to(at::kFloat).mul_(2).sub_(1);
  return u.lt(std::sqrt(config.overlap / static_cast<double>(config.neurons))).to(at::kFloat);
}

// c of the header: ½P(h = 0) + ¼P(|h| = 1) for the sum h of `others` signs.
double sign_curvature(int64_t others) {
  const double n = static_cast<double>(others);
  const auto log_binomial = [&](double k) {
    return std::lgamma(n + 1) - std::lgamma(k + 1) - std::lgamma(n - k + 1);
  };
  // The middle term for even n; for odd n both middle terms, with half the weight each.
  return .5 * std::exp(log_binomial(std::floor(n / 2)) - n * std::numbers::ln2);
}

// Rows [T, d]: how x_i x_j is read from the neurons.
at::Tensor product_readoff(const UniversalAnd& config, const at::Tensor& weights_dm,
                           const Functions& f) {
  const at::Tensor both_Td = weights_dm.index_select(1, f.first_input)
                                 .mul_(weights_dm.index_select(1, f.second_input))
                                 .t();
  if (config.weights == "bernoulli") {
    return both_Td / both_Td.sum(1, true).clamp_min(1);  // an empty intersection reads 0
  }
  const double d = static_cast<double>(config.neurons);
  double gain = .5;
  if (config.activation == "relu") {
    gain = config.weights == "gaussian"
               ? std::sqrt(2 * std::numbers::pi * static_cast<double>(config.active))
               : 1 / sign_curvature(config.active - 2);
  }
  return both_Td * (gain / d);
}

// Rows [m, d]: how single inputs are read from the neurons.
at::Tensor single_readoff(const UniversalAnd& config, const at::Tensor& weights_dm) {
  const double d = static_cast<double>(config.neurons);
  const bool square = config.activation == "square";
  if (config.weights == "bernoulli" || (config.weights == "rademacher" && square)) {
    throw InputError("universal_and: " + config.weights + " weights with " + config.activation +
                     " let no single input be read, which gates other than AND need; set "
                     "linear_from to inputs");
  }
  return square ? (weights_dm.square() - 1).t() / (2 * d) : weights_dm.t() * (2 / d);
}

// Coefficients [T, m] of single inputs.
at::Tensor single_coefficients(const Functions& f, int64_t inputs) {
  at::Tensor coefficients = at::zeros({f.first.size(0), inputs});
  coefficients.scatter_add_(1, f.first_input.unsqueeze(1), f.first.unsqueeze(1));
  coefficients.scatter_add_(1, f.second_input.unsqueeze(1), f.second.unsqueeze(1));
  return coefficients;
}

// What turns the inputs that the world gives into 0 and 1: bits = scale·inputs + shift.
std::pair<double, double> encoding_of(const World& world) {
  const Batch some = world.support() ? world.enumerate(0, 1) : world.sample("encoding", 0, 256);
  return some.inputs_BN.lt(0).any().item<bool>() ? std::pair{.5, .5} : std::pair{1., 0.};
}

// Rows E [m, width] of the inputs' vectors.
at::Tensor embedding_of(const UniversalAnd& config, int64_t inputs, int64_t seed) {
  Truth plain;
  for (int64_t i = 0; i < inputs; ++i) plain.features.push_back({std::to_string(i), i, 1});
  return place(*config.placement, plain, config.width, seed).frames_CD;
}

}  // namespace

SuperposedNetwork build_network(const UniversalAnd& config, const World& world, int64_t seed) {
  const Functions f = functions_of(world);
  const int64_t inputs = world.inputs();
  const at::Tensor weights_dm = weights_of(config, inputs, seed);
  const auto [scale, shift] = encoding_of(world);

  // read_mD, read_m: the bits as the computing layer sees them, from what stands before it.
  SuperposedNetwork network;
  at::Tensor read_mD = at::eye(inputs) * scale, read_m = at::full({inputs}, shift);
  if (config.placement) {
    const at::Tensor embed_mD = embedding_of(config, inputs, seed);
    network.embed_DN = embed_mD.t().contiguous();
    read_mD = embed_mD * scale;
    if (config.read == "clip") {
      network.layers.push_back({at::cat({2 * read_mD, 2 * read_mD}),
                                at::cat({2 * read_m - .5, 2 * read_m - 1.5}), false});
      read_mD = at::cat({at::eye(inputs), -at::eye(inputs)}, 1);
      read_m = at::zeros({inputs});
    }
  }
  const double threshold = config.weights == "bernoulli" ? -1 : 0;
  network.layers.push_back(
      {weights_dm.mm(read_mD), weights_dm.mv(read_m) + threshold, config.activation == "square"});

  network.output_weight = product_readoff(config, weights_dm, f) * f.product.unsqueeze(1);
  network.output_bias = f.constant;
  if (f.first.ne(0).any().item<bool>() || f.second.ne(0).any().item<bool>()) {
    const at::Tensor single_Tm = single_coefficients(f, inputs);
    if (config.linear_from == "neurons") {
      network.output_weight += single_Tm.mm(single_readoff(config, weights_dm));
    } else {
      network.skip_weight = single_Tm.mm(read_mD);
      network.output_bias = network.output_bias + single_Tm.mv(read_m);
    }
  }
  network.output_weight = network.output_weight.contiguous();
  return network;
}

}  // namespace lab
