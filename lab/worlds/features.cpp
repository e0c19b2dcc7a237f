#include "lab/worlds/features.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "lab/core/error.h"

namespace lab {

Batch sample_features(const Truth& truth, const std::string& kind, std::int64_t seed,
                      const std::string& split, std::int64_t first, std::int64_t count,
                      const SampleFeatures& sample) {
  if (first < 0 || count < 0) throw InputError("samples: first and count must be at least 0");
  const auto features = static_cast<std::int64_t>(truth.features.size());
  const std::int64_t coordinates = truth.coordinates();
  const std::string name = "world/" + kind + "/" + split;
  const Draw presence(name, seed), worth(name + "/values", seed);
  const at::Tensor values_BC = at::zeros({count, coordinates}, at::kFloat);
  const at::Tensor present_BF = at::zeros({count, features}, at::kBool);
  float* values = values_BC.mutable_data_ptr<float>();
  bool* present = present_BF.mutable_data_ptr<bool>();
  at::parallel_for(0, count, 64, [&](std::int64_t begin, std::int64_t end) {
    for (std::int64_t row = begin; row < end; ++row) {
      const std::int64_t b = first + row;
      Words presence_words = presence.at(static_cast<std::uint64_t>(b)),
            worth_words = worth.at(static_cast<std::uint64_t>(b));
      sample(b, presence_words, worth_words, values + row * coordinates, present + row * features);
    }
  });
  return {values_BC, values_BC, present_BF, values_BC, split, first};
}

}  // namespace lab
