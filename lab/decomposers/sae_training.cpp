#include "lab/decomposers/sae_training.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <utility>

#include "lab/core/error.h"
#include "lab/decomposers/dead_latents.h"
#include "lab/tensors/optimizer.h"

namespace lab {
namespace {

constexpr std::int64_t kChunk = 8192;  // samples drawn at once, at least

// The batches of a fit in their order. Samples are drawn several batches at a time, which changes
// no number, since a sample depends on its place alone.
class FitBatches {
 public:
  FitBatches(const FitData& data, const SaeSettings& settings)
      : data_(data), batch_(settings.batch), rows_(settings.steps * settings.batch) {}

  SaeBatch next() {
    if (at_ == end_) draw();
    const std::int64_t first = at_ - begin_;
    at_ += batch_;
    return {chunk_.in_BD.narrow(0, first, batch_), chunk_.out_BD.narrow(0, first, batch_)};
  }

  const SaeBatch& chunk() const { return chunk_; }  // the one that the last batch lies in
  double variance() const { return variance_; }     // its mean of ‖out − mean‖²

 private:
  void draw() {
    const std::int64_t whole = (kChunk + batch_ - 1) / batch_ * batch_;
    begin_ = end_;
    end_ = std::min(begin_ + whole, rows_);
    SiteActs acts = data_.site.acts(data_.world.sample("fit", begin_, end_ - begin_));
    chunk_ = {acts.in_BD.contiguous(), acts.out_BD.contiguous()};
    variance_ = (chunk_.out_BD - chunk_.out_BD.mean(0)).square().sum(1).mean().item<double>();
  }

  const FitData& data_;
  std::int64_t batch_, rows_, begin_ = 0, end_ = 0, at_ = 0;
  SaeBatch chunk_;
  double variance_ = 0;
};

// The table "steps".
class StepLog {
 public:
  void add(const SaeStep& step, double variance) {
    ++steps_;
    loss_ += step.loss;
    squared_error_ += step.squared_error;
    variance_ += variance;
    l0_ += step.l0;
  }

  void row(std::int64_t done, const Silence& silence) {
    const double n = static_cast<double>(steps_);
    const double fvu =
        variance_ > 0 ? squared_error_ / variance_ : std::numeric_limits<double>::quiet_NaN();
    const auto dead = silence.dead(steps_).sum().item<double>();
    table_.rows.push_back({static_cast<double>(done), loss_ / n, fvu, l0_ / n, dead});
    steps_ = 0;
    loss_ = squared_error_ = variance_ = l0_ = 0;
  }

  Table table() && { return std::move(table_); }

 private:
  Table table_{{"step", "loss", "fvu", "l0", "dead"}, {}};
  std::int64_t steps_ = 0;
  double loss_ = 0, squared_error_ = 0, variance_ = 0, l0_ = 0;
};

// The point of least summed distance to the rows (Weiszfeld's iteration, in double precision).
at::Tensor geometric_median(const at::Tensor& x_BD) {
  const at::Tensor x = x_BD.to(at::kDouble);
  at::Tensor median = x.mean(0);
  for (int round = 0; round < 100; ++round) {
    const at::Tensor weight = (x - median).norm(2, 1).clamp_min(1e-12).reciprocal();
    const at::Tensor next = at::mv(x.t(), weight) / weight.sum();
    const double moved = (next - median).norm().item<double>();
    median = next;
    if (moved <= 1e-9 * (1 + median.norm().item<double>())) break;
  }
  return median.to(at::kFloat);
}

at::Tensor initial_bias(const SaeSettings& settings, const FitData& data) {
  if (settings.bias_init == "zero") return at::zeros({data.site.output_width()});
  const at::Tensor out_BD = data.site.acts(data.world.sample("fit", 0, kChunk)).out_BD;
  return settings.bias_init == "mean" ? out_BD.mean(0) : geometric_median(out_BD);
}

// Keeps the atoms on the unit sphere: before the update the gradient loses its radial part, after
// it the atoms are renormalised.
void project(const at::Tensor& W_dec_MD, at::Tensor& grad_MD) {
  const at::Tensor radial_M1 = (grad_MD * W_dec_MD).sum(1, /*keepdim=*/true);
  grad_MD.addcmul_(W_dec_MD, radial_M1, -1);
}
void renormalise(at::Tensor& W_dec_MD) {
  W_dec_MD.div_(W_dec_MD.norm(2, 1, true).clamp_min(1e-12));
}

void resample_dead(const Resample& rule, const SaeSettings& settings, std::int64_t done,
                   const SaeObjective& objective, const FitBatches& batches, bool input_bias,
                   const Draw& draw, Silence& silence, SaeParams& params, Optimizer& optimizer) {
  const double last = rule.until * static_cast<double>(settings.steps);
  if (done % rule.every != 0 || static_cast<double>(done) > last) return;
  const at::Tensor dead_K = silence.dead(rule.after).nonzero().view(-1);
  if (dead_K.numel() == 0) return;
  const at::Tensor uniform_K = uniforms(draw, done, 1, dead_K.numel()).view(-1);
  if (resample(dead_K, uniform_K, objective, batches.chunk(), input_bias, params, optimizer)) {
    silence.forgive(dead_K);
  }
}

void require_finite_loss(double loss, std::int64_t step, const SaeSettings& settings) {
  if (std::isfinite(loss)) return;
  char rate[32];
  std::snprintf(rate, sizeof rate, "%g", settings.optimizer.lr);
  throw Failure("the loss is not finite at step " + std::to_string(step) +
                ": lower optimizer.lr (now " + rate + ") or look for huge activations");
}

}  // namespace

std::vector<at::Tensor> SaeParams::list() const {
  std::vector<at::Tensor> all{W_enc_DM, b_enc_M, W_dec_MD, b_dec_D};
  all.insert(all.end(), more_M.begin(), more_M.end());
  return all;
}

SaeParams SaeParams::from_list(const std::vector<at::Tensor>& list) {
  return {list.at(0), list.at(1), list.at(2), list.at(3), {list.begin() + 4, list.end()}};
}

SaeStep SaeObjective::differentiate(const SaeParams& params, const SaeBatch& batch,
                                    const SaeMoment& moment, SaeParams& grads) const {
  const at::AutoGradMode grad_mode(true);
  std::vector<at::Tensor> leaves;
  for (const at::Tensor& p : params.list()) leaves.push_back(p.detach().requires_grad_(true));
  const SaeParams at_leaves = SaeParams::from_list(leaves);
  const at::Tensor value = loss(at_leaves, batch, moment);
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
          fires_BM.sum().item<double>() / B, fires_BM.any(0)};
}

bool subtracts_bias(const SaeSettings& settings, const Site& site) {
  return settings.input_bias && site.input_tap() == site.output_tap();
}

SaeParams initial_params(const SaeSettings& settings, const FitData& data, std::int64_t seed) {
  const std::int64_t M = settings.latents, in = data.site.input_width(),
                     out = data.site.output_width();
  const at::Tensor atoms_MD = unit_rows(normals(Draw("decomposer/atoms", seed), 0, M, out));
  const bool same = data.site.input_tap() == data.site.output_tap();
  const at::Tensor readers_MD =
      same ? atoms_MD : unit_rows(normals(Draw("decomposer/encoder", seed), 0, M, in));
  return {(readers_MD * settings.init_norm).t().contiguous(), at::zeros({M}),
          atoms_MD * settings.init_norm, initial_bias(settings, data)};
}

Fitted train_sae(const SaeSettings& settings, const SaeObjective& objective, SaeParams params,
                 const FitData& data, std::int64_t seed, Atoms atoms) {
  const at::NoGradGuard no_grad;
  const bool learns_atoms = atoms == Atoms::kTrained;
  const bool input_bias = subtracts_bias(settings, data.site);
  const auto* resampling = std::get_if<Resample>(&settings.dead.kind);
  const auto* auxiliary = std::get_if<AuxiliaryLoss>(&settings.dead.kind);
  std::vector<at::Tensor> learned = params.list(), slopes;
  for (const at::Tensor& p : learned) slopes.push_back(at::zeros_like(p));
  SaeParams grads = SaeParams::from_list(slopes);
  if (!learns_atoms) {
    for (auto* list : {&learned, &slopes}) list->erase(list->begin() + 2, list->begin() + 4);
  }
  Optimizer optimizer(settings.optimizer, learned);
  FitBatches batches(data, settings);
  Silence silence(settings.latents);
  StepLog log;
  const Draw draw("decomposer/resample", seed);
  for (std::int64_t step = 0; step < settings.steps; ++step) {
    data.stop.check();
    const SaeBatch batch = batches.next();
    SaeMoment moment{static_cast<double>(step) / static_cast<double>(settings.steps), {}};
    if (auxiliary) moment.dead_M = silence.dead(auxiliary->after);
    const SaeStep result = objective.differentiate(params, batch, moment, grads);
    require_finite_loss(result.loss, step, settings);
    if (settings.unit_norm_decoder && learns_atoms) project(params.W_dec_MD, grads.W_dec_MD);
    optimizer.step(
        slopes, settings.optimizer.lr * schedule_factor(settings.schedule, step, settings.steps));
    if (settings.unit_norm_decoder && learns_atoms) renormalise(params.W_dec_MD);
    silence.step(result.fired_M);
    log.add(result, batches.variance());
    const std::int64_t done = step + 1;
    if (resampling && learns_atoms) {
      resample_dead(*resampling, settings, done, objective, batches, input_bias, draw, silence,
                    params, optimizer);
    }
    if (done % settings.log_every == 0 || done == settings.steps) log.row(done, silence);
  }
  for (const at::Tensor& p : params.list()) require_finite(p, "a trained parameter");
  Record record;
  record.tables["steps"] = std::move(log).table();
  return {objective.dictionary(params, batches.chunk()), std::move(record)};
}

}  // namespace lab
