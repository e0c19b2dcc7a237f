#include "lab/scores/elicited.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <set>

#include "lab/core/error.h"
#include "lab/core/statistics.h"
#include "lab/core/stop.h"
#include "lab/subjects/interventions.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();

// A dictionary's readings or a reader's predictions, with the gates, on both halves.
struct Halves {
  at::Tensor train, test, train_gates, test_gates;
};

Halves halves(const at::Tensor& x, const at::Tensor& gates_BG, const InputSplit& split) {
  const at::Tensor gates = gates_BG.detach().to(at::kDouble);
  return {x.index_select(0, split.train), x.index_select(0, split.test),
          gates.index_select(0, split.train), gates.index_select(0, split.test)};
}

bool constant(const at::Tensor& column) {
  return column.numel() == 0 || (column == column.select(0, 0)).all().item<bool>();
}

double r2(const at::Tensor& said, const at::Tensor& truth) {
  const double left = (said - truth).square().sum().item<double>();
  return 1 - left / (truth - truth.mean()).square().sum().item<double>();
}

// Least squares of the training gate on the chosen columns and a constant, judged on the test rows.
double regression_r2(const at::Tensor& train, const at::Tensor& train_gate, const at::Tensor& test,
                     const at::Tensor& test_gate) {
  const at::Tensor center = train.mean(0, true);
  const at::Tensor weights =
      at::mv(at::linalg_pinv(train - center), train_gate - train_gate.mean());
  return r2(at::mv(test - center, weights) + train_gate.mean(), test_gate);
}

template <class Value>
std::vector<double> by_gate(const Halves& h, const Value& value) {
  std::vector<double> values(h.train_gates.size(1), nothing);
  for (int64_t g = 0; g < h.train_gates.size(1); ++g) {
    if (!constant(h.train_gates.select(1, g)) && !constant(h.test_gates.select(1, g)))
      values[g] = value(g);
  }
  return values;
}

// J nets side by side, each of H ReLU neurons with one output: ŷ = ReLU(x W + b) v + c.
struct Nets {
  at::Tensor W_JDH, b_J1H, v_JH1, c_J11;
  at::Tensor hidden(const at::Tensor& x_BD) const { return (x_BD.matmul(W_JDH) + b_J1H).relu(); }
  at::Tensor say(const at::Tensor& x_BD) const { return hidden(x_BD).matmul(v_JH1) + c_J11; }
};

// Minimises each net's mean squared error of y_JB1 by full-batch Adam. The gradients are written out: they
// are two lines, and a tape would cost more than the nets.
void train_nets(Nets& nets, const at::Tensor& x_BD, const at::Tensor& y_JB1) {
  constexpr int64_t steps = 300;
  const OptimizerConfig config{Adam{}, 1e-2};
  const ScheduleConfig schedule{Cosine{}};
  Optimizer optimizer(config, {nets.W_JDH, nets.b_J1H, nets.v_JH1, nets.c_J11});
  const double scale = 2. / static_cast<double>(x_BD.size(0));
  for (int64_t step = 0; step < steps; ++step) {
    poll_stop();
    const at::Tensor hidden = nets.hidden(x_BD);
    const at::Tensor error = (hidden.matmul(nets.v_JH1) + nets.c_J11 - y_JB1) * scale;
    const at::Tensor back = error.matmul(nets.v_JH1.transpose(1, 2)) * (hidden > 0);
    optimizer.step({x_BD.t().matmul(back), back.sum(1, true), hidden.transpose(1, 2).matmul(error),
                    error.sum(1, true)},
                   config.lr * schedule_factor(schedule, step, steps));
  }
}

// One neuron a net. Rows of directions_GD and their least-squares projections give three starts a gate.
Nets single_neurons(const at::Tensor& x_BD, const at::Tensor& directions_GD,
                    const at::Tensor& y_GB) {
  const at::Tensor z_GB = directions_GD.matmul(x_BD.t());
  const at::Tensor mean_G = z_GB.mean(1), offset_G = y_GB.mean(1);
  const at::Tensor z = z_GB - mean_G.unsqueeze(1);
  const at::Tensor slope_G =
      (z * (y_GB - offset_G.unsqueeze(1))).sum(1) / z.square().sum(1).clamp_min(1e-12);
  const at::Tensor W_GD = directions_GD * slope_G.unsqueeze(1);
  const at::Tensor center_G = mean_G * slope_G;
  const at::Tensor lowest_G = std::get<0>((z * slope_G.unsqueeze(1)).min(1));
  const at::Tensor one = at::ones_like(offset_G);
  const at::Tensor W = at::cat({W_GD, 2 * W_GD, -2 * W_GD});
  const at::Tensor b = at::cat({-center_G - lowest_G, -2 * center_G, 2 * center_G});
  const at::Tensor v = at::cat({one, one, -one});
  const at::Tensor c =
      at::cat({offset_G + lowest_G, at::zeros_like(offset_G), at::ones_like(offset_G)});
  return {W.unsqueeze(2).contiguous(), b.view({-1, 1, 1}).contiguous(),
          v.view({-1, 1, 1}).contiguous(), c.view({-1, 1, 1}).contiguous()};
}

// He's normal weights (mlp.h), the same for every gate; the readout starts at 0, at the mean.
Nets layers(const at::Tensor& y_GB, int64_t width, int64_t neurons, const Draw& draw) {
  const int64_t G = y_GB.size(0);
  const at::Tensor W_DH =
      normals(draw, 0, width, neurons) * std::sqrt(2. / static_cast<double>(width));
  return {W_DH.unsqueeze(0).repeat({G, 1, 1}), at::zeros({G, 1, neurons}),
          at::zeros({G, neurons, 1}), y_GB.mean(1).view({G, 1, 1}).contiguous()};
}

// Of nets J = starts · G, for each gate the one that fits the training rows best, on the test rows.
std::vector<double> held_out(const Nets& nets, const Halves& h, const at::Tensor& y_JB1,
                             const at::Tensor& fitted_on) {
  const at::Tensor test_JB = nets.say(h.test).squeeze(2).to(at::kDouble);
  const at::Tensor left_J = (nets.say(fitted_on) - y_JB1).square().mean({1, 2});
  const int64_t G = h.test_gates.size(1);
  const at::Tensor best_G = left_J.view({-1, G}).argmin(0);
  return by_gate(h, [&](int64_t g) {
    return r2(test_JB.select(0, best_G[g].item<int64_t>() * G + g), h.test_gates.select(1, g));
  });
}

// Standardised on the training rows; what is constant there is 0.
at::Tensor standardised(const at::Tensor& acts, const InputSplit& split) {
  const at::Tensor train = acts.index_select(0, split.train);
  const at::Tensor spread = train.std(0, false, true);
  const at::Tensor scale = at::where(spread > 1e-12, 1 / spread.clamp_min(1e-12), 0.0);
  return (acts - train.mean(0, true)) * scale;
}

}  // namespace

Present present(const at::Tensor& acts_BD, const at::Tensor& gates_BG, const InputSplit& split,
                int64_t next_width, const Draw& draw) {
  if (acts_BD.size(0) != gates_BG.size(0))
    throw InputError("present: different numbers of samples");
  const int64_t G = gates_BG.size(1);
  const std::vector<double> none(G, nothing);
  if (G == 0 || 2 * acts_BD.size(1) >= split.train.numel() || split.test.numel() == 0)
    return {none, none, none};
  const at::Tensor acts = score_input(acts_BD, "the activations");
  const at::Tensor x = standardised(acts, split).to(at::kFloat);
  const at::Tensor directions =
      probe_directions(x, gates_BG, split).to(at::kDouble);  // G × D, of norm 1 or 0
  Present result;
  const Halves read = halves(x.to(at::kDouble).matmul(directions.t()), gates_BG, split);
  result.linear = by_gate(read, [&](int64_t g) {
    return regression_r2(read.train.narrow(1, g, 1), read.train_gates.select(1, g),
                         read.test.narrow(1, g, 1), read.test_gates.select(1, g));
  });
  const Halves h = halves(x, gates_BG, split);
  const int64_t rows = std::min<int64_t>(h.train.size(0), 1024);
  const at::Tensor fit_on = h.train.narrow(0, 0, rows).contiguous();
  const at::Tensor y_GB = h.train_gates.narrow(0, 0, rows).t().to(at::kFloat).contiguous();
  Nets neurons = single_neurons(fit_on, directions.to(at::kFloat), y_GB);
  const at::Tensor y_three = y_GB.repeat({3, 1}).unsqueeze(2);
  train_nets(neurons, fit_on, y_three);
  result.relu = held_out(neurons, h, y_three, fit_on);
  Nets mlps = layers(y_GB, x.size(1), next_width, draw);
  train_nets(mlps, fit_on, y_GB.unsqueeze(2));
  result.mlp = held_out(mlps, h, y_GB.unsqueeze(2), fit_on);
  return result;
}

Elicited elicited(const at::Tensor& codes_BM, bool signed_codes, const at::Tensor& gates_BG,
                  const InputSplit& split) {
  if (codes_BM.size(0) != gates_BG.size(0))
    throw InputError("elicited: different numbers of samples");
  const int64_t M = codes_BM.size(1), G = gates_BG.size(1);
  Elicited result{std::vector<double>(G, nothing), std::vector<double>(G, nothing),
                  std::vector<std::vector<int64_t>>(G)};
  if (M == 0 || split.train.numel() == 0 || split.test.numel() == 0) return result;
  const at::Tensor codes = score_input(codes_BM, "the codes");
  const Halves h = halves(signed_codes ? codes : at::cat({codes, (codes != 0).to(at::kDouble)}, 1),
                          gates_BG, split);
  const at::Tensor centred = h.train - h.train.mean(0, true);
  result.one = by_gate(h, [&](int64_t g) {
    poll_stop();
    at::Tensor left = centred.clone();
    const at::Tensor y = h.train_gates.select(1, g) - h.train_gates.select(1, g).mean();
    std::vector<int64_t> chosen;
    double one = 0;
    for (int64_t step = 0; step < 3; ++step) {
      const at::Tensor norms = left.norm(2, 0);
      const at::Tensor gain =
          at::where(norms > 1e-9, at::mv(left.t(), y).abs() / norms.clamp_min(1e-9), -1.0);
      const int64_t best = gain.argmax().item<int64_t>();
      if (gain[best].item<double>() <= 0) break;
      chosen.push_back(best);
      const at::Tensor unit = left.select(1, best) / norms[best];
      left = left - at::outer(unit, at::mv(left.t(), unit));
      std::vector<int64_t>& latents = result.latents[g];
      if (std::ranges::find(latents, best % M) == latents.end()) latents.push_back(best % M);
      if (step == 0) {
        one = regression_r2(h.train.narrow(1, best, 1), h.train_gates.select(1, g),
                            h.test.narrow(1, best, 1), h.test_gates.select(1, g));
      }
    }
    const at::Tensor columns = at::tensor(chosen, at::kLong);
    result.three[g] = regression_r2(h.train.index_select(1, columns), h.train_gates.select(1, g),
                                    h.test.index_select(1, columns), h.test_gates.select(1, g));
    return one;
  });
  return result;
}

std::optional<Used> used(const Subject& subject, const Batch& batch, const std::string& tap,
                         const at::Tensor& gates_BG, int64_t draws, const Draw& draw) {
  const std::optional<double> threshold = subject.decision_threshold();
  if (!threshold.has_value()) return std::nullopt;
  const at::NoGradGuard no_gradients;
  const at::Tensor truth = batch.targets_BT > .5;
  const auto accuracy = [&](const Hook& hook) {
    poll_stop();
    const at::Tensor right = ((subject.run(batch, hook) > *threshold) == truth).all(1);
    return right.to(at::kDouble).mean().item<double>();
  };
  const at::Tensor acts = acts_at(subject, batch, {tap}).front();
  const double own = accuracy({});
  const int64_t G = gates_BG.size(1);
  Used result{std::vector<double>(G), std::vector<double>(G), std::vector<double>(G)};
  for (int64_t g = 0; g < G; ++g) {
    const double rate = gates_BG.select(1, g).to(at::kDouble).mean().item<double>();
    if (rate == 0 || rate == 1) {  // nothing to erase
      result.drop[g] = result.random[g] = result.random_most[g] = nothing;
      continue;
    }
    const Erasure erasure = leace(acts, gates_BG.narrow(1, g, 1));
    result.drop[g] = own - accuracy(erase(tap, erasure));
    const int64_t rank = erased_rank(erasure);
    std::vector<double> random;
    Words words = draw.at(static_cast<std::uint64_t>(g));
    for (int64_t i = 0; i < draws; ++i)
      random.push_back(own - accuracy(erase(tap, random_erasure(acts, rank, words))));
    result.random[g] = random.empty() ? nothing : mean(random);
    result.random_most[g] =
        random.empty() ? nothing : *std::max_element(random.begin(), random.end());
  }
  return result;
}

namespace {

Score mean_present(const std::vector<double>& values) {
  std::vector<double> known;
  for (const double x : values)
    if (!std::isnan(x)) known.push_back(x);
  return known.empty() ? Score::absent(
                             "no gate has a value: constant in a half of the inputs, or "
                             "too few inputs for the width")
                       : Score::of(mean(known));
}

// NaN where none is known: nothing is concluded from what could not be measured.
double yes(const std::vector<double>& r2s) {
  double best = nothing;
  for (const double x : r2s)
    if (!std::isnan(x)) best = std::isnan(best) ? x : std::max(best, x);
  return std::isnan(best) ? nothing : static_cast<double>(best >= enough_r2);
}

double used_yes(const Used& used, std::size_t g) {
  if (std::isnan(used.random[g])) return nothing;
  return static_cast<double>(used.drop[g] >= least_drop &&
                             used.drop[g] > used.random_most[g] + 1e-12);
}

Score count(const Table& table, double p, double e, double u) {
  double gates = 0;
  bool any = false;
  const std::size_t first = table.columns.size() - 3;
  for (const auto& row : table.rows) {
    any = any ||
          !(std::isnan(row[first]) || std::isnan(row[first + 1]) || std::isnan(row[first + 2]));
    gates += row[first] == p && row[first + 1] == e && row[first + 2] == u;
  }
  return any ? Score::of(gates) : Score::absent("no gate has all three answers");
}

}  // namespace

Elicitation elicitation(const Present& present, const Elicited& elicited,
                        const std::optional<Used>& used) {
  Elicitation result;
  Table& table = result.table;
  table.columns = {"present_linear", "present_relu", "present_mlp",  "elicited_one",
                   "elicited_three", "latent",       "drop",         "drop_random",
                   "used",           "present_yes",  "elicited_yes", "used_yes"};
  for (std::size_t g = 0; g < present.linear.size(); ++g) {
    const double drop = used ? used->drop[g] : nothing, random = used ? used->random[g] : nothing;
    table.rows.push_back(
        {present.linear[g], present.relu[g], present.mlp[g], elicited.one[g], elicited.three[g],
         elicited.latents[g].empty() ? nothing : static_cast<double>(elicited.latents[g].front()),
         drop, random, drop - random, yes({present.linear[g], present.relu[g], present.mlp[g]}),
         yes({elicited.one[g], elicited.three[g]}), used ? used_yes(*used, g) : nothing});
  }
  const std::set<std::string> no_scores{"latent", "drop", "drop_random"};
  for (std::size_t c = 0; c < table.columns.size(); ++c) {
    std::string name = table.columns[c];
    if (no_scores.count(name) > 0) continue;
    if (name == "present_yes") name = "present";
    if (name == "elicited_yes") name = "elicited";
    if (name == "used_yes") name = "used_share";
    std::vector<double> values;
    for (const auto& row : table.rows) values.push_back(row[c]);
    result.scores[name] = name.starts_with("used") && !used
                              ? Score::absent("the subject has no outputs to threshold")
                              : mean_present(values);
  }
  for (const double p : {0, 1})
    for (const double e : {0, 1})
      for (const double u : {0, 1}) {
        const auto digit = [](double x) { return std::string(x > 0 ? "1" : "0"); };
        result.scores["present_elicited_used_" + digit(p) + digit(e) + digit(u)] =
            count(table, p, e, u);
      }
  return result;
}

}  // namespace lab
