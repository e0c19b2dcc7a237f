#include "lab/subjects/mlp_gradient.h"

#include <ATen/ATen.h>

#include <memory>

#include "lab/subjects/activation.h"
#include "lab/subjects/loss_gradients.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

struct Layer {
  at::Tensor weight, bias;                    // this step's parameters
  at::Tensor pre_BD, post_BD, gradient_BD;    // scratch; the output has no post_BD
  at::Tensor weight_gradient, bias_gradient;  // scratch
};

class Scratch {
 public:
  // Takes the step's parameters; allocates where shapes are new.
  void fit(const std::vector<at::Tensor>& params, bool bias, std::int64_t batch) {
    const std::size_t stride = bias ? 2 : 1;
    const bool same = batch == batch_ && params.size() == gradients.size();
    layers.resize(params.size() / stride);
    for (std::size_t i = 0; i < layers.size(); ++i) {
      layers[i].weight = params[i * stride];
      if (bias) layers[i].bias = params[i * stride + 1];
    }
    if (!same) allocate(batch);
  }

  std::vector<Layer> layers;
  std::vector<at::Tensor> gradients;

 private:
  void allocate(std::int64_t batch) {
    batch_ = batch;
    gradients.clear();
    for (Layer& layer : layers) {
      const std::int64_t out = layer.weight.size(0);
      layer.pre_BD = at::empty({batch, out});
      layer.post_BD = at::empty({batch, out});
      layer.gradient_BD = at::empty({batch, out});
      gradients.push_back(layer.weight_gradient = at::empty({out, layer.weight.size(1)}));
      if (layer.bias.defined()) gradients.push_back(layer.bias_gradient = at::empty({out}));
    }
  }

  std::int64_t batch_ = -1;
};

double step(const Activation& activation, const LossConfig& loss, const Batch& batch,
            std::vector<Layer>& layers) {
  const std::size_t last = layers.size() - 1;
  const at::Tensor x_BN = batch.inputs_BN.contiguous();
  const auto input_of = [&](std::size_t i) { return i == 0 ? x_BN : layers[i - 1].post_BD; };
  for (std::size_t i = 0; i < last; ++i) {
    Layer& layer = layers[i];
    at::mm_out(layer.pre_BD, input_of(i), layer.weight.t());
    activation.forward(layer.pre_BD, layer.bias, layer.post_BD);
  }
  Layer& output = layers[last];
  at::mm_out(output.pre_BD, input_of(last), output.weight.t());
  if (output.bias.defined()) output.pre_BD.add_(output.bias);

  const double value =
      loss_and_gradient(loss, output.pre_BD, batch.targets_BT.contiguous(), output.gradient_BD);
  if (output.bias.defined()) at::sum_out(output.bias_gradient, output.gradient_BD, 0);
  for (std::size_t i = last;; --i) {
    at::mm_out(layers[i].weight_gradient, layers[i].gradient_BD.t(), input_of(i));
    if (i == 0) return value;
    Layer& below = layers[i - 1];
    at::mm_out(below.gradient_BD, layers[i].gradient_BD, layers[i].weight);
    activation.backward(below.pre_BD, below.post_BD, below.gradient_BD, below.bias_gradient);
  }
}

}  // namespace

Gradient mlp_gradient(const std::string& activation, bool bias, const LossConfig& loss) {
  const auto scratch = std::make_shared<Scratch>();
  return [=, rule = activation_named(activation)](const std::vector<at::Tensor>& params,
                                                  const Batch& batch) {
    const at::NoGradGuard no_gradients;
    scratch->fit(params, bias, batch.inputs_BN.size(0));
    const double value = step(rule, loss, batch, scratch->layers);
    return LossAndGradients{value, scratch->gradients};
  };
}

}  // namespace lab
