#include "lab/worlds/tree.h"

#include <algorithm>
#include <string>
#include <utility>

#include "lab/worlds/features.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

class TreeWorld : public World {
 public:
  TreeWorld(const Tree& config, std::int64_t seed)
      : config_(config),
        root_gaps_(config.p_root),
        child_gaps_(config.p_child),
        single_gaps_(config.p_single),
        seed_(seed) {
    Relation tree{"tree", "tree", {}, {}, ""};
    for (std::int64_t i = 0; i < config.roots; ++i) add(std::to_string(i), -1, tree);
    std::int64_t begin = 0;  // of the depth above
    for (const std::int64_t children : config.branching) {
      const std::int64_t end = size();
      depth_.push_back({begin, end, children});
      for (std::int64_t parent = begin; parent < end; ++parent)
        add_children(parent, children, tree);
      begin = end;
    }
    truth_.relations.insert(truth_.relations.begin(), tree);
    first_single_ = size();
    for (std::int64_t i = 0; i < config.singles; ++i) {
      truth_.features.push_back({"single" + std::to_string(i), size(), 1});
    }
    if (config.exclusive_roots) {
      Relation tops{"exclusive", "roots and singles", {}, {}, ""};
      for (std::int64_t i = 0; i < config.roots; ++i) tops.features.push_back(i);
      for (std::int64_t i = first_single_; i < size(); ++i) tops.features.push_back(i);
      if (tops.features.size() > 1) truth_.relations.push_back(tops);
    }
    inputs_ = targets_ = size();
  }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    return sample_features(
        truth_, Tree::name, seed_, split, first, count,
        [this](std::int64_t, Words& presence, Words& worth, float* values, bool* present) {
          const auto fire = [&](std::int64_t i, double scale) {
            values[i] = static_cast<float>(scale * draw_magnitude(config_.magnitude, worth));
            present[i] = true;
          };
          const auto fire_single = [&](std::int64_t i) { fire(first_single_ + i, 1); };
          std::vector<std::int64_t> roots;
          if (config_.exclusive_roots) {
            one_of_roots_and_singles(presence, roots, fire_single);
            sample_trees(std::move(roots), presence, values, fire);
            return;
          }
          for_each_hit(presence, root_gaps_, config_.roots,
                       [&](std::int64_t root) { roots.push_back(root); });
          sample_trees(std::move(roots), presence, values, fire);
          for_each_hit(presence, single_gaps_, config_.singles, fire_single);
        });
  }

 private:
  // Parents begin … end−1 have so many children each, which begin at `end`.
  struct Depth {
    std::int64_t begin, end, children;
  };

  std::int64_t size() const { return static_cast<std::int64_t>(truth_.features.size()); }

  void add(const std::string& name, std::int64_t parent, Relation& tree) {
    tree.features.push_back(size());
    tree.parent.push_back(parent);
    truth_.features.push_back({name, size(), 1});
  }

  void add_children(std::int64_t parent, std::int64_t children, Relation& tree) {
    const std::string name = truth_.features[static_cast<std::size_t>(parent)].name;
    Relation siblings{"exclusive", "children of " + name, {}, {}, ""};
    for (std::int64_t i = 0; i < children; ++i) {
      siblings.features.push_back(size());
      add(name + "." + std::to_string(i), parent, tree);
    }
    if (config_.exclusive && children > 1) truth_.relations.push_back(siblings);
  }

  template <class Fire>
  void one_of_roots_and_singles(Words& presence, std::vector<std::int64_t>& roots,
                                const Fire& fire_single) const {
    const double place =
        presence.uniform();  // root i holds [i, i+1) · p_root, then come the singles
    const double trees = config_.p_root * static_cast<double>(config_.roots);
    if (place < trees) {
      const auto root = static_cast<std::int64_t>(place / config_.p_root);
      roots.push_back(std::min(root, config_.roots - 1));
    } else if (place < config_.present_roots()) {
      const auto single = static_cast<std::int64_t>((place - trees) / config_.p_single);
      fire_single(std::min(single, config_.singles - 1));
    }
  }

  // Depth by depth, from those that are present (`parents`: roots) to their children.
  template <class Fire>
  void sample_trees(std::vector<std::int64_t> parents, Words& presence, const float* values,
                    const Fire& fire) const {
    std::vector<std::int64_t> next;
    for (const std::int64_t root : parents) fire(root, 1);
    for (const Depth& depth : depth_) {
      next.clear();
      for (const std::int64_t parent : parents) {
        const std::int64_t first = depth.end + (parent - depth.begin) * depth.children;
        const double scale = config_.scale_by_parent ? static_cast<double>(values[parent]) : 1;
        sample_children(presence, depth.children, [&](std::int64_t child) {
          fire(first + child, scale);
          next.push_back(first + child);
        });
      }
      parents.swap(next);
    }
  }

  template <class Hit>
  void sample_children(Words& presence, std::int64_t children, const Hit& hit) const {
    if (!config_.exclusive) {
      for_each_hit(presence, child_gaps_, children, hit);
      return;
    }
    const double place = presence.uniform() / config_.p_child;  // child i holds [i, i+1)
    if (place < static_cast<double>(children)) hit(static_cast<std::int64_t>(place));
  }

  Tree config_;
  Geometric root_gaps_, child_gaps_, single_gaps_;
  std::vector<Depth> depth_;
  std::int64_t first_single_ = 0;
  std::int64_t seed_;
};

}  // namespace

double Tree::tree_features() const {
  double level = static_cast<double>(roots), sum = level;
  for (const std::int64_t children : branching) sum += level *= static_cast<double>(children);
  return sum;
}

double Tree::present_roots() const {
  return static_cast<double>(roots) * p_root + static_cast<double>(singles) * p_single;
}

double Tree::expected_l0() const {
  double present = static_cast<double>(roots) * p_root, sum = present;
  for (const std::int64_t children : branching) {
    sum += present *= static_cast<double>(children) * p_child;
  }
  return sum + static_cast<double>(singles) * p_single;
}

std::unique_ptr<World> make_world(const Tree& config, std::int64_t seed) {
  return std::make_unique<TreeWorld>(config, seed);
}

}  // namespace lab
