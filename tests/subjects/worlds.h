// Small worlds to train on.
#pragma once

#include <ATen/ATen.h>

#include <functional>
#include <string>

#include "lab/core/rng.h"
#include "lab/tensors/tensors.h"
#include "lab/worlds/world.h"

namespace lab::test {

// Inputs are drawn uniformly from [−1, 1] (or {0, 1}); targets are a function of them; the features are
// the inputs.
class FunctionWorld final : public World {
 public:
  using Function = std::function<at::Tensor(const at::Tensor& inputs_BN)>;

  FunctionWorld(std::int64_t inputs, bool bits, Function function)
      : bits_(bits), function_(std::move(function)) {
    inputs_ = inputs;
    boolean_targets_ = bits;
    targets_ = function_(at::zeros({1, inputs})).size(1);
    for (std::int64_t i = 0; i < inputs; ++i) {
      truth_.features.push_back({"x", i, 1});
      truth_.features.back().name += std::to_string(i);
    }
  }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    const at::Tensor u = uniforms(Draw("test/" + split, 1), first, count, inputs_);
    const at::Tensor x = bits_ ? u.ge(0.5).to(at::kFloat) : 2 * u - 1;
    return {x, x, x.ne(0), function_(x), split, first};
  }

 private:
  bool bits_;
  Function function_;
};

inline FunctionWorld xor_world() {
  return {2, true, [](const at::Tensor& x) { return x.sum(1, true).eq(1).to(at::kFloat); }};
}

// T targets: fixed linear maps of the inputs.
inline FunctionWorld linear_world(std::int64_t inputs, std::int64_t targets) {
  const at::Tensor map = normals(Draw("test/map", 1), 0, inputs, targets);
  return {inputs, false, [map](const at::Tensor& x) { return x.mm(map); }};
}

}  // namespace lab::test
