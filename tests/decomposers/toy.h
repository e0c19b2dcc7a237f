// A world and a subject small enough to know everything about: independent features, each present
// with probability p and of a value uniform in [low, high], placed along given directions.
#pragma once

#include <ATen/ATen.h>

#include <string>
#include <utility>
#include <vector>

#include "lab/decomposers/decomposer.h"

namespace lab::toy {

class ToyWorld : public World {
 public:
  ToyWorld(std::int64_t features, double p, double low = 0.5, double high = 1.5)
      : p_(p), low_(low), high_(high) {
    inputs_ = features;
    for (std::int64_t f = 0; f < features; ++f) {
      truth_.features.push_back({std::to_string(f), f, 1});
    }
  }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    const at::Tensor here = uniforms(Draw("toy/present/" + split, 0), first, count, inputs_) < p_;
    const at::Tensor size = uniforms(Draw("toy/size/" + split, 0), first, count, inputs_);
    Batch batch;
    batch.values_BC = (size * (high_ - low_) + low_) * here;
    batch.inputs_BN = batch.values_BC;
    batch.present_BF = here;
    batch.split = split;
    batch.first = first;
    return batch;
  }

 private:
  double p_, low_, high_;
};

// acts = values · directions + bias at the tap "embed"; the tap "twice" holds them · out.
class ToySubject : public Subject {
 public:
  explicit ToySubject(const at::Tensor& directions_CD, const at::Tensor& bias_D = {},
                      const at::Tensor& out_DE = {})
      : directions_(directions_CD),
        bias_(bias_D.defined() ? bias_D : at::zeros({directions_CD.size(1)})),
        out_(out_DE),
        taps_{{"embed", directions_CD.size(1)}} {
    if (out_.defined()) taps_.push_back({"twice", out_.size(1)});
  }

  const std::vector<Tap>& taps() const override { return taps_; }
  std::string default_tap() const override { return "embed"; }
  at::Tensor run(const Batch& batch, const Hook& hook = {}) const override {
    at::Tensor acts = at::addmm(bias_, batch.values_BC, directions_);
    if (hook) acts = hook("embed", acts);
    if (!out_.defined()) return acts;
    acts = at::mm(acts, out_);
    return hook ? hook("twice", acts) : acts;
  }
  std::optional<at::Tensor> loss(const at::Tensor&, const Batch&) const override { return {}; }
  std::optional<double> decision_threshold() const override { return {}; }
  std::optional<Planted> planted(const std::string&) const override {
    return Planted{directions_, bias_};
  }
  const std::vector<Relation>& relations() const override { return relations_; }
  Tensors weights() const override { return {}; }
  void set_weights(const Tensors&) override {}
  Record train(const World&, const StopToken&) override { return {}; }

 private:
  at::Tensor directions_, bias_, out_;
  std::vector<Tap> taps_;
  std::vector<Relation> relations_;
};

// World, subject and site together, and what a decomposer sees of them.
struct Toy {
  ToyWorld world;
  ToySubject subject;
  Site site;
  StopToken stop;

  Toy(ToyWorld w, ToySubject s, const SiteConfig& taps = {})
      : world(std::move(w)), subject(std::move(s)), site(subject, taps) {}
  FitData data() const { return {world, subject, site, subject.planted("embed"), stop}; }
  at::Tensor acts(std::int64_t count = 4096) const {
    return site.acts(world.sample("eval", 0, count)).in_BD;
  }
};

inline at::Tensor random(std::int64_t rows, std::int64_t columns, std::int64_t seed = 0) {
  return normals(Draw("test/random", seed), 0, rows, columns);
}

inline at::Tensor orthonormal(std::int64_t rows, std::int64_t columns, std::int64_t seed = 0) {
  const auto [q, r] = at::linalg_qr(random(columns, columns, seed).to(at::kDouble));
  return q.t().narrow(0, 0, rows).to(at::kFloat).contiguous();
}

inline double fvu(const at::Tensor& x_BD, const at::Tensor& xhat_BD) {
  const at::Tensor x = x_BD.to(at::kDouble);
  return ((x - xhat_BD).square().sum() / (x - x.mean(0)).square().sum()).item<double>();
}

inline double largest(const at::Tensor& x) {
  return x.abs().max().item<double>();
}

// For every feature the largest cosine with an atom; the least of them.
inline double worst_cosine(const at::Tensor& atoms_MD, const at::Tensor& directions_CD) {
  return std::get<0>(cosines(directions_CD, atoms_MD).max(1)).min().item<double>();
}

}  // namespace lab::toy
