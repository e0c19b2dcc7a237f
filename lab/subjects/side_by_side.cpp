#include "lab/subjects/side_by_side.h"

#include <ATen/ATen.h>

#include <numbers>
#include <string>
#include <utility>
#include <vector>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/core/stop.h"
#include "lab/worlds/rotations.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

using std::int64_t;
constexpr int64_t most_draws = 100;  // of lines, until no neuron hears too much
constexpr double steep = 4;          // 0 … 1 of the last quarter of an indicator

// Circuit t is the line (a, b).
struct Lines {
  at::Tensor a_T, b_T;  // int64
  int64_t q;
};

Lines draw_lines(Words words, int64_t circuits, int64_t q) {
  const at::Tensor chosen = at::tensor(words.choice(q * q, circuits), at::kLong);
  return {chosen.div(q, "floor"), chosen.remainder(q), q};
}

// [slopes·q, T] 0 and 1: which of the q neurons of each slope first … first+slopes−1 a circuit owns.
at::Tensor owned(const Lines& lines, int64_t first, int64_t slopes) {
  std::vector<at::Tensor> parts;
  for (int64_t s = first; s < first + slopes; ++s) {
    const at::Tensor number_T = (lines.a_T * s + lines.b_T).remainder(lines.q);
    parts.push_back(at::one_hot(number_T, lines.q).t().to(at::kFloat));
  }
  return at::cat(parts);
}

std::vector<double> angles_of(const World& world, const std::string& name, int64_t choices) {
  auto angles = rotation_angles(world);
  if (!angles) throw InputError(name + ": the world must be `rotations`");
  if (static_cast<int64_t>(angles->size()) > choices * choices) {
    throw InputError(name + ": " + std::to_string(angles->size()) +
                     " circuits are more than choices² = " + std::to_string(choices * choices));
  }
  return *std::move(angles);
}

// Combinations of a circuit's numbers (α, x, y), each [T, 3]: α, and the coordinates of the turned vector.
struct Turned {
  at::Tensor on, x, y;
};
Turned turned(std::vector<double> angles, int64_t layers, Words words) {
  for (double& angle : angles) {
    const auto turns = static_cast<double>(words.below(static_cast<std::uint64_t>(layers)));
    angle = (angle + 2 * std::numbers::pi * turns) / static_cast<double>(layers);
  }
  const at::Tensor angles_T = at::tensor(angles, at::kDouble);
  const at::Tensor cos_T = angles_T.cos().to(at::kFloat), sin_T = angles_T.sin().to(at::kFloat);
  const at::Tensor none_T = at::zeros_like(cos_T);
  return {at::stack({at::ones_like(cos_T), none_T, none_T}, 1),
          at::stack({none_T, cos_T, -sin_T}, 1), at::stack({none_T, sin_T, cos_T}, 1)};
}

// A layer that writes combinations of circuits' numbers into their neurons, blocks of neurons one after another.
class Write {
 public:
  void add(const at::Tensor& owned_DT, const at::Tensor& what_T3, double bias) {
    weights_.push_back((owned_DT.unsqueeze(2) * what_T3).flatten(1));
    biases_.push_back(at::full({owned_DT.size(0)}, bias, at::kFloat));
  }
  // `read` [3T, width of the layer before]; undefined: the inputs are the numbers.
  SuperposedNetwork::Layer layer(const at::Tensor& read) const {
    const at::Tensor weight_D3T = at::cat(weights_);
    return {read.defined() ? weight_D3T.mm(read) : weight_D3T, at::cat(biases_)};
  }

 private:
  std::vector<at::Tensor> weights_, biases_;
};

// [3T, D]: how a circuit's numbers are read from blocks of neurons, from [T, D] each.
at::Tensor read_of(const at::Tensor& on, const at::Tensor& x, const at::Tensor& y) {
  return at::stack({on, x, y}, 1).flatten(0, 1);
}

// The output: the vectors without the indicators.
void add_output(SuperposedNetwork& network, const at::Tensor& read, int64_t circuits) {
  network.output_weight = read.view({circuits, 3, -1}).narrow(1, 1, 2).flatten(0, 1).contiguous();
  network.output_bias = at::zeros({2 * circuits});
}

// Whether, when a circuit's on-neurons in one layer are on, no neuron of the next but its own hears all of them.
bool quiet(const at::Tensor& on_DT, const at::Tensor& next_DT, int64_t all) {
  const at::Tensor heard_DT = next_DT.mm(on_DT.t().mm(on_DT));
  return heard_DT.masked_select(next_DT == 0).lt(static_cast<double>(all) - .5).all().item<bool>();
}

}  // namespace

bool is_prime(int64_t n) {
  if (n < 2) return false;
  for (int64_t d = 2; d * d <= n; ++d) {
    if (n % d == 0) return false;
  }
  return true;
}

SuperposedNetwork build_network(const ConditionalRotations& config, const World& world,
                                int64_t seed) {
  const std::vector<double> angles = angles_of(world, config.name, config.choices);
  const auto circuits = static_cast<int64_t>(angles.size());
  const Draw draw("subject/superposed/conditional_rotations", seed);
  const auto layers = static_cast<std::uint64_t>(config.layers);
  const Turned turn = turned(angles, config.layers, draw.at(layers));
  SuperposedNetwork network;
  at::Tensor read;
  for (int64_t l = 0; l < config.layers; ++l) {
    poll_stop();
    const Lines lines =
        draw_lines(draw.at(static_cast<std::uint64_t>(l)), circuits, config.choices);
    const at::Tensor owned_DT = owned(lines, 0, config.copies);
    Write write;
    for (const at::Tensor& coordinate : {turn.x, turn.y}) {
      for (const double sign : {1., -1.}) {
        write.add(owned_DT, sign * coordinate + steep * turn.on, 1 - steep);
      }
    }
    for (const double bias : {1 - steep, -steep}) write.add(owned_DT, steep * turn.on, bias);
    network.layers.push_back(write.layer(read));
    const at::Tensor mean = owned_DT.t() / static_cast<double>(config.copies);
    const at::Tensor none = at::zeros_like(mean);
    read = read_of(at::cat({none, none, none, none, mean, -mean}, 1),
                   at::cat({mean / 2, -mean / 2, none, none, none, none}, 1),
                   at::cat({none, none, mean / 2, -mean / 2, none, none}, 1));
  }
  add_output(network, read, circuits);
  return network;
}

SuperposedNetwork build_network(const OneHotRouting& config, const World& world, int64_t seed) {
  const std::vector<double> angles = angles_of(world, config.name, config.choices);
  const auto circuits = static_cast<int64_t>(angles.size());
  const int64_t q = config.choices, slopes = 4 + config.on;
  const Draw draw("subject/superposed/one_hot_routing", seed);
  at::Tensor even, odd;  // [(4 + S)·q, T]: x⁺, x⁻, y⁺, y⁻, then the on-neurons
  const auto on = [&](const at::Tensor& owned_DT) {
    return owned_DT.narrow(0, 4 * q, config.on * q);
  };
  for (int64_t attempt = 0;; ++attempt) {
    poll_stop();
    if (attempt == most_draws) {
      throw InputError(
          "one_hot_routing: among so many circuits some neuron always hears all on-neurons of a "
          "circuit that is not its own; raise on or choices, or take fewer circuits");
    }
    const Lines lines = draw_lines(draw.at(static_cast<std::uint64_t>(attempt)), circuits, q);
    even = owned(lines, 0, slopes);
    odd = owned(lines, slopes, slopes);
    if ((config.layers < 2 || quiet(on(even), odd, config.on)) &&
        (config.layers < 3 || quiet(on(odd), even, config.on))) {
      break;
    }
  }
  const Turned turn = turned(angles, config.layers, draw.at(most_draws));
  const auto all = static_cast<double>(config.on);
  SuperposedNetwork network;
  at::Tensor read;
  for (int64_t l = 0; l < config.layers; ++l) {
    const at::Tensor& owned_DT = l % 2 == 0 ? even : odd;
    // The number of on-neurons that are on; the inputs say 1.
    const at::Tensor heard = l == 0 ? turn.on * all : turn.on;
    Write write;
    int64_t block = 0;
    for (const at::Tensor& coordinate : {turn.x, turn.y}) {
      for (const double sign : {1., -1.}) {
        write.add(owned_DT.narrow(0, block++ * q, q), sign * coordinate + 2 * heard, -2 * all);
      }
    }
    write.add(on(owned_DT), heard, 1 - all);
    network.layers.push_back(write.layer(read));
    const at::Tensor owned_TD = owned_DT.t();
    const auto only = [&](int64_t first, int64_t count, double sign) {
      const at::Tensor part = at::zeros_like(owned_TD);
      part.narrow(1, first * q, count * q).copy_(owned_TD.narrow(1, first * q, count * q) * sign);
      return part;
    };
    read = read_of(only(4, config.on, 1), only(0, 1, 1) + only(1, 1, -1),
                   only(2, 1, 1) + only(3, 1, -1));
  }
  add_output(network, read, circuits);
  return network;
}

}  // namespace lab
