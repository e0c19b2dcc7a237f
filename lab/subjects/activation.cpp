#include "lab/subjects/activation.h"

#include <ATen/ATen.h>

#include <map>

#include "lab/core/error.h"
#include "lab/subjects/activation_kernels.h"

namespace lab {
namespace {

using T = const at::Tensor&;
using Out = at::Tensor&;

constexpr double kLeak = 0.01;
constexpr Kink kRelu{0, 0}, kLeaky{static_cast<float>(kLeak), static_cast<float>(kLeak)},
    kAbs{-1, 0}, kLinear{1, 1};

LayerPass forward_pass(Out pre, T bias, Out post) {
  return {pre.size(0),
          pre.size(1),
          pre.mutable_data_ptr<float>(),
          post.mutable_data_ptr<float>(),
          nullptr,
          bias.defined() ? bias.const_data_ptr<float>() : nullptr,
          nullptr};
}

LayerPass backward_pass(T pre, Out gradient, Out sums) {
  return {pre.size(0),
          pre.size(1),
          const_cast<float*>(pre.const_data_ptr<float>()),  // only read
          nullptr,
          gradient.mutable_data_ptr<float>(),
          nullptr,
          sums.defined() ? sums.mutable_data_ptr<float>() : nullptr};
}

template <const Kink& kink>
void kinked(Out pre, T bias, Out post) {
  kink_forward(forward_pass(pre, bias, post), kink);
}
template <const Kink& kink>
void kinked_back(T pre, T, Out gradient, Out sums) {
  kink_backward(backward_pass(pre, gradient, sums), kink);
}

// What has a transcendental function is left to LibTorch's vectorised kernels.
template <at::Tensor& (*apply_out)(Out post, T pre)>
void smooth(Out pre, T bias, Out post) {
  if (bias.defined()) pre.add_(bias);
  apply_out(post, pre);
}
template <at::Tensor& (*back_out)(Out result, T gradient, T pre, T post)>
void smooth_back(T pre, T post, Out gradient, Out sums) {
  back_out(gradient, gradient, pre, post);
  if (sums.defined()) at::sum_out(sums, gradient, 0);
}

Out gelu_into(Out post, T pre) {
  return at::gelu_out(post, pre);
}
Out gelu_back(Out result, T gradient, T pre, T) {
  return at::gelu_backward_out(result, gradient, pre);
}
Out silu_back(Out result, T gradient, T pre, T) {
  return at::silu_backward_out(result, gradient, pre);
}
Out tanh_back(Out result, T gradient, T, T post) {
  return at::tanh_backward_out(result, gradient, post);
}
Out sigmoid_back(Out result, T gradient, T, T post) {
  return at::sigmoid_backward_out(result, gradient, post);
}

const std::map<std::string, Activation>& activations() {
  static const std::map<std::string, Activation> all{
      {"relu", {[](T x) { return at::relu(x); }, kinked<kRelu>, kinked_back<kRelu>}},
      {"leaky_relu",
       {[](T x) { return at::leaky_relu(x, kLeak); }, kinked<kLeaky>, kinked_back<kLeaky>}},
      {"abs", {[](T x) { return at::abs(x); }, kinked<kAbs>, kinked_back<kAbs>}},
      {"linear", {[](T x) { return x; }, kinked<kLinear>, kinked_back<kLinear>}},
      {"square",
       {[](T x) { return at::square(x); },
        [](Out pre, T bias, Out post) { square_forward(forward_pass(pre, bias, post)); },
        [](T pre, T, Out gradient, Out sums) {
          square_backward(backward_pass(pre, gradient, sums));
        }}},
      {"gelu", {[](T x) { return at::gelu(x); }, smooth<gelu_into>, smooth_back<gelu_back>}},
      {"silu", {[](T x) { return at::silu(x); }, smooth<at::silu_out>, smooth_back<silu_back>}},
      {"tanh", {[](T x) { return at::tanh(x); }, smooth<at::tanh_out>, smooth_back<tanh_back>}},
      {"sigmoid",
       {[](T x) { return at::sigmoid(x); }, smooth<at::sigmoid_out>, smooth_back<sigmoid_back>}}};
  return all;
}

}  // namespace

const std::vector<std::string>& activation_names() {
  static const std::vector<std::string> names{"relu",    "leaky_relu", "gelu",   "silu", "tanh",
                                              "sigmoid", "square",     "linear", "abs"};
  return names;
}

const Activation& activation_named(const std::string& name) {
  const auto found = activations().find(name);
  if (found == activations().end()) {
    throw InputError("activation '" + name + "' does not exist");
  }
  return found->second;
}

}  // namespace lab
