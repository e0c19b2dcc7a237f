#include "lab/scores/sums.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "lab/core/error.h"
#include "lab/scores/assignment.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

constexpr double shortest = 1e-6;  // activations below have no meaningful ratio of norms

Score ratio(double above, double below, const std::string& reason) {
  return below == 0 ? Score::absent(reason) : Score::of(above / below);
}

double value(const at::Tensor& x) {
  return x.item<double>();
}

}  // namespace

void ReconstructionSums::add(const at::Tensor& acts_BD, const at::Tensor& reconstruction_BD) {
  if (acts_BD.sizes() != reconstruction_BD.sizes())
    throw InputError("reconstruction_scores: activations and reconstruction differ in shape");
  if (acts_BD.size(0) == 0) return;
  const at::Tensor x = score_input(acts_BD, "the activations");
  const at::Tensor y = score_input(reconstruction_BD, "the reconstruction");
  const at::Tensor mean_1D = x.mean(0, true);
  if (samples_ == 0) first_1D_ = x.narrow(0, 0, 1).clone(), mean_1D_ = mean_1D;
  constant_ = constant_ && (x == first_1D_).all().item<bool>();
  const double before = static_cast<double>(samples_), here = static_cast<double>(x.size(0));
  const at::Tensor apart = mean_1D - mean_1D_;
  variance_ += value((x - mean_1D).square().sum()) +
               value(apart.square().sum()) * before * here / (before + here);
  mean_1D_ = mean_1D_ + apart * (here / (before + here));
  samples_ += x.size(0);

  error_ += value((x - y).square().sum());
  const at::Tensor x_norms = x.norm(2, 1), y_norms = y.norm(2, 1);
  const at::Tensor long_enough = x_norms > shortest;
  long_enough_ += long_enough.sum().item<std::int64_t>();
  ratios_ += value((y_norms / x_norms.clamp_min(shortest)).masked_select(long_enough).sum());
  x_norms_ += value(x_norms.sum());
  y_norms_ += value(y_norms.sum());
  y_squares_ += value(y.square().sum());
  products_ += value((x * y).sum());
}

Scores ReconstructionSums::scores() const {
  if (samples_ == 0)
    return all_absent({"mse", "fvu", "explained_variance", "shrinkage", "l2_ratio",
                       "relative_reconstruction_bias"},
                      "there are no samples");
  const Score fvu = ratio(error_, constant_ ? 0 : variance_, "the activations are constant");
  return {{"mse", Score::of(error_ / static_cast<double>(samples_))},
          {"fvu", fvu},
          {"explained_variance", fvu.present ? Score::of(1 - fvu.value) : fvu},
          {"shrinkage",
           ratio(ratios_, static_cast<double>(long_enough_), "no activation is longer than 1e-6")},
          {"l2_ratio", ratio(y_norms_, x_norms_, "all activations are 0")},
          {"relative_reconstruction_bias",
           ratio(y_squares_, products_, "activations and reconstruction are orthogonal")}};
}

void add_sizes(Sizes& sizes, const at::Tensor& x_BK, const at::Tensor& on_BK) {
  if (x_BK.sizes() != on_BK.sizes()) throw InputError("add_sizes: numbers and what is on differ");
  require_finite(x_BK, "the codes or values");
  const at::Tensor count = on_BK.sum(0, false, at::kLong);
  const at::Tensor sum = x_BK.detach().abs().masked_fill(~on_BK, 0).sum(0, false, at::kDouble);
  sizes.samples += x_BK.size(0);
  sizes.count = sizes.count.defined() ? sizes.count + count : count;
  sizes.sum = sizes.sum.defined() ? sizes.sum + sum : sum;
}

void add_codes(Sizes& sizes, const at::Tensor& codes_BM) {
  add_sizes(sizes, codes_BM, codes_BM.detach() != 0);
}

Scores sparsity_scores(const Sizes& codes) {
  if (codes.samples == 0) return all_absent({"l0", "dead"}, "there are no samples");
  const double samples = static_cast<double>(codes.samples);
  return {{"l0", Score::of(static_cast<double>(codes.count.sum().item<std::int64_t>()) / samples)},
          {"dead", Score::of(value((codes.count == 0).sum()))}};
}

Score code_l1(const Sizes& codes, const at::Tensor& atoms_MD) {
  if (codes.samples == 0) return Score::absent("there are no samples");
  if (codes.sum.size(0) != atoms_MD.size(0))
    throw InputError("code_l1: there must be a code for each atom");
  const at::Tensor norms_M = score_input(atoms_MD, "the atoms").norm(2, 1);
  return Score::of(value(codes.sum.dot(norms_M)) / static_cast<double>(codes.samples));
}

Score magnitude_ratio(const Sizes& codes, const Sizes& values, const at::Tensor& atoms_MD,
                      const at::Tensor& truth_CD, const Matching& matching) {
  const auto mean_size = [](const Sizes& sizes, const at::Tensor& vectors) {
    return to_vector(sizes.sum / sizes.count.clamp_min(1) *
                     score_input(vectors, "the vectors").norm(2, 1));
  };
  const std::vector<double> learned = mean_size(codes, atoms_MD);
  const std::vector<double> planted = mean_size(values, truth_CD);
  double sum = 0, pairs = 0;
  for (std::int64_t m = 0; m < matching.latents(); ++m) {
    const std::int64_t c = matching.coordinate_of_latent[m];
    if (c < 0 || planted[c] <= 0) continue;
    sum += learned[m] / planted[c];
    ++pairs;
  }
  if (pairs == 0) return Score::absent("no matched feature occurs in the samples");
  return Score::of(sum / pairs);
}

void add_firings(Firings& firings, const at::Tensor& codes_BM, const at::Tensor& present_BC) {
  require_finite(codes_BM, "the codes");
  if (codes_BM.size(0) != present_BC.size(0))
    throw InputError("count_firings: different numbers of samples");
  // Counts below 2^24 are exact in float32, whose products are twice as fast; float64 holds their sums.
  const at::Tensor fires = (codes_BM.detach() != 0).to(at::kFloat);
  const at::Tensor present = present_BC.detach().to(at::kFloat);
  const at::Tensor both = fires.t().matmul(present).to(at::kDouble).contiguous();
  const at::Tensor fires_M = fires.sum(0, false, at::kDouble);
  const at::Tensor present_C = present.sum(0, false, at::kDouble);
  const bool first = !firings.both_MC.defined();
  firings.samples += codes_BM.size(0);
  firings.both_MC = first ? both : firings.both_MC.add_(both);
  firings.fires_M = first ? fires_M : firings.fires_M + fires_M;
  firings.present_C = first ? present_C : firings.present_C + present_C;
}

std::pair<at::Tensor, at::Tensor> CrossMoments::take(Side& side, const at::Tensor& x,
                                                     double before) {
  const double here = static_cast<double>(x.size(0));
  const at::Tensor mean = x.mean(0);
  if (before == 0) {
    side = {x.select(0, 0).clone(), mean, at::zeros_like(mean), at::ones_like(mean, at::kBool)};
  }
  side.constant = side.constant & (x == side.first).all(0);
  const at::Tensor apart = mean - side.mean, centred = x - mean;
  side.square =
      side.square + centred.square().sum(0) + apart.square() * (before * here / (before + here));
  side.mean = side.mean + apart * (here / (before + here));
  return {centred, apart};
}

void CrossMoments::add(const at::Tensor& a_BM, const at::Tensor& b_BF) {
  const at::Tensor a = score_input(a_BM, "the codes"), b = score_input(b_BF, "the values");
  if (a.size(0) != b.size(0)) throw InputError("pearson: different numbers of samples");
  if (!product_MF_.defined()) product_MF_ = at::zeros({a.size(1), b.size(1)}, at::kDouble);
  if (a.size(0) == 0) return;
  const double before = static_cast<double>(samples_), here = static_cast<double>(a.size(0));
  const auto [a_centred, a_apart] = take(a_, a, before);
  const auto [b_centred, b_apart] = take(b_, b, before);
  product_MF_.addmm_(a_centred.t(), b_centred);
  product_MF_.addr_(a_apart, b_apart, 1, before * here / (before + here));
  samples_ += a.size(0);
}

at::Tensor CrossMoments::pearson() const {
  if (samples_ == 0) return product_MF_;
  const auto norms =
      [](const Side& side) {  // infinite where the column is constant: the quotient is 0
        return side.square.sqrt().masked_fill(side.constant | (side.square == 0),
                                              std::numeric_limits<double>::infinity());
      };
  return product_MF_.div(norms(a_).unsqueeze(1)).div_(norms(b_).unsqueeze(0)).clamp_(-1.0, 1.0);
}

Score activation_mcc(const CrossMoments& moments) {
  if (moments.samples() < 2) return Score::absent("fewer than two samples");
  const at::Tensor r = moments.pearson();
  const std::int64_t pairs = std::min(r.size(0), r.size(1));
  if (pairs == 0) return Score::absent("no latents or no features");
  return Score::of(assign(r, Objective::maximum_absolute).total / static_cast<double>(pairs));
}

}  // namespace lab
