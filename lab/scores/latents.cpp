#include "lab/scores/latents.h"

#include "lab/core/stop.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "lab/core/error.h"
#include "lab/scores/sums.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
const std::vector<std::string> firing_names = {"precision", "recall", "f1", "accuracy",
                                               "f1_matched"};
const std::vector<std::string> presence_names = {"phi_best", "auroc"};

// Precision, recall, F1 and accuracy of one latent as a detector of one coordinate.
struct Detection {
  double precision, recall, f1, accuracy;
};
Detection detect(const Firings& firings, int64_t latent, int64_t coordinate) {
  const int64_t C = firings.present_C.size(0);
  const double both = firings.both_MC.const_data_ptr<double>()[latent * C + coordinate];
  const double fires = firings.fires_M.const_data_ptr<double>()[latent];
  const double present = firings.present_C.const_data_ptr<double>()[coordinate];
  const double samples = static_cast<double>(firings.samples);
  Detection d;
  d.precision = fires > 0 ? both / fires : 0;
  d.recall = present > 0 ? both / present : 0;
  const double sum = d.precision + d.recall;
  d.f1 = sum > 0 ? 2 * d.precision * d.recall / sum : 0;
  d.accuracy = (samples - fires - present + 2 * both) / samples;
  return d;
}

// [M, F] correlation of firing and presence; 0 where either is constant.
at::Tensor phi(const Firings& f) {
  const double n = static_cast<double>(f.samples);
  const at::Tensor a = f.fires_M.unsqueeze(1), b = f.present_C.unsqueeze(0);
  const at::Tensor spread = (a * (n - a)).sqrt() * (b * (n - b)).sqrt();
  return at::where(spread > 0, (n * f.both_MC - a * b) / spread.masked_fill(spread == 0, 1.0), 0.0);
}

// [B, M] ranks 1 … B of each latent's codes, equal codes sharing their mean rank. Zeros, which are
// most of a sparse dictionary's codes, are not sorted.
at::Tensor ranks(const at::Tensor& codes_BM) {
  const at::Tensor codes_MB = codes_BM.t().contiguous();
  const int64_t M = codes_MB.size(0), B = codes_MB.size(1);
  at::Tensor ranks_MB = at::empty({M, B}, at::kDouble);
  std::vector<std::pair<double, int64_t>> order;
  for (int64_t m = 0; m < M; ++m) {
    const double* codes = codes_MB.const_data_ptr<double>() + m * B;
    double* rank = ranks_MB.data_ptr<double>() + m * B;
    order.clear();
    int64_t below = 0;
    for (int64_t b = 0; b < B; ++b) {
      if (codes[b] != 0) order.emplace_back(codes[b], b);
      below += codes[b] < 0;
    }
    std::sort(order.begin(), order.end());
    const int64_t size = static_cast<int64_t>(order.size()), zeros = B - size;
    std::fill(rank, rank + B, static_cast<double>(below) + .5 * static_cast<double>(zeros + 1));
    for (int64_t i = 0; i < size;) {
      int64_t end = i;
      while (end < size && order[end].first == order[i].first) ++end;
      const int64_t before = i + (order[i].first > 0 ? zeros : 0);
      for (int64_t k = i; k < end; ++k)
        rank[order[k].second] = static_cast<double>(before) + .5 * static_cast<double>(end - i + 1);
      i = end;
    }
  }
  return ranks_MB;
}

// [M, F] areas under the ROC from the ranks; .5 where a feature is constant.
at::Tensor areas(const at::Tensor& ranks_MB, const at::Tensor& present_BF) {
  const double B = static_cast<double>(present_BF.size(0));
  const at::Tensor ones = present_BF.sum(0), zeros = B - ones, pairs = ones * zeros;
  const at::Tensor wins = ranks_MB.matmul(present_BF) - ones * (ones + 1) / 2;
  return at::where(pairs > 0, wins / pairs.masked_fill(pairs == 0, 1.0), .5);
}

// The best latents for presence bits that vary, found again for any order of the samples.
class BestLatents {
 public:
  BestLatents(const at::Tensor& codes_BM)
      : fires_MB_((codes_BM != 0).t().to(at::kFloat).contiguous()), ranks_MB_(ranks(codes_BM)) {}

  at::Tensor phis(const at::Tensor& present_BF) const {
    Firings f;
    f.samples = present_BF.size(0);
    f.both_MC = fires_MB_.matmul(present_BF.to(at::kFloat)).to(at::kDouble);
    f.fires_M = fires_MB_.sum(1, false, at::kDouble);
    f.present_C = present_BF.sum(0);
    return phi(f);
  }
  at::Tensor areas(const at::Tensor& present_BF) const { return lab::areas(ranks_MB_, present_BF); }

 private:
  at::Tensor fires_MB_, ranks_MB_;
};

double mean_of_best(const at::Tensor& scores_MF) {
  return scores_MF.amax(0).mean().item<double>();
}

}  // namespace

at::Tensor pearson(const at::Tensor& a_BM, const at::Tensor& b_BF) {
  CrossMoments moments;
  moments.add(a_BM, b_BF);
  return moments.pearson();
}

at::Tensor by_coordinate(const at::Tensor& present_BF, const Truth& truth) {
  std::vector<int64_t> feature(truth.coordinates(), 0);
  for (std::size_t f = 0; f < truth.features.size(); ++f)
    for (int64_t k = 0; k < truth.features[f].width; ++k)
      feature.at(truth.features[f].first + k) = static_cast<int64_t>(f);
  return present_BF.index_select(1, at::tensor(feature, at::kLong));
}

Firings count_firings(const at::Tensor& codes_BM, const at::Tensor& present_BC) {
  Firings firings;
  add_firings(firings, codes_BM, present_BC);
  return firings;
}

Scores firing_scores(const Firings& firings, const Matching& matching) {
  const int64_t M = matching.latents();
  if (M == 0) return all_absent(firing_names, "the dictionary has no latents");
  if (matching.coordinates() == 0) return all_absent(firing_names, "the world has no features");
  if (firings.samples == 0) return all_absent(firing_names, "there are no samples");
  Detection sum{};
  double matched = 0, pairs = 0;
  for (int64_t m = 0; m < M; ++m) {
    const Detection d = detect(firings, m, matching.best_coordinate[m]);
    sum.precision += d.precision, sum.recall += d.recall, sum.f1 += d.f1,
        sum.accuracy += d.accuracy;
    if (matching.coordinate_of_latent[m] < 0) continue;
    matched += detect(firings, m, matching.coordinate_of_latent[m]).f1;
    ++pairs;
  }
  const double n = static_cast<double>(M);
  return {{"precision", Score::of(sum.precision / n)},
          {"recall", Score::of(sum.recall / n)},
          {"f1", Score::of(sum.f1 / n)},
          {"accuracy", Score::of(sum.accuracy / n)},
          {"f1_matched", Score::of(matched / pairs)}};
}

Table firings_table(const Firings& firings, const Matching& matching) {
  Table table{{"density", "precision", "recall", "f1", "accuracy"}, {}};
  for (int64_t m = 0; m < matching.latents(); ++m) {
    const int64_t best = matching.best_coordinate[m];
    if (best < 0 || firings.samples == 0) {
      table.rows.push_back({nothing, nothing, nothing, nothing, nothing});
      continue;
    }
    const Detection d = detect(firings, m, best);
    const double fires = firings.fires_M.const_data_ptr<double>()[m];
    table.rows.push_back(
        {fires / static_cast<double>(firings.samples), d.precision, d.recall, d.f1, d.accuracy});
  }
  return table;
}

Score magnitude_ratio(const at::Tensor& codes_BM, const at::Tensor& values_BC,
                      const at::Tensor& present_BC, const at::Tensor& atoms_MD,
                      const at::Tensor& truth_CD, const Matching& matching) {
  Sizes codes, values;
  add_codes(codes, codes_BM);
  add_sizes(values, values_BC, present_BC.detach().to(at::kBool));
  return magnitude_ratio(codes, values, atoms_MD, truth_CD, matching);
}

Score activation_mcc(const at::Tensor& codes_BM, const at::Tensor& values_BC) {
  CrossMoments moments;
  moments.add(codes_BM, values_BC);
  return activation_mcc(moments);
}

Scores presence_scores(const at::Tensor& codes_BM, const at::Tensor& present_BF, int64_t draws,
                       const Draw& draw) {
  const int64_t B = codes_BM.size(0);
  if (codes_BM.size(1) == 0) return all_absent(presence_names, "the dictionary has no latents");
  const at::Tensor present = present_BF.detach().to(at::kDouble);
  const at::Tensor ones = present.sum(0);
  const at::Tensor varying =
      present.index_select(1, ((ones > 0) & (ones < static_cast<double>(B))).nonzero().squeeze(1));
  if (varying.size(1) == 0)
    return all_absent(presence_names, "no feature is present in some samples and not in others");
  const BestLatents best(score_input(codes_BM, "the codes"));
  Scores scores{{"phi_best", Score::of(mean_of_best(best.phis(varying)))},
                {"auroc", Score::of(mean_of_best(best.areas(varying)))}};
  if (draws == 0) return scores;
  std::vector<double> phis, areas;
  for (int64_t i = 0; i < draws; ++i) {
    poll_stop();
    Words words = draw.at(static_cast<std::uint64_t>(i));
    const at::Tensor shuffled =
        varying.index_select(0, at::tensor(words.permutation(B), at::kLong));
    phis.push_back(mean_of_best(best.phis(shuffled)));
    areas.push_back(mean_of_best(best.areas(shuffled)));
  }
  add_null(scores, "phi_best", scores.at("phi_best"), phis);
  add_null(scores, "auroc", scores.at("auroc"), areas);
  return scores;
}

Table presence_table(const at::Tensor& codes_BM, const at::Tensor& present_BF) {
  Table table{{"present", "phi_best", "phi_latent", "auroc", "auroc_latent"}, {}};
  const int64_t B = codes_BM.size(0), F = present_BF.size(1);
  const at::Tensor present = present_BF.detach().to(at::kDouble);
  const std::vector<double> ones = to_vector(present.sum(0));
  if (codes_BM.size(1) == 0 || B == 0) {
    for (int64_t f = 0; f < F; ++f)
      table.rows.push_back({B == 0 ? nothing : ones[f] / static_cast<double>(B), nothing, nothing,
                            nothing, nothing});
    return table;
  }
  const BestLatents best(score_input(codes_BM, "the codes"));
  const auto [phi, phi_at] = best.phis(present).max(0);
  const auto [area, area_at] = best.areas(present).max(0);
  const std::vector<double> p = to_vector(phi), pa = to_vector(phi_at), a = to_vector(area),
                            aa = to_vector(area_at);
  for (int64_t f = 0; f < F; ++f) {
    const double share = ones[f] / static_cast<double>(B);
    if (share <= 0 || share >= 1)
      table.rows.push_back({share, nothing, nothing, nothing, nothing});
    else
      table.rows.push_back({share, p[f], pa[f], a[f], aa[f]});
  }
  return table;
}

Scores no_firing_scores() {
  const std::string reason = "the codes are signed or dense, so latents do not fire";
  Scores scores = all_absent(firing_names, reason);
  scores.merge(all_absent(presence_names, reason));
  scores["ml2r"] = Score::absent(reason);
  return scores;
}

}  // namespace lab
