#include "lab/worlds/ordered_groups.h"

#include <array>
#include <numeric>

#include "lab/worlds/features.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

constexpr std::array kDays{"Monday", "Tuesday",  "Wednesday", "Thursday",
                           "Friday", "Saturday", "Sunday"};
constexpr std::array kMonths{"January", "February", "March",     "April",   "May",      "June",
                             "July",    "August",   "September", "October", "November", "December"};

std::string feature_name(const OrderedGroup& group, std::int64_t i) {
  if (group.name == "days") return kDays.at(static_cast<std::size_t>(i));
  if (group.name == "months") return kMonths.at(static_cast<std::size_t>(i));
  return group.name + std::to_string(i);
}

std::vector<std::int64_t> range(std::int64_t first, std::int64_t size) {
  std::vector<std::int64_t> result(static_cast<std::size_t>(size));
  std::iota(result.begin(), result.end(), first);
  return result;
}

class OrderedGroupsWorld : public World {
 public:
  OrderedGroupsWorld(const OrderedGroups& config, std::int64_t seed)
      : config_(config), one_(config.firing == "one"), seed_(seed) {
    std::int64_t features = 0;
    for (const OrderedGroup& group : config.groups) {
      first_.push_back(features);
      for (std::int64_t i = 0; i < group.size; ++i) {
        truth_.features.push_back({feature_name(group, i), features + i, 1});
      }
      truth_.relations.push_back({"circle", group.name, range(features, group.size), {}, ""});
      if (!one_) {
        truth_.relations.push_back({"exclusive", group.name, range(features, group.size), {}, ""});
      }
      features += group.size;
    }
    if (one_) truth_.relations.push_back({"exclusive", "groups", range(0, features), {}, ""});
    inputs_ = targets_ = features;
  }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    return sample_features(
        truth_, OrderedGroups::name, seed_, split, first, count,
        [this](std::int64_t, Words& presence, Words& worth, float* values, bool* present) {
          const auto fire = [&](std::size_t group) {
            const auto size = static_cast<std::uint64_t>(config_.groups[group].size);
            const auto i = first_[group] + static_cast<std::int64_t>(presence.below(size));
            values[i] = static_cast<float>(draw_magnitude(config_.magnitude, worth));
            present[i] = true;
          };
          choose_groups(presence, fire);
        });
  }

 private:
  template <class Fire>
  void choose_groups(Words& presence, const Fire& fire) const {
    if (one_) {
      if (presence.bernoulli(config_.p)) fire(presence.below(config_.groups.size()));
      return;
    }
    for (std::size_t group = 0; group < config_.groups.size(); ++group) {
      if (presence.bernoulli(config_.p)) fire(group);
    }
  }

  OrderedGroups config_;
  std::vector<std::int64_t> first_;  // first feature of each group
  bool one_;
  std::int64_t seed_;
};

}  // namespace

std::unique_ptr<World> make_world(const OrderedGroups& config, std::int64_t seed) {
  return std::make_unique<OrderedGroupsWorld>(config, seed);
}

}  // namespace lab
