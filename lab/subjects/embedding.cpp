#include "lab/subjects/embedding.h"

#include <ATen/ATen.h>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/placements/placement.h"
#include "lab/subjects/sparse_rows.h"
#include "lab/subjects/subject.h"
#include "lab/subjects/tapped.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

class EmbeddingSubject final : public Subject {
 public:
  EmbeddingSubject(const Embedding& config, const World& world, std::int64_t seed)
      : placed_(place(config.placement, world.truth(), config.width, seed)),
        taps_{{"embed", config.width}},
        noise_(config.noise),
        seed_(seed) {
    if (config.bias > 0) {
      bias_1D_ = unit_rows(normals(Draw("subject/bias", seed), 0, 1, config.width)) * config.bias;
    }
    if (config.norm_sd > 0) stretch(world.truth(), config.norm_sd);
  }

  const std::vector<Tap>& taps() const override { return taps_; }
  std::string default_tap() const override { return "embed"; }

  at::Tensor run(const Batch& batch, const Hook& hook) const override {
    at::Tensor acts_BD = times_sparse_rows(batch.values_BC, placed_.frames_CD);
    if (bias_1D_.defined()) acts_BD = acts_BD + bias_1D_;
    if (noise_ > 0) {
      const Draw draw("subject/noise/" + batch.split, seed_);
      acts_BD =
          at::add(acts_BD, normals(draw, batch.first, acts_BD.size(0), acts_BD.size(1)), noise_);
    }
    return tapped(hook, "embed", acts_BD);
  }

  std::optional<at::Tensor> loss(const at::Tensor&, const Batch&) const override {
    return std::nullopt;
  }
  std::optional<double> decision_threshold() const override { return std::nullopt; }

  std::optional<Planted> planted(const std::string& tap) const override {
    if (!has_tap(tap)) return std::nullopt;
    const at::Tensor offset_D =
        bias_1D_.defined() ? bias_1D_[0] : at::zeros({placed_.frames_CD.size(1)});
    return Planted{placed_.frames_CD, offset_D};
  }
  const std::vector<Relation>& relations() const override { return placed_.relations; }

  Tensors weights() const override { return {}; }
  void set_weights(const Tensors& weights) override {
    if (!weights.empty()) {
      throw InputError("an embedding has no weights, got '" + weights.begin()->first + "'");
    }
  }
  Record train(const World&, const StopToken&) override { return {}; }

 private:
  void stretch(const Truth& truth, double sd) {
    const auto features = static_cast<std::int64_t>(truth.features.size());
    const at::Tensor lengths_F1 = normals(Draw("subject/norms", seed_), 0, features, 1) * sd + 1;
    for (std::int64_t i = 0; i < features; ++i) {
      const Feature& feature = truth.features[static_cast<std::size_t>(i)];
      placed_.frames_CD.narrow(0, feature.first, feature.width).mul_(lengths_F1[i]);
    }
  }

  Placed placed_;
  std::vector<Tap> taps_;
  double noise_;
  std::int64_t seed_;
  at::Tensor bias_1D_;  // undefined without a bias
};

}  // namespace

std::unique_ptr<Subject> make_subject(const Embedding& config, const World& world,
                                      std::int64_t seed) {
  return std::make_unique<EmbeddingSubject>(config, world, seed);
}

bool uses_seed(const Embedding& config) {
  return config.noise > 0 || config.bias > 0 || config.norm_sd > 0 || uses_seed(config.placement);
}

}  // namespace lab
