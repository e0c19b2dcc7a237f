// What the subjects on two tokens share: named parameters, their training by autograd, and the embedding.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lab/subjects/subject.h"
#include "lab/subjects/training.h"

namespace lab {

class TwoTokenSubject : public Subject {
 public:
  // `kind` is named in errors. Throws InputError when the world has nothing to learn or an odd number of
  // inputs.
  TwoTokenSubject(const std::string& kind, const TrainingConfig& training, const World& world,
                  std::int64_t seed);

  const std::vector<Tap>& taps() const override { return taps_; }
  std::string default_tap() const override { return taps_[taps_.size() - 2].name; }
  at::Tensor run(const Batch& batch, const Hook& hook) const override {
    return forward(params_, batch, hook);
  }
  std::optional<at::Tensor> loss(const at::Tensor& output_BT, const Batch& batch) const override;
  std::optional<double> decision_threshold() const override;
  std::optional<Planted> planted(const std::string&) const override { return std::nullopt; }
  const std::vector<Relation>& relations() const override { return relations_; }
  Tensors weights() const override;
  void set_weights(const Tensors& weights) override;
  Record train(const World& world, const StopToken& stop) override;

 protected:
  virtual at::Tensor forward(const std::vector<at::Tensor>& params, const Batch& batch,
                             const Hook& hook) const = 0;

  // Parameter `name` [rows, columns], drawn: N(0, sd²), or uniform in ±bound. One column is a vector [rows].
  void add_normal(const std::string& name, std::int64_t rows, std::int64_t columns, double sd);
  void add_uniform(const std::string& name, std::int64_t rows, std::int64_t columns, double bound);
  void add(const std::string& name, const at::Tensor& param);

  std::int64_t tokens_, targets_;  // p, T
  std::vector<Tap> taps_;

 private:
  TrainingConfig training_;
  std::int64_t seed_;
  std::vector<std::string> names_;
  std::vector<at::Tensor> params_;
  std::vector<Relation> relations_;
};

}  // namespace lab
