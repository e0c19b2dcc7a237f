#include "lab/worlds/residues.h"

#include <ATen/ATen.h>

#include <numeric>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

class ResiduesWorld final : public World {
 public:
  ResiduesWorld(const Residues& config, std::int64_t seed)
      : modulus_(config.modulus), sum_(config.task == "sum"), seed_(seed) {
    for (const std::string variable : {"a", "b"}) {
      const auto first = static_cast<std::int64_t>(truth_.features.size());
      std::vector<std::int64_t> features(static_cast<std::size_t>(modulus_));
      std::iota(features.begin(), features.end(), first);
      for (std::int64_t r = 0; r < modulus_; ++r) {
        truth_.features.push_back({variable + std::to_string(r), first + r, 1});
      }
      truth_.relations.push_back({"circle", variable, features, {}, ""});
      truth_.relations.push_back({"exclusive", variable, features, {}, ""});
    }
    inputs_ = 2 * modulus_;
    targets_ = modulus_;
  }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    if (first < 0 || count < 0) throw InputError("samples: first and count must be at least 0");
    const Draw draw("world/residues/" + split, seed_);
    const at::Tensor pairs_B = at::empty({count}, at::kLong);
    for (std::int64_t i = 0; i < count; ++i) {
      pairs_B.mutable_data_ptr<std::int64_t>()[i] =
          static_cast<std::int64_t>(draw.at(static_cast<std::uint64_t>(first + i))
                                        .below(static_cast<std::uint64_t>(pairs())));
    }
    return batch(pairs_B, split, first);
  }

  std::optional<std::int64_t> support() const override { return pairs(); }

  Batch enumerate(std::int64_t first, std::int64_t count) const override {
    if (first < 0 || count < 0 || first > pairs() - count) {
      throw InputError("pairs " + std::to_string(first) + " to " + std::to_string(first + count) +
                       " (not included) are not among the " + std::to_string(pairs()) +
                       " there are");
    }
    return batch(at::arange(first, first + count, at::kLong), "all", first);
  }

 private:
  std::int64_t pairs() const { return modulus_ * modulus_; }

  at::Tensor one_hot(const at::Tensor& residues_B) const {
    return at::one_hot(residues_B, modulus_).to(at::kFloat);
  }

  Batch batch(const at::Tensor& pairs_B, const std::string& split, std::int64_t first) const {
    const at::Tensor a_B = pairs_B.div(modulus_, "floor"), b_B = pairs_B.remainder(modulus_);
    const at::Tensor values_BC = at::cat({one_hot(a_B), one_hot(b_B)}, 1);
    const at::Tensor targets_BT = one_hot(sum_ ? (a_B + b_B).remainder(modulus_) : a_B);
    return {values_BC, values_BC, values_BC.ne(0), targets_BT, split, first};
  }

  std::int64_t modulus_;
  bool sum_;
  std::int64_t seed_;
};

}  // namespace

std::unique_ptr<World> make_world(const Residues& config, std::int64_t seed) {
  return std::make_unique<ResiduesWorld>(config, seed);
}

}  // namespace lab
