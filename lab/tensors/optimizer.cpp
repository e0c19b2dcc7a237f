#include "lab/tensors/optimizer.h"

#include <ATen/core/Tensor.h>
#include <ATen/core/grad_mode.h>
#include <ATen/ops/_fused_adam.h>
#include <ATen/ops/_fused_adamw.h>
#include <ATen/ops/_fused_sgd.h>
#include <ATen/ops/zeros.h>
#include <ATen/ops/zeros_like.h>

#include <algorithm>
#include <cmath>
#include <numbers>
#include <utility>

namespace lab {
namespace {

double cosine_factor(double final_share, std::int64_t step, std::int64_t steps) {
  const double done = steps > 0 ? static_cast<double>(step) / static_cast<double>(steps) : 0;
  return final_share + (1 - final_share) * (1 + std::cos(std::numbers::pi * done)) / 2;
}

double factor(const Constant&, std::int64_t, std::int64_t) {
  return 1;
}

double factor(const Cosine& cosine, std::int64_t step, std::int64_t steps) {
  return cosine_factor(cosine.final_share, step, steps);
}

double factor(const Warmup& warmup, std::int64_t step, std::int64_t steps) {
  if (step < warmup.warmup) {
    return static_cast<double>(step + 1) / static_cast<double>(warmup.warmup);
  }
  if (warmup.then == "constant") return 1;
  return cosine_factor(warmup.final_share, step - warmup.warmup, steps - warmup.warmup);
}

double factor(const Step& fall, std::int64_t step, std::int64_t steps) {
  return static_cast<double>(step) < fall.at * static_cast<double>(steps) ? 1 : fall.factor;
}

double factor(const WarmupStableDecay& wsd, std::int64_t step, std::int64_t steps) {
  const double rise =
      step < wsd.warmup ? static_cast<double>(step + 1) / static_cast<double>(wsd.warmup) : 1;
  const double fall = wsd.decay * static_cast<double>(steps);
  const double left = static_cast<double>(steps - step);
  return std::min(rise, left < fall ? 1 - (1 - wsd.final_share) * (1 - left / fall) : 1);
}

std::vector<at::Tensor> zeros_of(const std::vector<at::Tensor>& params) {
  std::vector<at::Tensor> zeros;
  for (const at::Tensor& p : params)
    zeros.push_back(at::zeros_like(p, p.options().requires_grad(false)));
  return zeros;
}

// Whether gradients lie in memory as their parameters do. The fused kernels read raw memory: with other strides
// (a transposed gradient) they would take one number for another.
bool laid_out(const std::vector<at::Tensor>& grads, const std::vector<at::Tensor>& params) {
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (grads[i].strides() != params[i].strides()) return false;
  }
  return true;
}

std::vector<at::Tensor> laid_out_copies(const std::vector<at::Tensor>& grads,
                                        const std::vector<at::Tensor>& params) {
  std::vector<at::Tensor> copies = zeros_of(params);
  for (std::size_t i = 0; i < params.size(); ++i) copies[i].copy_(grads[i]);
  return copies;
}

// `means` is empty without momentum.
void sign_step(const SignSgd& config, const std::vector<at::Tensor>& params,
               const std::vector<at::Tensor>& grads, const std::vector<at::Tensor>& means,
               double lr) {
  for (std::size_t i = 0; i < params.size(); ++i) {
    if (!means.empty()) means[i].lerp_(grads[i], 1 - config.momentum);
    if (config.weight_decay > 0) params[i].mul_(1 - lr * config.weight_decay);
    params[i].sub_((means.empty() ? grads[i] : means[i]).sign(), lr);
  }
}

}  // namespace

double schedule_factor(const ScheduleConfig& schedule, std::int64_t step, std::int64_t steps) {
  return std::visit([&](const auto& kind) { return factor(kind, step, steps); }, schedule.kind);
}

Optimizer::Optimizer(const OptimizerConfig& config, std::vector<at::Tensor> params)
    : config_(config), params_(std::move(params)) {
  const at::NoGradGuard no_grad;
  const auto* sgd = std::get_if<Sgd>(&config_.kind);
  const auto* signs = std::get_if<SignSgd>(&config_.kind);
  const bool adaptive = sgd == nullptr && signs == nullptr;
  const double momentum = sgd != nullptr ? sgd->momentum : signs != nullptr ? signs->momentum : 0;
  if (adaptive || momentum > 0) first_ = zeros_of(params_);
  if (adaptive) {
    second_ = zeros_of(params_);
    if (!params_.empty()) {  // all share one counter
      counts_.assign(
          params_.size(),
          at::zeros({}, params_.front().options().dtype(at::kFloat).requires_grad(false)));
    }
  }
}

void Optimizer::step(const std::vector<at::Tensor>& given, double lr) {
  if (params_.empty()) return;
  const at::NoGradGuard no_grad;
  std::vector<at::Tensor> copies;
  if (!laid_out(given, params_)) copies = laid_out_copies(given, params_);
  const std::vector<at::Tensor>& grads = copies.empty() ? given : copies;
  if (const auto* sgd = std::get_if<Sgd>(&config_.kind)) {
    at::_fused_sgd_(params_, grads, first_, sgd->weight_decay, sgd->momentum, lr, /*dampening=*/0,
                    sgd->nesterov, /*maximize=*/false, /*is_first_step=*/!started_);
    started_ = true;
    return;
  }
  if (const auto* signs = std::get_if<SignSgd>(&config_.kind)) {
    sign_step(*signs, params_, grads, first_, lr);
    return;
  }
  if (counts_.front()
          .is_cpu()) {  // an operation of LibTorch costs as much as a small tensor's update
    ++*counts_.front().data_ptr<float>();
  } else {
    counts_.front().add_(1);
  }
  if (const auto* adam = std::get_if<Adam>(&config_.kind)) {
    at::_fused_adam_(params_, grads, first_, second_, {}, counts_, lr, adam->beta1, adam->beta2,
                     adam->weight_decay, adam->eps, /*amsgrad=*/false, /*maximize=*/false);
  } else {
    const auto& adamw = std::get<AdamW>(config_.kind);
    at::_fused_adamw_(params_, grads, first_, second_, {}, counts_, lr, adamw.beta1, adamw.beta2,
                      adamw.weight_decay, adamw.eps, /*amsgrad=*/false, /*maximize=*/false);
  }
}

}  // namespace lab
