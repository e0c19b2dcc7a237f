#include "lab/worlds/circles.h"

#include <cmath>
#include <numbers>

#include "lab/worlds/features.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

// Term b of the golden-section sequence, in [0, 1).
double spread_turn(double offset, std::int64_t b) {
  const double turn = offset + static_cast<double>(b) / std::numbers::phi;
  return turn - std::floor(turn);
}

class CirclesWorld : public World {
 public:
  CirclesWorld(const Circles& config, std::int64_t seed)
      : config_(config), gaps_(config.p), seed_(seed) {
    for (std::int64_t i = 0; i < config.circles; ++i) {
      truth_.features.push_back({"circle" + std::to_string(i), 2 * i, 2});
    }
    inputs_ = targets_ = 2 * config.circles;
  }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    const bool spread = config_.angles == "spread";
    const double offset = Draw("world/circles/" + split + "/offset", seed_).at(0).uniform();
    return sample_features(
        truth_, Circles::name, seed_, split, first, count,
        [&](std::int64_t b, Words& presence, Words& worth, float* values, bool* present) {
          const auto point = [&](std::int64_t i) {
            const double radius = draw_magnitude(config_.radius, worth);
            const double turn = spread ? spread_turn(offset, b) : worth.uniform();
            const double angle = 2 * std::numbers::pi * turn;
            values[2 * i] = static_cast<float>(radius * std::cos(angle));
            values[2 * i + 1] = static_cast<float>(radius * std::sin(angle));
            present[i] = true;
          };
          for_each_hit(presence, gaps_, config_.circles, point);
        });
  }

 private:
  Circles config_;
  Geometric gaps_;
  std::int64_t seed_;
};

}  // namespace

std::unique_ptr<World> make_world(const Circles& config, std::int64_t seed) {
  return std::make_unique<CirclesWorld>(config, seed);
}

}  // namespace lab
