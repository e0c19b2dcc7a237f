#include "lab/subjects/two_tokens.h"

#include <ATen/ATen.h>

#include "lab/core/error.h"
#include "lab/subjects/weights.h"
#include "lab/worlds/world.h"

namespace lab {

TwoTokenSubject::TwoTokenSubject(const std::string& kind, const TrainingConfig& training,
                                 const World& world, std::int64_t seed)
    : tokens_(world.inputs() / 2), targets_(world.targets()), training_(training), seed_(seed) {
  if (world.inputs() < 2 || world.inputs() % 2 != 0 || world.targets() < 1) {
    throw InputError(kind +
                     ": needs a world whose inputs are two tokens of one size and that has " +
                     "targets (residues); this one has " + std::to_string(world.inputs()) +
                     " inputs and " + std::to_string(world.targets()) + " targets");
  }
}

std::optional<at::Tensor> TwoTokenSubject::loss(const at::Tensor& output_BT,
                                                const Batch& batch) const {
  return mean_loss(training_.loss, output_BT, batch.targets_BT);
}

std::optional<double> TwoTokenSubject::decision_threshold() const {
  return lab::decision_threshold(training_.loss);
}

Tensors TwoTokenSubject::weights() const {
  Tensors weights;
  for (std::size_t i = 0; i < names_.size(); ++i) weights[names_[i]] = params_[i];
  return weights;
}

void TwoTokenSubject::set_weights(const Tensors& weights) {
  params_ = checked_weights(weights, names_, params_);
}

Record TwoTokenSubject::train(const World& world, const StopToken& stop) {
  const Forward network = [this](const std::vector<at::Tensor>& params, const Batch& batch) {
    return forward(params, batch, {});
  };
  return lab::train(training_, world, network, params_, stop, seed_);
}

void TwoTokenSubject::add(const std::string& name, const at::Tensor& param) {
  names_.push_back(name);
  params_.push_back(param.size(-1) == 1 && param.dim() == 2 ? param.flatten() : param);
}

void TwoTokenSubject::add_normal(const std::string& name, std::int64_t rows, std::int64_t columns,
                                 double sd) {
  add(name, normals(Draw("subject/init/" + name, seed_), 0, rows, columns) * sd);
}

void TwoTokenSubject::add_uniform(const std::string& name, std::int64_t rows, std::int64_t columns,
                                  double bound) {
  add(name, (2 * uniforms(Draw("subject/init/" + name, seed_), 0, rows, columns) - 1) * bound);
}

}  // namespace lab
