#include "lab/worlds/features.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <vector>

#include "lab/core/error.h"

namespace lab {
namespace {

// The words of consecutive samples of a draw. As many of each as the samples before needed on average are drawn
// together, which costs a fraction of drawing them one by one; who needs more draws the rest alone.
class Ahead {
 public:
  explicit Ahead(const Draw& draw) : draw_(draw) {}

  // Samples first … first+count−1 are next; `used`: words of 64 bits that `samples` earlier ones read.
  void draw(std::int64_t first, std::int64_t count, std::int64_t used, std::int64_t samples) {
    constexpr std::int64_t most = 64;  // blocks a sample
    const std::int64_t blocks = samples > 0 ? std::min(most, (used + samples) / (2 * samples)) : 0;
    first_ = first, slots_ = 4 * blocks;
    words_.resize(static_cast<std::size_t>(count * slots_));
    draw_.words(first, count, slots_, words_.data());
  }
  Words at(std::int64_t sample) const {
    return draw_.at(static_cast<std::uint64_t>(sample),
                    {words_.data() + (sample - first_) * slots_, static_cast<std::size_t>(slots_)});
  }

 private:
  const Draw& draw_;
  std::int64_t first_ = 0, slots_ = 0;
  std::vector<std::uint32_t> words_;
};

}  // namespace

Batch sample_features(const Truth& truth, const std::string& kind, std::int64_t seed,
                      const std::string& split, std::int64_t first, std::int64_t count,
                      const SampleFeatures& sample) {
  if (first < 0 || count < 0) throw InputError("samples: first and count must be at least 0");
  const auto features = static_cast<std::int64_t>(truth.features.size());
  const std::int64_t coordinates = truth.coordinates();
  const std::string name = "world/" + kind + "/" + split;
  const Draw presence(name, seed), worth(name + "/values", seed);
  const at::Tensor values_BC = at::empty({count, coordinates}, at::kFloat);
  const at::Tensor present_BF = at::empty({count, features}, at::kBool);
  float* values = values_BC.mutable_data_ptr<float>();
  bool* present = present_BF.mutable_data_ptr<bool>();
  at::parallel_for(0, count, 64, [&](std::int64_t begin, std::int64_t end) {
    Ahead presence_ahead(presence), worth_ahead(worth);
    std::int64_t presence_used = 0, worth_used = 0;
    for (std::int64_t row = begin; row < end;) {
      const std::int64_t done = row - begin,
                         together = done == 0 ? 4 : 32;  // the first few tell what is needed
      const std::int64_t rows = std::min(together, end - row);
      presence_ahead.draw(first + row, rows, presence_used, done);
      worth_ahead.draw(first + row, rows, worth_used, done);
      std::fill_n(values + row * coordinates, rows * coordinates, 0.0F);
      std::fill_n(present + row * features, rows * features, false);
      for (const std::int64_t last = row + rows; row < last; ++row) {
        Words presence_words = presence_ahead.at(first + row),
              worth_words = worth_ahead.at(first + row);
        sample(first + row, presence_words, worth_words, values + row * coordinates,
               present + row * features);
        presence_used += presence_words.used(), worth_used += worth_words.used();
      }
    }
  });
  return {values_BC, values_BC, present_BF, values_BC, split, first};
}

}  // namespace lab
