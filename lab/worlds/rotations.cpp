#include "lab/worlds/rotations.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>
#include <string>

#include "lab/core/rng.h"
#include "lab/worlds/features.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

constexpr double full_turn = 2 * std::numbers::pi;

class RotationsWorld final : public World {
 public:
  RotationsWorld(const Rotations& config, std::int64_t seed)
      : circuits_(config.circuits), active_(config.active), seed_(seed) {
    Words words = Draw("world/rotations/angles", seed).at(0);
    for (std::int64_t t = 0; t < circuits_; ++t) {
      truth_.features.push_back({std::string("c").append(std::to_string(t)), 3 * t, 3});
      angles_.push_back(full_turn * words.uniform());
    }
    inputs_ = 3 * circuits_;
    targets_ = 2 * circuits_;
  }

  const std::vector<double>& angles() const { return angles_; }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    Batch batch = sample_features(
        truth_, Rotations::name, seed_, split, first, count,
        [this](std::int64_t, Words& presence, Words& worth, float* values, bool* on) {
          for (const std::int64_t t : presence.choice(circuits_, active_))
            activate(t, full_turn * worth.uniform(), values, on);
        });
    const at::Tensor x_BT = part(batch.values_BC, 1), y_BT = part(batch.values_BC, 2);
    const at::Tensor angles_T = at::tensor(angles_, at::kFloat);
    const at::Tensor cos_T = angles_T.cos(), sin_T = angles_T.sin();
    batch.targets_BT =
        at::stack({x_BT * cos_T - y_BT * sin_T, x_BT * sin_T + y_BT * cos_T}, 2).flatten(1);
    return batch;
  }

 private:
  static void activate(std::int64_t t, double angle, float* values, bool* on) {
    on[t] = true;
    values[3 * t] = 1;
    values[3 * t + 1] = static_cast<float>(std::cos(angle));
    values[3 * t + 2] = static_cast<float>(std::sin(angle));
  }

  // One coordinate of every circuit.
  at::Tensor part(const at::Tensor& values_BC, std::int64_t coordinate) const {
    return values_BC.view({-1, circuits_, 3}).select(2, coordinate);
  }

  std::int64_t circuits_, active_, seed_;
  std::vector<double> angles_;
};

}  // namespace

std::unique_ptr<World> make_world(const Rotations& config, std::int64_t seed) {
  return std::make_unique<RotationsWorld>(config, seed);
}

std::optional<std::vector<double>> rotation_angles(const World& world) {
  const auto* rotations = dynamic_cast<const RotationsWorld*>(&world);
  if (rotations == nullptr) return std::nullopt;
  return rotations->angles();
}

}  // namespace lab
