#include "lab/worlds/sparse.h"

#include <algorithm>
#include <cmath>
#include <optional>
#include <string>

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include "lab/core/rng.h"
#include "lab/tensors/tensors.h"
#include "lab/worlds/dense_presence.h"
#include "lab/worlds/features.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

// i/(F−1) in [0, 1].
double position(double rank, double features) {
  return rank / std::max(1., features - 1);
}

// `rank` is i, `features` F.
double probability(const EqualProbabilities& law, double, double) {
  return law.p;
}
double probability(const ZipfProbabilities& law, double rank, double) {
  return std::max(law.least, law.most * std::pow(rank + 1, -law.exponent));
}
double probability(const LinearProbabilities& law, double rank, double features) {
  return law.most + (law.least - law.most) * position(rank, features);
}
double probability(const GeometricProbabilities& law, double rank, double features) {
  return law.most * std::pow(law.least / law.most, position(rank, features));
}
double probability(const ExactlyPresent& law, double, double features) {
  return static_cast<double>(law.k) / features;
}

// Features first … first+size−1, none more frequent than `most` and none less than half as frequent,
// so that at least half of the candidates drawn at `most` are kept.
struct Band {
  std::int64_t first, size;
  double most;
  Geometric gaps;  // of candidates
};

std::vector<Band> bands_of(const std::vector<double>& probabilities) {
  std::vector<Band> bands;
  for (std::size_t i = 0; i < probabilities.size() && probabilities[i] > 0; ++i) {
    if (bands.empty() || probabilities[i] < bands.back().most / 2) {
      bands.push_back(
          {static_cast<std::int64_t>(i), 0, probabilities[i], Geometric(probabilities[i])});
    }
    ++bands.back().size;
  }
  return bands;
}

// Features that are more frequent than this are drawn with a word each: it costs less than the gaps.
constexpr double kDense = 1.0 / 16;

// How many features, from the first on, lie in bands that are drawn so.
std::size_t dense_features(const std::vector<Band>& bands) {
  std::int64_t features = 0;
  for (const Band& band : bands) {
    if (band.most > kDense) features = band.first + band.size;
  }
  return static_cast<std::size_t>(features);
}

std::optional<std::int64_t> exactly(const Probabilities& law) {
  const auto* exactly = std::get_if<ExactlyPresent>(&law.kind);
  return exactly != nullptr ? std::optional(exactly->k) : std::nullopt;
}

class SparseWorld : public World {
 public:
  SparseWorld(const Sparse& config, std::int64_t seed)
      : magnitude_(config.magnitude),
        exactly_(exactly(config.probability)),
        probabilities_(probabilities_of(config.probability, config.features)),
        bands_(exactly_ ? std::vector<Band>{} : bands_of(probabilities_)),
        dense_({probabilities_.data(), dense_features(bands_)}),
        targets_of_(config.targets),
        seed_(seed) {
    if (config.mixing_width > 0) {
      const Draw draw("world/sparse/mixing", seed);
      const at::Tensor embed_FD = unit_rows(normals(draw, 0, config.features, config.mixing_width));
      mixing_FF_ = at::eye(config.features) - embed_FD.mm(embed_FD.t());
      mixing_FF_.fill_diagonal_(0);  // exactly: unit vectors are so to rounding
    }
    std::erase_if(bands_, [](const Band& band) { return band.most > kDense; });
    for (std::int64_t i = 0; i < config.features; ++i) {
      truth_.features.push_back({std::string("f").append(std::to_string(i)), i, 1});
    }
    inputs_ = targets_ = config.features;
  }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    Batch batch = sample_features(
        truth_, Sparse::name, seed_, split, first, count,
        [this](std::int64_t, Words& presence, Words& worth, float* values, bool* present) {
          if (exactly_) sample_exactly(*exactly_, presence, worth, values, present);
          for (const Band& band : bands_) {
            sample_band(band, presence, worth, values, present);
          }
        });
    if (dense_.size() > 0) sample_dense(batch);
    // Values are targets too, in one memory, until here.
    if (targets_of_ == "relu") batch.targets_BT = at::relu(batch.values_BC);
    if (targets_of_ == "plus_relu") batch.targets_BT = batch.values_BC + at::relu(batch.values_BC);
    if (mixing_FF_.defined()) batch.targets_BT = batch.targets_BT + batch.values_BC.mm(mixing_FF_);
    return batch;
  }

 private:
  void sample_exactly(std::int64_t k, Words& presence, Words& worth, float* values,
                      bool* present) const {
    for (const std::int64_t i : presence.choice(inputs(), k)) {
      values[i] = static_cast<float>(draw_magnitude(magnitude_, worth));
      present[i] = true;
    }
  }

  void sample_band(const Band& band, Words& presence, Words& worth, float* values,
                   bool* present) const {
    for_each_hit(presence, band.gaps, band.size, [&](std::int64_t candidate) {
      const std::int64_t i = band.first + candidate;
      const double p = probabilities_[static_cast<std::size_t>(i)];
      if (p < band.most && !presence.bernoulli(p / band.most)) return;
      values[i] = static_cast<float>(draw_magnitude(magnitude_, worth));
      present[i] = true;
    });
  }

  // Fills in the frequent features.
  void sample_dense(const Batch& batch) const {
    const std::string name = std::string("world/sparse/") + batch.split + "/dense";
    const Draw draw(name, seed_), worth(name + "/values", seed_);
    const std::int64_t stride = batch.values_BC.size(1);
    float* values = batch.values_BC.mutable_data_ptr<float>();
    bool* present = batch.present_BF.mutable_data_ptr<bool>();
    const auto* uniform = std::get_if<UniformMagnitude>(&magnitude_.kind);
    const auto* constant = std::get_if<ConstantMagnitude>(&magnitude_.kind);
    const double low = uniform ? uniform->low : constant ? constant->value : 1;
    const double high = uniform ? uniform->high : low;
    at::parallel_for(0, batch.values_BC.size(0), 64, [&](std::int64_t begin, std::int64_t end) {
      dense_.fill(draw, batch.first + begin, end - begin, stride, static_cast<float>(low),
                  static_cast<float>(high), values + begin * stride, present + begin * stride);
      if (uniform || constant) return;
      for (std::int64_t row = begin; row < end; ++row) {
        Words words = worth.at(static_cast<std::uint64_t>(batch.first + row));
        for (std::int64_t i = row * stride; i < row * stride + dense_.size(); ++i) {
          if (present[i]) values[i] = static_cast<float>(draw_magnitude(magnitude_, words));
        }
      }
    });
  }

  Magnitude magnitude_;
  std::optional<std::int64_t> exactly_;  // so many features in each sample
  std::vector<double> probabilities_;
  std::vector<Band> bands_;  // of the rare features
  DensePresence dense_;      // of the frequent ones, which come first
  std::string targets_of_;   // the function
  at::Tensor mixing_FF_;     // undefined when targets are not mixed
  std::int64_t seed_;
};

}  // namespace

std::vector<double> probabilities_of(const Probabilities& law, std::int64_t features) {
  std::vector<double> result(static_cast<std::size_t>(features));
  for (std::size_t i = 0; i < result.size(); ++i) {
    result[i] = std::visit(
        [&](const auto& kind) {
          return probability(kind, static_cast<double>(i), static_cast<double>(features));
        },
        law.kind);
  }
  return result;
}

std::unique_ptr<World> make_world(const Sparse& config, std::int64_t seed) {
  return std::make_unique<SparseWorld>(config, seed);
}

}  // namespace lab
