#include "lab/scores/probes.h"

#include <ATen/ATen.h>

#include <ATen/ops/linalg_solve.h>
#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "lab/core/error.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double ridge = 1e-3;

std::vector<double> column(const at::Tensor& x, int64_t c) {
  const at::Tensor values = x.select(1, c).contiguous();
  return {values.const_data_ptr<double>(), values.const_data_ptr<double>() + values.numel()};
}

// The threshold of best balanced accuracy: half-way between two different projections, or −∞.
double best_threshold(const std::vector<double>& projected, const std::vector<double>& labels) {
  std::vector<std::pair<double, double>> order(projected.size());
  double ones = 0;
  for (std::size_t i = 0; i < order.size(); ++i)
    order[i] = {projected[i], labels[i]}, ones += labels[i];
  std::sort(order.begin(), order.end());
  const double zeros = static_cast<double>(order.size()) - ones;
  double threshold = -std::numeric_limits<double>::infinity();
  double below_ones = 0, below_zeros = 0, best = 0;
  for (std::size_t i = 0; i + 1 < order.size(); ++i) {
    (order[i].second > .5 ? below_ones : below_zeros) += 1;
    if (order[i + 1].first == order[i].first) continue;
    const double gain = below_zeros / zeros - below_ones / ones;
    if (gain > best + 1e-12) {
      best = gain;
      threshold = order[i].first + .5 * (order[i + 1].first - order[i].first);
    }
  }
  return threshold;
}

double balanced_accuracy(const std::vector<double>& projected, const std::vector<double>& labels,
                         double threshold) {
  double right[2] = {0, 0}, count[2] = {0, 0};
  for (std::size_t i = 0; i < labels.size(); ++i) {
    const bool label = labels[i] > .5;
    count[label] += 1;
    right[label] += (projected[i] > threshold) == label;
  }
  return .5 * (right[0] / count[0] + right[1] / count[1]);
}

bool varies(const std::vector<double>& labels) {
  return std::adjacent_find(labels.begin(), labels.end(), std::not_equal_to<>()) != labels.end();
}

// Ridge regression of the gates on standardised activations; what is constant is left out.
struct Regression {
  at::Tensor center_1D, scale_1D, weights_DG;
  at::Tensor read(const at::Tensor& acts_BD) const {
    return ((acts_BD - center_1D) * scale_1D).matmul(weights_DG);
  }
};

Regression regress(const at::Tensor& train, const at::Tensor& train_gates) {
  const at::Tensor center = train.mean(0, true);
  const at::Tensor constant = (train == train.narrow(0, 0, 1)).all(0, true);
  const at::Tensor spread = (train - center).square().mean(0, true).sqrt();
  const at::Tensor scale =
      at::where(constant | (spread == 0), 0.0, 1 / spread.masked_fill(spread == 0, 1.0));
  const at::Tensor x = (train - center) * scale;
  const double n = static_cast<double>(x.size(0));
  return {center, scale,
          at::linalg_solve(x.t().matmul(x) / n + ridge * at::eye(train.size(1), at::kDouble),
                           x.t().matmul(train_gates - train_gates.mean(0, true)) / n)};
}

Score mean_present(const std::vector<double>& values) {
  double sum = 0, n = 0;
  for (const double x : values)
    if (!std::isnan(x)) sum += x, ++n;
  return n > 0 ? Score::of(sum / n) : Score::absent("every gate is constant in half of the inputs");
}

}  // namespace

at::Tensor distinct_rows(const at::Tensor& inputs_BN) {
  const at::Tensor inputs = inputs_BN.detach().to(at::kFloat).contiguous();
  const int64_t B = inputs.size(0), N = inputs.size(1);
  std::set<std::vector<float>> seen;
  std::vector<int64_t> different;
  for (int64_t b = 0; b < B; ++b) {
    const float* row = inputs.const_data_ptr<float>() + b * N;
    if (seen.emplace(row, row + N).second) different.push_back(b);
  }
  return at::tensor(different, at::kLong);
}

InputSplit split_inputs(const at::Tensor& inputs_BN, const Draw& draw) {
  const at::Tensor different = distinct_rows(inputs_BN);
  const int64_t count = different.size(0), half = count / 2;
  const at::Tensor rows =
      different.index_select(0, at::tensor(draw.at(0).permutation(count), at::kLong));
  return {rows.narrow(0, 0, half), rows.narrow(0, half, count - half)};
}

std::vector<double> probe(const at::Tensor& acts_BD, const at::Tensor& gates_BG,
                          const InputSplit& split) {
  const int64_t G = gates_BG.size(1);
  std::vector<double> accuracy(G, nothing);
  if (split.train.numel() == 0 || split.test.numel() == 0 || G == 0) return accuracy;
  const at::Tensor acts = score_input(acts_BD, "the activations");
  const at::Tensor gates = gates_BG.detach().to(at::kDouble);
  const at::Tensor train_gates = gates.index_select(0, split.train);
  const at::Tensor test_gates = gates.index_select(0, split.test);
  const Regression ridge_fit = regress(acts.index_select(0, split.train), train_gates);
  const at::Tensor fitted = ridge_fit.read(acts.index_select(0, split.train));
  const at::Tensor said = ridge_fit.read(acts.index_select(0, split.test));
  for (int64_t g = 0; g < G; ++g) {
    const std::vector<double> y = column(train_gates, g), truth = column(test_gates, g);
    if (!varies(y) || !varies(truth)) continue;
    accuracy[g] = balanced_accuracy(column(said, g), truth, best_threshold(column(fitted, g), y));
  }
  return accuracy;
}

at::Tensor probe_directions(const at::Tensor& acts_BD, const at::Tensor& gates_BG,
                            const InputSplit& split) {
  const at::Tensor acts = score_input(acts_BD, "the activations");
  const Regression fit = regress(acts.index_select(0, split.train),
                                 gates_BG.detach().to(at::kDouble).index_select(0, split.train));
  return unit_rows((fit.weights_DG * fit.scale_1D.t()).t().contiguous());
}

ProbeReport probe_scores(const at::Tensor& acts_BD, const at::Tensor& untrained_BD,
                         const at::Tensor& inputs_BN, const at::Tensor& gates_BG,
                         const InputSplit& split) {
  const int64_t B = gates_BG.size(0), G = gates_BG.size(1), trained_on = split.train.numel();
  if (acts_BD.size(0) != B || untrained_BD.size(0) != B || inputs_BN.size(0) != B)
    throw InputError("probe_scores: different numbers of samples");
  const auto refused = [&](const at::Tensor& x) { return 2 * x.size(1) >= trained_on; };
  const auto reason = [&](const at::Tensor& x) {
    return "a probe of width " + std::to_string(x.size(1)) + " needs more than " +
           std::to_string(2 * x.size(1)) + " training inputs, there are " +
           std::to_string(trained_on);
  };
  const auto measure = [&](const at::Tensor& x) {
    return refused(x) ? std::vector<double>(G, nothing) : probe(x, gates_BG, split);
  };
  const std::vector<double> tap = measure(acts_BD), untrained = measure(untrained_BD),
                            inputs = measure(inputs_BN);
  ProbeReport report;
  report.table.columns = {"probe_tap", "probe_untrained", "probe_inputs"};
  std::vector<double> gained(G);
  for (int64_t g = 0; g < G; ++g) {
    gained[g] = tap[g] - untrained[g];
    report.table.rows.push_back({tap[g], untrained[g], inputs[g]});
  }
  const auto score = [&](const std::vector<double>& values, const at::Tensor& x) {
    return refused(x) ? Score::absent(reason(x)) : mean_present(values);
  };
  report.scores = {{"gate_probe", score(gained, acts_BD)},
                   {"gate_probe_tap", score(tap, acts_BD)},
                   {"gate_probe_untrained", score(untrained, untrained_BD)},
                   {"gate_probe_inputs", score(inputs, inputs_BN)}};
  return report;
}

}  // namespace lab
