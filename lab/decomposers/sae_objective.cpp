#include "lab/decomposers/sae_objective.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

namespace lab {

std::vector<at::Tensor> SaeParams::list() const {
  std::vector<at::Tensor> all{W_enc_MD, b_enc_M, W_dec_MD, b_dec_D};
  all.insert(all.end(), more.begin(), more.end());
  return all;
}

SaeParams SaeParams::from_list(const std::vector<at::Tensor>& list) {
  return {list.at(0), list.at(1), list.at(2), list.at(3), {list.begin() + 4, list.end()}};
}

double at_moment(double coefficient, double warmup, const SaeMoment& moment) {
  const double ramp = moment.progress < warmup ? moment.progress / warmup : 1;
  return coefficient * ramp * moment.sparsity;
}

at::Tensor Workspace::of(const std::string& name, std::initializer_list<std::int64_t> shape,
                         const at::Tensor& like) {
  at::Tensor& kept = tensors_[name];
  const at::IntArrayRef sizes(shape);
  if (!kept.defined() || kept.sizes() != sizes || kept.device() != like.device()) {
    kept = at::empty(sizes, like.options().dtype(at::kFloat).requires_grad(false));
  }
  return kept;
}

at::Tensor SaeObjective::reconstruction(const SaeParams& params, const at::Tensor& in_BD) const {
  return at::addmm(params.b_dec_D, codes(params, in_BD), params.W_dec_MD);
}

SaeStep SaeObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                    const SaeMoment& moment, SaeParams& grads) const {
  const at::AutoGradMode grad_mode(true);
  std::vector<at::Tensor> leaves;
  for (const at::Tensor& p : params.list()) leaves.push_back(p.detach().requires_grad_(true));
  const SaeParams at_leaves = SaeParams::from_list(leaves);
  leaves.push_back(batch.out_BD.detach().requires_grad_(true));
  const at::Tensor value = loss(at_leaves, {batch.in_BD, leaves.back(), batch.rows}, moment);
  const auto slopes = torch::autograd::grad({value}, leaves, {}, std::nullopt, false, true);

  const at::NoGradGuard no_grad;
  const std::vector<at::Tensor> into = grads.list();
  for (std::size_t i = 0; i < into.size(); ++i) {
    if (slopes[i].defined()) {
      into[i].copy_(slopes[i]);
    } else {
      into[i].zero_();
    }
  }
  const at::Tensor fires_BM = codes(params, batch.in_BD) != 0;
  const at::Tensor error_BD = batch.out_BD - reconstruction(params, batch.in_BD);
  const double B = static_cast<double>(batch.in_BD.size(0));
  return {value.item<double>(), error_BD.square().sum().item<double>() / B,
          fires_BM.sum().item<double>() / B, fires_BM.any(0),
          slopes.back().defined() ? slopes.back().neg() : at::zeros_like(batch.out_BD)};
}

}  // namespace lab
