#include "lab/scores/modular.h"

#include <ATen/ATen.h>

#include <algorithm>

namespace lab {
namespace {

constexpr std::int64_t kTopFrequencies = 5;

}  // namespace

Score gradient_symmetricity(const at::Tensor& by_first_BD, const at::Tensor& by_second_BD) {
  const at::Tensor first = score_input(by_first_BD, "the gradient by the first embedding");
  const at::Tensor second = score_input(by_second_BD, "the gradient by the second embedding");
  const at::Tensor norms_B = first.norm(2, 1) * second.norm(2, 1);
  const at::Tensor used_B = norms_B > 0;
  if (!used_B.any().item<bool>()) return Score::absent("all gradients are 0");
  const at::Tensor cosines_B =
      (first * second).sum(1).masked_select(used_B) / norms_B.masked_select(used_B);
  return Score::of(cosines_B.mean().item<double>());
}

Score distance_irrelevance(const at::Tensor& correct_logits_PP) {
  const at::Tensor logits = score_input(correct_logits_PP, "a logit");
  const std::int64_t p = logits.size(0);
  const at::Tensor b_P = at::arange(p, at::kLong);
  const at::Tensor all = logits.std(at::IntArrayRef{0, 1}, false);
  if (all.item<double>() <= 1e-12 * logits.abs().max().item<double>()) {
    return Score::absent("the logit of the right answer is the same for all pairs");
  }
  // Row `distance` holds the pairs (b + distance, b).
  const at::Tensor a_PP = (b_P.unsqueeze(0) + b_P.unsqueeze(1)).remainder(p);
  const at::Tensor by_distance_PP = logits.gather(0, a_PP);
  return Score::of((by_distance_PP.std(at::IntArrayRef{1}, false).mean() / all).item<double>());
}

Scores fourier_concentration(const at::Tensor& embedding_DP) {
  const at::Tensor embedding = score_input(embedding_DP, "the embedding");
  const std::int64_t frequencies = embedding.size(1) / 2;
  const at::Tensor residue_P = at::arange(embedding.size(1), at::kDouble);
  const at::Tensor k_K = at::arange(1, frequencies + 1, at::kDouble);
  const double step = 2 * M_PI / static_cast<double>(embedding.size(1));
  const at::Tensor angle_PK = residue_P.unsqueeze(1) * k_K.unsqueeze(0) * step;
  const at::Tensor centred = embedding - embedding.mean(1, true);
  const at::Tensor power_K =
      centred.mm(angle_PK.cos()).square().sum(0) + centred.mm(angle_PK.sin()).square().sum(0);
  const double total = power_K.sum().item<double>();
  if (total <= 0) {
    return all_absent({"fourier_top5", "fourier_frequencies"}, "the embedding is constant");
  }
  const std::int64_t top = std::min(kTopFrequencies, frequencies);
  const double strongest = std::get<0>(power_K.topk(top)).sum().item<double>();
  return {
      {"fourier_top5", Score::of(strongest / total)},
      {"fourier_frequencies", Score::of(total * total / power_K.square().sum().item<double>())}};
}

}  // namespace lab
