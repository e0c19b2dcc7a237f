#include "lab/knockoffs/facts.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <functional>

#include "lab/scores/dictionary.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

constexpr std::int64_t kMostActs = 16384;

// The largest distance of a point of one set to the nearest of the other.
double hausdorff(const at::Tensor& a_ND, const at::Tensor& b_MD) {
  const auto one_way = [](const at::Tensor& from, const at::Tensor& to) {
    double largest = 0;
    for (std::int64_t i = 0; i < from.size(0); ++i) {
      largest = std::max(largest, (to - from[i]).square().sum(1).min().item<double>());
    }
    return std::sqrt(largest);
  };
  return std::max(one_way(a_ND, b_MD), one_way(b_MD, a_ND));
}

Score acts_distance(const World& world, const at::Tensor& a_CD, const at::Tensor& b_CD,
                    double unit) {
  if (!world.support().has_value() || *world.support() > kMostActs) {
    return Score::absent("the inputs are too many to list");
  }
  const at::Tensor values = world.enumerate(0, *world.support()).values_BC.to(at::kDouble);
  return Score::of(hausdorff(values.mm(a_CD), values.mm(b_CD)) / unit);
}

Score mean_score(const std::vector<Score>& each) {
  double sum = 0;
  for (const Score& score : each) {
    if (!score.present) return score;
    sum += score.value / static_cast<double>(each.size());
  }
  return Score::of(sum);
}

void add_gram_facts(Scores& scores, const Space& truth, const Space& knockoff, double square_norm) {
  const Grams a = Grams::of(truth), b = Grams::of(knockoff);
  const Spectra s = Spectra::of(truth), t = Spectra::of(knockoff);
  double gram = 0, spectrum = 0;
  std::vector<Score> correlations;
  for (std::size_t v = 0; v < a.grams_NN.size(); ++v) {
    const auto largest = [](const at::Tensor& x) { return x.abs().max().item<double>(); };
    gram = std::max(gram, largest(a.grams_NN[v] - b.grams_NN[v]) / square_norm);
    const at::Tensor& values = s.eigenvalues_N[v];
    spectrum = std::max(spectrum, largest(values - t.eigenvalues_N[v]) / largest(values));
    const at::Tensor rows = at::tensor(Firings::of(truth).variables[v].rows, at::kLong);
    correlations.push_back(gram_correlation(knockoff.frames_CD.index_select(0, rows),
                                            truth.frames_CD.index_select(0, rows)));
  }
  scores["gram_distance"] = Score::of(gram);
  scores["spectrum_distance"] = Score::of(spectrum);
  scores["gram_correlation_within"] = mean_score(correlations);
}

// Σ_f min(share of f in one variable, in the other), mean over pairs.
Score frequency_match(const std::vector<std::vector<double>>& shares) {
  std::vector<Score> pairs;
  for (std::size_t i = 0; i < shares.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) {
      double common = 0;
      for (std::size_t f = 0; f < std::min(shares[i].size(), shares[j].size()); ++f) {
        common += std::min(shares[i][f], shares[j][f]);
      }
      pairs.push_back(Score::of(common));
    }
  }
  return pairs.empty() ? Score::absent("there is only one variable") : mean_score(pairs);
}

void add_circle_facts(Scores& scores, const Space& knockoff) {
  std::vector<Score> cyclic;
  std::vector<std::vector<double>> shares;
  for (const std::vector<std::int64_t>& order : Places::of(knockoff).orders) {
    if (order.empty()) {
      scores.merge(
          all_absent({"cyclic_share", "frequency_match"}, "a variable is no circle of the world"));
      return;
    }
    const at::Tensor vectors = knockoff.frames_CD.index_select(0, at::tensor(order, at::kLong));
    cyclic.push_back(cyclic_share(vectors));
    shares.push_back(frequency_shares(vectors));
  }
  scores["cyclic_share"] = mean_score(cyclic);
  scores["frequency_match"] = frequency_match(shares);
}

}  // namespace

Score cyclic_share(const at::Tensor& vectors_ND) {
  const std::int64_t n = vectors_ND.size(0);
  if (n < 4) return Score::absent("fewer than four vectors: all distances are equal");
  const at::Tensor vectors = score_input(vectors_ND, "a vector of the circle");
  const std::vector<double> gram = to_vector(vectors.mm(vectors.t()));
  std::vector<double> sum(static_cast<std::size_t>(n / 2 + 1)), count(sum.size());
  double total = 0, squares = 0, pairs = 0, norms = 0;
  for (std::int64_t i = 0; i < n; ++i) {
    norms += gram[static_cast<std::size_t>(i * n + i)] / static_cast<double>(n);
    for (std::int64_t j = 0; j < i; ++j) {
      const double g = gram[static_cast<std::size_t>(i * n + j)];
      const auto distance = static_cast<std::size_t>(std::min(i - j, n - i + j));
      sum[distance] += g, count[distance] += 1;
      total += g, squares += g * g, pairs += 1;
    }
  }
  const double variance = squares - total * total / pairs;
  if (variance < 1e-10 * norms * norms * pairs) {  // float32's rounding of equal ones
    return Score::absent("the inner products of different vectors are all equal");
  }
  double explained = -total * total / pairs;
  for (std::size_t d = 1; d < sum.size(); ++d) explained += sum[d] * sum[d] / count[d];
  return Score::of(std::clamp(explained / variance, 0.0, 1.0));
}

Scores knockoff_facts(const World& world, const at::Tensor& truth_CD,
                      const at::Tensor& knockoff_CD) {
  const at::Tensor a = score_input(truth_CD, "the true placement");
  const at::Tensor b = score_input(knockoff_CD, "the knockoff");
  const double square_norm = a.square().sum(1).mean().item<double>();
  const double unit = std::sqrt(square_norm);
  Scores scores;
  if (a.size(1) == b.size(1)) {
    scores["vectors_distance"] = Score::of(hausdorff(a, b) / unit);
    scores["acts_distance"] = acts_distance(world, a, b, unit);
  } else {
    scores = all_absent({"vectors_distance", "acts_distance"}, "the knockoff has another width");
  }
  add_gram_facts(scores, {world.truth(), a}, {world.truth(), b}, square_norm);
  add_circle_facts(scores, {world.truth(), b});
  return scores;
}

}  // namespace lab
