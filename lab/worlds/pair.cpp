#include "lab/worlds/pair.h"

#include <string>

#include "lab/worlds/features.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

class PairWorld : public World {
 public:
  PairWorld(const Pair& config, std::int64_t seed)
      : config_(config), background_gaps_(config.p_background), seed_(seed) {
    truth_.features = {{"parent", 0, 1}, {"child", 1, 1}};
    for (std::int64_t i = 0; i < config.background; ++i) {
      truth_.features.push_back({std::string("background").append(std::to_string(i)), 2 + i, 1});
    }
    truth_.relations = {{"tree", "tree", {0, 1}, {-1, 0}, ""}};
    inputs_ = targets_ = 2 + config.background;
  }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    return sample_features(
        truth_, Pair::name, seed_, split, first, count,
        [this](std::int64_t, Words& presence, Words& worth, float* values, bool* present) {
          const double parents = config_.both + config_.parent_alone;
          const double place = presence.uniform();  // both, parent alone, child alone, neither
          present[0] = place < parents;
          present[1] =
              place < config_.both || (place >= parents && place < parents + config_.child_alone);
          values[0] = present[0] ? 1 : 0;
          values[1] = present[1] ? 1 : 0;
          for_each_hit(presence, background_gaps_, config_.background, [&](std::int64_t i) {
            values[2 + i] = static_cast<float>(draw_magnitude(config_.magnitude, worth));
            present[2 + i] = true;
          });
        });
  }

 private:
  Pair config_;
  Geometric background_gaps_;
  std::int64_t seed_;
};

}  // namespace

std::unique_ptr<World> make_world(const Pair& config, std::int64_t seed) {
  return std::make_unique<PairWorld>(config, seed);
}

}  // namespace lab
