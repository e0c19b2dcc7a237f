// A multi-layer perceptron that is trained to map a world's inputs to its targets.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "lab/core/fields.h"
#include "lab/subjects/piecewise_linear.h"
#include "lab/subjects/training.h"

namespace lab {

class Subject;
class World;

// h_0 = inputs; layer i: pre = h_i W_iᵀ + b_i, post = activation(pre) = h_{i+1}; output = h_L Wᵀ +
// b. Taps: "layer0.pre", "layer0.post", …, "output"; the usual one is the last layer's post.
// Weights: "layer0.weight" [out, in], "layer0.bias" [out], …, "output.weight", "output.bias".
// Initial weights are N(0, (init_scale²·g)/fan_in) with g = 2 for he (He et al. 2015, eq. 10) and g
// = 1 for lecun (LeCun et al. 1998, §4.6), and biases start at 0; with uniform, weights and biases are
// both uniform in ±init_scale/√fan_in (the default of PyTorch's Linear).
struct Mlp {
  static constexpr const char* name = "mlp";
  static constexpr const char* doc =
      "multi-layer perceptron trained from the world's inputs to its targets";
  static constexpr std::int64_t revision = 2;
  std::vector<std::int64_t> widths{64};
  std::string activation = "relu";
  bool bias = true;
  std::string init = "he";
  double init_scale = 1;
  TrainingConfig training;

  void fields(Fields& f) {
    f("widths", widths, at_least(1), "neurons of each hidden layer; an empty list: a linear map");
    f("activation", activation,
      one_of({"relu", "leaky_relu", "gelu", "silu", "tanh", "sigmoid", "square", "linear", "abs"}),
      "non-linearity of the hidden layers; leaky_relu has slope 0.01 below 0, gelu is the exact "
      "one, square is the quadratic one");
    f("bias", bias, any(), "whether layers have biases");
    f("init", init, one_of({"he", "lecun", "uniform"}),
      "initial weights: normal of variance 2/fan_in or 1/fan_in, or uniform in ±1/√fan_in, biases "
      "too");
    f("init_scale", init_scale, above(0), "factor on the initial weights");
    f("training", training, any(), "how it is trained");
  }
};

// The names of its weights in the order of its parameters: "layer0.weight", "layer0.bias", …
std::vector<std::string> mlp_weight_names(const Mlp& config);

// The output for these parameters instead of its own, differentiable in them.
at::Tensor mlp_output(const Mlp& config, const std::vector<at::Tensor>& params, const Batch& batch,
                      const std::function<at::Tensor(std::string_view, const at::Tensor&)>& hook);

// The network of these parameters as affine maps; nothing where its activation has more than one kink.
std::optional<PiecewiseLinear> mlp_maps(const Mlp& config, const std::vector<at::Tensor>& params);

std::unique_ptr<Subject> make_subject(const Mlp& config, const World& world, std::int64_t seed);

}  // namespace lab
