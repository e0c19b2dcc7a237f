#include "lab/worlds/equality.h"

#include <ATen/ATen.h>

#include <string>

#include "circuits/builder.h"
#include "lab/core/error.h"
#include "lab/tensors/tensors.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

class EqualityWorld final : public World {
 public:
  EqualityWorld(const Equality& config, std::int64_t seed) : size_(config.size), seed_(seed) {
    circuits::Builder builder;
    const circuits::Node first = builder.input("w=x"), second = builder.input("y=z");
    const circuits::Node same = builder.add(circuits::Op::Xnor, {first, second}, "same");
    builder.output(same, "same as the other pair");
    truth_.circuit = builder.build();
    for (const circuits::Node v : {first, second, same}) {
      truth_.features.push_back({truth_.circuit->name(v), static_cast<std::int64_t>(v), 1});
      truth_.gate_of_feature.push_back(v);
    }
    inputs_ = 4 * size_;
    targets_ = 1;
    boolean_targets_ = true;
  }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    if (first < 0 || count < 0) throw InputError("samples: first and count must be at least 0");
    // Four vectors, and two numbers that say which pairs are equal.
    const at::Tensor drawn =
        uniforms(Draw("world/equality/" + split, seed_), first, count, 4 * size_ + 2);
    const at::Tensor vectors = 2 * drawn.narrow(1, 0, 4 * size_) - 1;
    const at::Tensor equal_B2 = drawn.narrow(1, 4 * size_, 2) < .5;
    const auto vector = [&](std::int64_t i) { return vectors.narrow(1, i * size_, size_); };
    const auto copied = [&](std::int64_t pair) {
      return at::where(equal_B2.narrow(1, pair, 1), vector(2 * pair), vector(2 * pair + 1));
    };
    const at::Tensor same_B1 = equal_B2.narrow(1, 0, 1) == equal_B2.narrow(1, 1, 1);
    Batch batch;
    batch.inputs_BN = at::cat({vector(0), copied(0), vector(2), copied(1)}, 1);
    batch.present_BF = at::cat({equal_B2, same_B1}, 1);
    batch.values_BC = batch.present_BF.to(at::kFloat);
    batch.targets_BT = same_B1.to(at::kFloat);
    batch.split = split;
    batch.first = first;
    return batch;
  }

 private:
  std::int64_t size_;
  std::int64_t seed_;
};

}  // namespace

std::unique_ptr<World> make_world(const Equality& config, std::int64_t seed) {
  return std::make_unique<EqualityWorld>(config, seed);
}

}  // namespace lab
