#include "lab/scores/gates.h"

#include "lab/core/stop.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "lab/core/error.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

// A latent, cut at a threshold, perhaps turned round, as a detector.
struct Detector {
  int64_t latent = -1;
  double threshold = 0;
  bool complement = false;
};

// The best cut of one latent for each column of labels, by one criterion. The quality is signed:
// negative where the complement is the better detector.
struct BestCuts {
  std::vector<float> quality;
  std::vector<int64_t> cut;
  explicit BestCuts(int64_t columns) : quality(columns), cut(columns) {}
  void clear() {
    std::fill(quality.begin(), quality.end(), 0.f);
    std::fill(cut.begin(), cut.end(), int64_t{-1});
  }
  void offer(int64_t column, float value, int64_t at) {
    const bool better = std::fabs(value) > std::fabs(quality[column]);
    quality[column] = better ? value : quality[column];
    cut[column] = better ? at : cut[column];
  }
};

// Chooses detectors: labels are the columns of a [samples, columns] matrix of 0 and 1.
class Chooser {
 public:
  Chooser(const at::Tensor& labels)
      : labels_(labels.to(at::kFloat).contiguous()),
        samples_(labels.size(0)),
        columns_(labels.size(1)),
        phi_(columns_),
        f1_(columns_),
        best_phi_(columns_, 0.f),
        best_f1_(columns_, 0.f),
        total_(columns_),
        above_(columns_),
        phi_cuts_(columns_),
        f1_cuts_(columns_) {
    const at::Tensor total = labels_.sum(0);
    std::copy_n(total.const_data_ptr<float>(), columns_, total_.begin());
  }

  void offer(int64_t latent, const std::vector<double>& codes) {
    order_codes(codes);
    std::fill(above_.begin(), above_.end(), 0.f);
    phi_cuts_.clear();
    f1_cuts_.clear();
    thresholds_.clear();
    const float* labels = labels_.const_data_ptr<float>();
    const int64_t size = static_cast<int64_t>(order_.size());
    for (int64_t i = 0; i < size; ++i) {
      const float* row = labels + order_[i].second * columns_;
      for (int64_t w = 0; w < columns_; ++w) above_[w] += row[w];
      if (i + 1 == samples_) break;
      const double next = i + 1 < size ? order_[i + 1].first : 0.0;
      if (next == order_[i].first) continue;
      thresholds_.push_back(next == 0 ? 0.0 : next + .5 * (order_[i].first - next));
      score_cut(i + 1);
    }
    keep(latent, phi_cuts_, best_phi_, phi_);
    keep(latent, f1_cuts_, best_f1_, f1_);
  }

  // For each column of labels, the best detector so far by either criterion.
  const std::vector<Detector>& phi() const { return phi_; }
  const std::vector<Detector>& f1() const { return f1_; }

 private:
  // Samples by falling code. The zeros at the end, all alike, are left out.
  void order_codes(const std::vector<double>& codes) {
    order_.clear();
    const bool negative = std::any_of(codes.begin(), codes.end(), [](double c) { return c < 0; });
    for (int64_t b = 0; b < samples_; ++b)
      if (negative || codes[b] > 0) order_.emplace_back(codes[b], b);
    std::sort(order_.begin(), order_.end(), [](const auto& a, const auto& b) {
      return a.first != b.first ? a.first > b.first : a.second < b.second;
    });
  }

  // With `count` samples above the cut: the correlation (up to a factor that depends on the column
  // alone) and half of F1.
  void score_cut(int64_t count) {
    const int64_t at = static_cast<int64_t>(thresholds_.size()) - 1;
    const float k = static_cast<float>(count), rest = static_cast<float>(samples_ - count);
    const float share = k / static_cast<float>(samples_), scale = 1 / std::sqrt(k * rest);
    for (int64_t w = 0; w < columns_; ++w) {
      phi_cuts_.offer(w, (above_[w] - total_[w] * share) * scale, at);
      const float direct = above_[w] / (k + total_[w]);
      const float turned = (total_[w] - above_[w]) / (rest + total_[w]);
      f1_cuts_.offer(w, direct >= turned ? direct : -turned, at);
    }
  }

  void keep(int64_t latent, const BestCuts& cuts, std::vector<float>& best,
            std::vector<Detector>& detectors) const {
    for (int64_t w = 0; w < columns_; ++w) {
      if (cuts.cut[w] < 0 || !(std::fabs(cuts.quality[w]) > best[w])) continue;
      best[w] = std::fabs(cuts.quality[w]);
      detectors[w] = {latent, thresholds_[cuts.cut[w]], cuts.quality[w] < 0};
    }
  }

  at::Tensor labels_;
  int64_t samples_, columns_;
  std::vector<Detector> phi_, f1_;
  std::vector<float> best_phi_, best_f1_, total_, above_;
  BestCuts phi_cuts_, f1_cuts_;
  std::vector<double> thresholds_;
  std::vector<std::pair<double, int64_t>> order_;
};

struct Counts {
  double samples, both, fires, present;
};

// A detector that was never chosen (all latents constant) is silent.
Counts count(const Detector& detector, const at::Tensor& codes_MB, const at::Tensor& labels_WB,
             int64_t column) {
  const int64_t B = codes_MB.size(1);
  const float* labels = labels_WB.const_data_ptr<float>() + column * B;
  const double* codes =
      codes_MB.const_data_ptr<double>() + std::max<int64_t>(detector.latent, 0) * B;
  Counts c{static_cast<double>(B), 0, 0, 0};
  for (int64_t b = 0; b < B; ++b) {
    const bool fires =
        detector.latent >= 0 && (codes[b] > detector.threshold) != detector.complement;
    c.fires += fires;
    c.present += labels[b];
    c.both += fires ? labels[b] : 0;
  }
  return c;
}

double phi_of(const Counts& c) {
  const double spread =
      std::sqrt(c.fires * (c.samples - c.fires)) * std::sqrt(c.present * (c.samples - c.present));
  return spread > 0 ? (c.samples * c.both - c.fires * c.present) / spread : 0;
}

double f1_excess_of(const Counts& c) {
  const double rate = c.present / c.samples, on = 2 * rate / (1 + rate);
  return (2 * c.both / (c.fires + c.present) - on) / (1 - on);
}

at::Tensor rows(const at::Tensor& x, const std::vector<int64_t>& order, int64_t first,
                int64_t count) {
  return x.index_select(0, at::tensor(order, at::kLong).narrow(0, first, count));
}

// Which columns hold both 0 and 1.
std::vector<bool> varying(const at::Tensor& labels_BW) {
  const at::Tensor sum = labels_BW.sum(0);
  std::vector<bool> result(sum.size(0));
  for (int64_t w = 0; w < sum.size(0); ++w) {
    const float ones = sum.const_data_ptr<float>()[w];
    result[w] = ones > 0 && ones < static_cast<float>(labels_BW.size(0));
  }
  return result;
}

double mean_of(const std::vector<double>& values, int64_t first, int64_t count) {
  double sum = 0, n = 0;
  for (int64_t i = first; i < first + count; ++i)
    if (!std::isnan(values[i])) sum += values[i], ++n;
  return n > 0 ? sum / n : nothing;
}

}  // namespace

GateReport gate_scores(const at::Tensor& codes_BM, const at::Tensor& gates_BG, int64_t draws,
                       const Draw& draw) {
  const int64_t B = codes_BM.size(0), M = codes_BM.size(1), G = gates_BG.size(1), half = B / 2;
  if (gates_BG.size(0) != B) throw InputError("gate_scores: different numbers of samples");
  if (M == 0 || G == 0 || half < 2)
    return {all_absent({"gate_phi", "gate_f1_excess"}, M == 0   ? "the dictionary has no latents"
                                                       : G == 0 ? "the world has no gates"
                                                                : "fewer than four samples"),
            {{"base_rate", "phi", "phi_latent", "f1_excess", "f1_latent"}, {}}};
  const std::vector<int64_t> order = draw.at(0).permutation(B);
  const at::Tensor codes = score_input(codes_BM, "the codes");
  const at::Tensor gates = gates_BG.detach().to(at::kFloat);
  std::vector<at::Tensor> columns{gates};  // the gates, then the shuffled gates of each draw
  for (int64_t i = 1; i <= draws; ++i)
    columns.push_back(rows(gates, draw.at(static_cast<std::uint64_t>(i)).permutation(B), 0, B));
  const at::Tensor labels = at::cat(columns, 1);
  const at::Tensor first_labels = rows(labels, order, 0, half);
  const at::Tensor second_labels = rows(labels, order, half, B - half);
  const at::Tensor first_codes = rows(codes, order, 0, half).t().contiguous();
  const at::Tensor second_codes = rows(codes, order, half, B - half).t().contiguous();

  Chooser chooser(first_labels);
  for (int64_t m = 0; m < M; ++m) {
    poll_stop();
    const double* latent = first_codes.const_data_ptr<double>() + m * half;
    chooser.offer(m, {latent, latent + half});
  }
  const std::vector<bool> first_varies = varying(first_labels),
                          second_varies = varying(second_labels);
  const at::Tensor second = second_labels.t().contiguous();
  std::vector<double> phi(labels.size(1), nothing), f1(labels.size(1), nothing);
  for (int64_t w = 0; w < labels.size(1); ++w) {
    if (!first_varies[w] || !second_varies[w]) continue;
    phi[w] = phi_of(count(chooser.phi()[w], second_codes, second, w));
    f1[w] = f1_excess_of(count(chooser.f1()[w], second_codes, second, w));
  }

  GateReport report;
  report.table.columns = {"base_rate", "phi", "phi_latent", "f1_excess", "f1_latent"};
  for (int64_t g = 0; g < G; ++g) {
    const double rate = gates.select(1, g).mean().item<double>();
    const auto latent = [&](double score, const Detector& d) {
      return std::isnan(score) || d.latent < 0 ? nothing : static_cast<double>(d.latent);
    };
    report.table.rows.push_back(
        {rate, phi[g], latent(phi[g], chooser.phi()[g]), f1[g], latent(f1[g], chooser.f1()[g])});
  }
  for (const auto& [name, values] : {std::pair{"gate_phi", &phi}, {"gate_f1_excess", &f1}}) {
    const double value = mean_of(*values, 0, G);
    report.scores[name] = std::isnan(value)
                              ? Score::absent("every gate is constant in half of the samples")
                              : Score::of(value);
    std::vector<double> null;
    for (int64_t i = 1; i <= draws; ++i) {
      const double x = mean_of(*values, i * G, G);
      if (!std::isnan(x)) null.push_back(x);
    }
    if (draws > 0) add_null(report.scores, name, Score(report.scores[name]), null);
  }
  return report;
}

}  // namespace lab
