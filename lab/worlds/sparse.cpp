#include "lab/worlds/sparse.h"

#include <algorithm>
#include <cmath>
#include <string>

#include "lab/worlds/features.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

// `rank` is i, `position` is i/(F−1) in [0, 1].
double probability(const EqualProbabilities& law, double, double) {
  return law.p;
}
double probability(const ZipfProbabilities& law, double rank, double) {
  return std::max(law.least, law.most * std::pow(rank + 1, -law.exponent));
}
double probability(const LinearProbabilities& law, double, double position) {
  return law.most + (law.least - law.most) * position;
}
double probability(const GeometricProbabilities& law, double, double position) {
  return law.most * std::pow(law.least / law.most, position);
}

// Features first … first+size−1, none more frequent than `most` and none less than half as frequent,
// so that at least half of the candidates drawn at `most` are kept.
struct Band {
  std::int64_t first, size;
  double most;
};

std::vector<Band> bands_of(const std::vector<double>& probabilities) {
  std::vector<Band> bands;
  for (std::size_t i = 0; i < probabilities.size() && probabilities[i] > 0; ++i) {
    if (bands.empty() || probabilities[i] < bands.back().most / 2) {
      bands.push_back({static_cast<std::int64_t>(i), 0, probabilities[i]});
    }
    ++bands.back().size;
  }
  return bands;
}

class SparseWorld : public World {
 public:
  SparseWorld(const Sparse& config, std::int64_t seed)
      : magnitude_(config.magnitude),
        probabilities_(probabilities_of(config.probability, config.features)),
        bands_(bands_of(probabilities_)),
        seed_(seed) {
    for (std::int64_t i = 0; i < config.features; ++i) {
      truth_.features.push_back({std::string("f").append(std::to_string(i)), i, 1});
    }
    inputs_ = targets_ = config.features;
  }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    return sample_features(truth_, Sparse::name, seed_, split, first, count,
                           [this](Words& presence, Words& worth, float* values, bool* present) {
                             for (const Band& band : bands_) {
                               sample_band(band, presence, worth, values, present);
                             }
                           });
  }

 private:
  void sample_band(const Band& band, Words& presence, Words& worth, float* values,
                   bool* present) const {
    for_each_hit(presence, band.most, band.size, [&](std::int64_t candidate) {
      const std::int64_t i = band.first + candidate;
      const double p = probabilities_[static_cast<std::size_t>(i)];
      if (p < band.most && !presence.bernoulli(p / band.most)) return;
      values[i] = static_cast<float>(draw_magnitude(magnitude_, worth));
      present[i] = true;
    });
  }

  Magnitude magnitude_;
  std::vector<double> probabilities_;
  std::vector<Band> bands_;
  std::int64_t seed_;
};

}  // namespace

std::vector<double> probabilities_of(const Probabilities& law, std::int64_t features) {
  std::vector<double> result(static_cast<std::size_t>(features));
  const double last = std::max<double>(1, static_cast<double>(features - 1));
  for (std::size_t i = 0; i < result.size(); ++i) {
    const auto rank = static_cast<double>(i);
    result[i] = std::visit([&](const auto& kind) { return probability(kind, rank, rank / last); },
                           law.kind);
  }
  return result;
}

std::unique_ptr<World> make_world(const Sparse& config, std::int64_t seed) {
  return std::make_unique<SparseWorld>(config, seed);
}

}  // namespace lab
