#include "lab/subjects/toy_objective.h"

#include <ATen/ATen.h>

#include <limits>
#include <memory>

#include "lab/subjects/toy_kernels.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

// Memory that a step writes and the next one writes again.
struct Scratch {
  at::Tensor hidden_BM, pre_BN, hidden_gradient_BM, loss_N, weight_N;

  void fit(std::int64_t batch, std::int64_t hidden, const at::Tensor& importance_N) {
    if (hidden_BM.defined() && hidden_BM.size(0) == batch) return;
    const std::int64_t inputs = importance_N.size(0);
    hidden_BM = at::empty({batch, hidden});
    pre_BN = at::empty({batch, inputs});
    hidden_gradient_BM = at::empty({batch, hidden});
    loss_N = at::empty({inputs});
    weight_N = importance_N / static_cast<double>(batch * inputs);
  }
};

// Turns scratch.pre_BN from pre-activations into gradients; returns the loss and fills the bias's
// gradients.
double elementwise(const ToyObjective& objective, const at::Tensor& x_BN, const at::Tensor& bias_N,
                   Scratch& scratch, const at::Tensor& bias_gradient_N) {
  constexpr float kNone = -std::numeric_limits<float>::infinity();
  const ToyPass pass{x_BN.size(0),
                     x_BN.size(1),
                     x_BN.const_data_ptr<float>(),
                     bias_N.const_data_ptr<float>(),
                     scratch.weight_N.const_data_ptr<float>(),
                     objective.relu ? 0.0F : kNone,
                     scratch.pre_BN.mutable_data_ptr<float>(),
                     scratch.loss_N.mutable_data_ptr<float>(),
                     bias_gradient_N.mutable_data_ptr<float>()};
  if (objective.power == 2) {
    square_pass(pass);
  } else {
    power_pass(pass, objective.power);
  }
  double loss = 0;
  for (std::int64_t i = 0; i < pass.inputs; ++i) loss += pass.loss_N[i];
  return loss;
}

LossAndGradients step_by_hand(const ToyObjective& objective, const std::vector<at::Tensor>& params,
                              const Batch& batch, Scratch& scratch) {
  const at::NoGradGuard no_gradients;
  const at::Tensor x_BN = batch.inputs_BN.contiguous();
  const at::Tensor& encoder_MN = params[0];
  const at::Tensor decoder_MN = objective.decoder(params);
  scratch.fit(x_BN.size(0), encoder_MN.size(0), objective.importance_N);
  at::mm_out(scratch.hidden_BM, x_BN, encoder_MN.t());
  at::mm_out(scratch.pre_BN, scratch.hidden_BM, decoder_MN);

  const at::Tensor bias_gradient_N = at::empty({x_BN.size(1)});
  LossAndGradients result;
  result.loss = elementwise(objective, x_BN, objective.bias(params), scratch, bias_gradient_N);
  const at::Tensor& gradient_BN = scratch.pre_BN;
  at::mm_out(scratch.hidden_gradient_BM, gradient_BN, decoder_MN.t());

  at::Tensor decoder_gradient_MN = at::mm(scratch.hidden_BM.t(), gradient_BN);
  if (objective.tied) {
    decoder_gradient_MN.addmm_(scratch.hidden_gradient_BM.t(), x_BN);
    result.gradients = {decoder_gradient_MN};
  } else {
    result.gradients = {at::mm(scratch.hidden_gradient_BM.t(), x_BN), decoder_gradient_MN};
  }
  if (objective.bias_learned) result.gradients.push_back(bias_gradient_N);
  return result;
}

}  // namespace

ToyObjective::ToyObjective(const ToyAutoencoder& config, std::int64_t inputs)
    : tied(config.tied), relu(config.activation == "relu"), bias_learned(config.bias == "learned") {
  const auto* loss = std::get_if<PowerLoss>(&config.training.loss.kind);
  power = loss == nullptr ? 2 : loss->p;
  if (!bias_learned) fixed_bias_N = at::full({inputs}, config.bias_value, at::kFloat);
  importance_N = at::tensor(importances_of(config.importance, inputs), at::kFloat);
}

at::Tensor ToyObjective::decoder(const std::vector<at::Tensor>& params) const {
  return params[tied ? 0 : 1];
}

at::Tensor ToyObjective::bias(const std::vector<at::Tensor>& params) const {
  return bias_learned ? params.back() : fixed_bias_N;
}

at::Tensor ToyObjective::decode(const std::vector<at::Tensor>& params,
                                const at::Tensor& hidden_BM) const {
  const at::Tensor pre_BN = at::addmm(bias(params), hidden_BM, decoder(params));
  return relu ? at::relu(pre_BN) : pre_BN;
}

at::Tensor ToyObjective::mean_loss(const at::Tensor& output_BN, const at::Tensor& x_BN) const {
  const at::Tensor error_BN = output_BN - x_BN;
  const at::Tensor cost_BN = power == 2 ? error_BN.square() : error_BN.abs().pow(power);
  return (importance_N * cost_BN).mean();
}

Loss ToyObjective::definition() const {
  return [objective = *this](const std::vector<at::Tensor>& params, const Batch& batch) {
    const at::Tensor hidden_BM = batch.inputs_BN.mm(params[0].t());
    return objective.mean_loss(objective.decode(params, hidden_BM), batch.inputs_BN);
  };
}

Gradient ToyObjective::by_hand() const {
  const auto scratch = std::make_shared<Scratch>();
  return [objective = *this, scratch](const std::vector<at::Tensor>& params, const Batch& batch) {
    return step_by_hand(objective, params, batch, *scratch);
  };
}

}  // namespace lab
