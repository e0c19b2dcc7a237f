#include "lab/scores/reconstruction.h"

#include <ATen/ATen.h>

#include <cmath>
#include <numbers>

#include "lab/core/error.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

constexpr double shortest = 1e-6;  // activations below have no meaningful ratio of norms

Score ratio(double above, double below, const std::string& reason) {
  return below == 0 ? Score::absent(reason) : Score::of(above / below);
}

}  // namespace

Scores reconstruction_scores(const at::Tensor& acts_BD, const at::Tensor& reconstruction_BD) {
  if (acts_BD.sizes() != reconstruction_BD.sizes())
    throw InputError("reconstruction_scores: activations and reconstruction differ in shape");
  if (acts_BD.size(0) == 0)
    return all_absent({"mse", "fvu", "explained_variance", "shrinkage", "l2_ratio",
                       "relative_reconstruction_bias"},
                      "there are no samples");
  const at::Tensor x = score_input(acts_BD, "the activations");
  const at::Tensor y = score_input(reconstruction_BD, "the reconstruction");
  const auto value = [](const at::Tensor& t) { return t.item<double>(); };
  const double error = value((x - y).square().sum());
  const bool constant = value((x == x.narrow(0, 0, 1)).all()) != 0;
  const double variance = constant ? 0 : value((x - x.mean(0, true)).square().sum());
  const at::Tensor x_norms = x.norm(2, 1), y_norms = y.norm(2, 1);
  const at::Tensor long_enough = x_norms > shortest;
  const double counted = value(long_enough.sum());
  Scores scores;
  scores["mse"] = Score::of(error / static_cast<double>(x.size(0)));
  scores["fvu"] = ratio(error, variance, "the activations are constant");
  scores["explained_variance"] =
      scores["fvu"].present ? Score::of(1 - scores["fvu"].value) : scores["fvu"];
  scores["shrinkage"] =
      ratio(value((y_norms / x_norms.clamp_min(shortest)).masked_select(long_enough).sum()),
            counted, "no activation is longer than 1e-6");
  scores["l2_ratio"] = ratio(value(y_norms.sum()), value(x_norms.sum()), "all activations are 0");
  scores["relative_reconstruction_bias"] = ratio(value(y.square().sum()), value((x * y).sum()),
                                                 "activations and reconstruction are orthogonal");
  return scores;
}

Scores sparsity_scores(const at::Tensor& codes_BM) {
  if (codes_BM.size(0) == 0) return all_absent({"l0", "dead"}, "there are no samples");
  require_finite(codes_BM, "the codes");
  const at::Tensor fires_M = (codes_BM.detach() != 0).sum(0).to(at::kDouble);
  return {{"l0", Score::of(fires_M.sum().item<double>() / static_cast<double>(codes_BM.size(0)))},
          {"dead", Score::of((fires_M == 0).sum().item<double>())}};
}

Scores no_sparsity_scores() {
  return all_absent({"l0", "dead"}, "the codes are signed or dense, so latents do not fire");
}

Score code_bits(double l0, std::int64_t latents, double bits_per_code) {
  const double M = static_cast<double>(latents);
  if (!(l0 >= 0 && l0 <= M)) throw InputError("code_bits: l0 must lie between 0 and the latents");
  const at::Tensor logs =
      at::tensor({M + 1, l0 + 1, M - l0 + 1}, at::kDouble).lgamma();  // of factorials
  const double* log = logs.const_data_ptr<double>();
  return Score::of((log[0] - log[1] - log[2]) / std::numbers::ln2 + l0 * bits_per_code);
}

Score code_l1(const at::Tensor& codes_BM, const at::Tensor& atoms_MD) {
  if (codes_BM.size(1) != atoms_MD.size(0))
    throw InputError("code_l1: there must be a code for each atom");
  if (codes_BM.size(0) == 0) return Score::absent("there are no samples");
  const at::Tensor norms_M = score_input(atoms_MD, "the atoms").norm(2, 1);
  return Score::of(score_input(codes_BM, "the codes").abs().mean(0).dot(norms_M).item<double>());
}

Score true_l0(const at::Tensor& present_BF) {
  if (present_BF.size(0) == 0) return Score::absent("there are no samples");
  return Score::of((present_BF != 0).sum().item<double>() /
                   static_cast<double>(present_BF.size(0)));
}

Score loss_recovered(double loss_zero, double loss_reconstruction, double loss_own) {
  if (!std::isfinite(loss_zero) || !std::isfinite(loss_reconstruction) || !std::isfinite(loss_own))
    throw Failure("a loss is not finite");
  const double gap = loss_zero - loss_own;
  if (gap <= 1e-12 * (1 + std::fabs(loss_own)))
    return Score::absent("the task loss does not rise when the tap is emptied");
  return Score::of((loss_zero - loss_reconstruction) / gap);
}

}  // namespace lab
