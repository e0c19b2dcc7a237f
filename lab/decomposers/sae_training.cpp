#include "lab/decomposers/sae_training.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <limits>
#include <utility>

#include "lab/core/error.h"
#include "lab/decomposers/dead_latents.h"
#include "lab/decomposers/fit_batches.h"
#include "lab/decomposers/fit_samples.h"
#include "lab/decomposers/sae_kernels.h"
#include "lab/tensors/optimizer.h"

namespace lab {
namespace {

using std::int64_t;

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

  void row(int64_t done, const Silence& silence, double sparsity) {
    const double n = static_cast<double>(steps_);
    const double fvu =
        variance_ > 0 ? squared_error_ / variance_ : std::numeric_limits<double>::quiet_NaN();
    const auto dead = silence.dead(steps_).sum().item<double>();
    table_.rows.push_back({static_cast<double>(done), loss_ / n, fvu, l0_ / n, dead, sparsity});
    steps_ = 0;
    loss_ = squared_error_ = variance_ = l0_ = 0;
  }

  Table table() && { return std::move(table_); }

 private:
  Table table_{{"step", "loss", "fvu", "l0", "dead", "sparsity"}, {}};
  int64_t steps_ = 0;
  double loss_ = 0, squared_error_ = 0, variance_ = 0, l0_ = 0;
};

// The factor of the sparsity coefficient (sae_config.h, TargetConfig).
class Steering {
 public:
  explicit Steering(const TargetConfig& config) : config_(config) {}

  double factor() const { return std::exp(log_factor_); }

  void step(const SaeStep& step, double variance) {
    const auto* l0 = std::get_if<L0Target>(&config_.kind);
    const auto* fvu = std::get_if<FvuTarget>(&config_.kind);
    if (l0) move(l0->rate, step.l0, l0->l0);
    if (fvu && variance > 0) move(-fvu->rate, step.squared_error / variance, fvu->fvu);
  }

 private:
  void move(double rate, double measured, double target) {
    recent_ = started_ ? 0.98 * recent_ + 0.02 * measured : measured;
    started_ = true;
    const double off = std::log(std::max(recent_, 1e-9) / target);
    log_factor_ = std::clamp(log_factor_ + rate * std::clamp(off, -1.0, 1.0), -30.0, 30.0);
  }

  TargetConfig config_;
  double log_factor_ = 0, recent_ = 0;
  bool started_ = false;
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

// Of norm 1, but for noise on true ones where atoms do not keep their norm.
at::Tensor initial_atoms(const SaeSettings& settings, const FitData& data, int64_t seed) {
  const int64_t M = settings.latents, D = data.site.output_width();
  at::Tensor atoms_MD = unit_rows(normals(Draw("decomposer/atoms", seed), 0, M, D));
  if (settings.atoms_init == "random") return atoms_MD;
  const at::Tensor found_CD = true_directions(data).directions_CD;
  const int64_t known = std::min(M, found_CD.size(0));
  const at::Tensor true_KD = unit_rows(found_CD.narrow(0, 0, known));
  const at::Tensor noise_KD = normals(Draw("decomposer/init_noise", seed), 0, known, D);
  at::Tensor first_KD = atoms_MD.narrow(0, 0, known);  // what is never there has no direction
  first_KD.copy_(at::where(true_KD.norm(2, 1, true) > 0,
                           at::add(true_KD, noise_KD, settings.init_noise), first_KD));
  return settings.unit_norm_decoder ? unit_rows(atoms_MD) : atoms_MD;
}

at::Tensor initial_bias(const SaeSettings& settings, const FitData& data) {
  if (settings.bias_init == "zero") return at::zeros({data.site.output_width()});
  const Normaliser normaliser(settings, data);
  const at::Tensor out_BD = normaliser(data.site.acts(data.world, "fit", 0, kFitChunk)).out_BD;
  return settings.bias_init == "mean" ? out_BD.mean(0) : geometric_median(out_BD);
}

void require_finite_loss(double loss, int64_t step, const SaeSettings& settings) {
  if (std::isfinite(loss)) return;
  char rate[32];
  std::snprintf(rate, sizeof rate, "%g", settings.optimizer.lr);
  throw Failure("the loss is not finite at step " + std::to_string(step) +
                ": lower optimizer.lr (now " + rate + ") or look for huge activations");
}

void clip(const std::vector<at::Tensor>& slopes, double most) {
  double square = 0;
  for (const at::Tensor& slope : slopes) {
    const double norm = slope.norm().item<double>();
    square += norm * norm;
  }
  if (square <= most * most) return;
  for (const at::Tensor& slope : slopes) slope.mul_(most / std::sqrt(square));
}

bool same_tap(const FitData& data) {
  return data.site.input_tap() == data.site.output_tap();
}

void require_fitting(const SaeSettings& settings, const FitData& data) {
  if (settings.skip && same_tap(data)) {
    throw InputError(
        "decomposer: skip is for transcoders: give the site an output_tap, or drop skip");
  }
  if (settings.tied && !same_tap(data)) {
    throw InputError("decomposer: tied is not for transcoders, whose taps differ; drop tied");
  }
}

// What the optimiser moves: the family's parameters, as far as they are learned, and the skip.
class Learned {
 public:
  Learned(const SaeSettings& settings, const SaeObjective& objective, SaeParams& params,
          const FitData& data, Atoms atoms)
      : params_(params), tied_(params.tied()), atoms_(atoms == Atoms::kTrained) {
    std::vector<at::Tensor> blank;
    for (const at::Tensor& p : params.list()) blank.push_back(at::zeros_like(p));
    grads_ = SaeParams::from_list(blank);
    if (!tied_ && objective.learns_encoder()) take(params.W_enc_MD, grads_.W_enc_MD);
    if (objective.learns_encoder()) take(params.b_enc_M, grads_.b_enc_M);
    unit_norm_ = settings.unit_norm_decoder && atoms_ && objective.learns_atoms();
    if (atoms_ && objective.learns_atoms()) take(params.W_dec_MD, grads_.W_dec_MD);
    if (atoms_ && settings.decoder_bias) take(params.b_dec_D, grads_.b_dec_D);
    for (std::size_t i = 0; i < params.more.size(); ++i) take(params.more[i], grads_.more[i]);
    if (settings.skip) {
      skip_OD_ =
          at::zeros({data.site.output_width(), data.site.input_width()}, params.b_dec_D.options());
      skip_slope_OD_ = at::zeros_like(skip_OD_);
      take(skip_OD_, skip_slope_OD_);
    }
  }

  const std::vector<at::Tensor>& values() const { return values_; }
  const std::vector<at::Tensor>& slopes() const { return slopes_; }
  const at::Tensor& skip_OD() const { return skip_OD_; }

  // The loss and, in slopes(), its gradient.
  SaeStep differentiate(const SaeObjective& objective, const SaeBatch& batch,
                        const SaeMoment& moment) {
    if (!skip_OD_.defined()) {
      SaeStep step = objective.differentiate(params_, batch, moment, grads_);
      if (tied_) grads_.W_dec_MD.add_(grads_.W_enc_MD);
      return step;
    }
    SaeStep step = objective.differentiate(params_, rest(batch), moment, grads_);
    at::mm_out(skip_slope_OD_, step.slope_BD.t(), batch.in_BD);
    return step;
  }

  // What is left to reconstruct beside the skip.
  SaeBatch rest(const SaeBatch& batch) const {
    if (!skip_OD_.defined()) return batch;
    return {batch.in_BD, batch.out_BD - batch.in_BD.mm(skip_OD_.t()), batch.rows};
  }

  // Atoms stay on the unit sphere: before the update the gradient loses its radial part, after it
  // they are renormalised.
  void before_update() {
    if (unit_norm_) project_rows_(grads_.W_dec_MD, params_.W_dec_MD);
  }
  void after_update(const SaeObjective& objective, SaeParams& params) const {
    if (unit_norm_) normalise_rows_(params.W_dec_MD);
    objective.settle(params);
  }

 private:
  void take(const at::Tensor& value, const at::Tensor& slope) {
    values_.push_back(value);
    slopes_.push_back(slope);
  }

  SaeParams& params_;
  SaeParams grads_;
  bool tied_, atoms_, unit_norm_ = false;
  std::vector<at::Tensor> values_, slopes_;
  at::Tensor skip_OD_, skip_slope_OD_;
};

// A running mean of what is learned.
class Average {
 public:
  Average(double decay, const std::vector<at::Tensor>& values) : decay_(decay), values_(values) {
    if (decay_ == 0) return;
    for (const at::Tensor& value : values_) means_.push_back(value.clone());
  }
  // The first steps count as in a plain mean of the start and what came since.
  void step(int64_t done) {
    const double n = static_cast<double>(done);
    const double decay = std::min(decay_, n / (n + 1));
    for (std::size_t i = 0; i < means_.size(); ++i) means_[i].lerp_(values_[i], 1 - decay);
  }
  // Calls `work` while the values are the mean.
  template <typename Work>
  void installed(const Work& work) {
    std::vector<at::Tensor> own;
    for (const at::Tensor& value : values_) own.push_back(value.clone());
    for (std::size_t i = 0; i < means_.size(); ++i) values_[i].copy_(means_[i]);
    work();
    for (std::size_t i = 0; i < means_.size(); ++i) values_[i].copy_(own[i]);
  }

 private:
  double decay_;
  std::vector<at::Tensor> values_, means_;
};

SaeParams moved(const SaeParams& params, const std::string& device) {
  if (device == "cpu") return params;
  std::vector<at::Tensor> list;
  for (const at::Tensor& p : params.list()) list.push_back(p.to(at::Device(device)));
  SaeParams there = SaeParams::from_list(list);
  if (params.tied()) there.W_enc_MD = there.W_dec_MD;
  return there;
}

SaeParams at_home(const SaeParams& params) {
  std::vector<at::Tensor> list;
  for (const at::Tensor& p : params.list()) list.push_back(p.cpu().clone());
  return SaeParams::from_list(list);
}

}  // namespace

SaeParams initial_params(const SaeObjective& objective, const SaeSettings& settings,
                         const FitData& data, int64_t seed) {
  const int64_t M = settings.latents, in = data.site.input_width();
  const at::Tensor atoms_MD = initial_atoms(settings, data, seed);
  const bool transpose = same_tap(data) && settings.encoder_init == "transpose";
  const at::Tensor readers_MD =
      transpose ? atoms_MD : unit_rows(normals(Draw("decomposer/encoder", seed), 0, M, in));
  SaeParams params{readers_MD * settings.init_norm,
                   at::zeros({M}),
                   atoms_MD * settings.init_norm,
                   initial_bias(settings, data),
                   {}};
  if (settings.tied && same_tap(data)) params.W_enc_MD = params.W_dec_MD;
  params.more = objective.own_params(params);
  return params;
}

Fitted train_sae(const SaeSettings& settings, const SaeObjective& objective, SaeParams start,
                 const FitData& data, int64_t seed, Atoms atoms) {
  const at::NoGradGuard no_grad;
  require_fitting(settings, data);
  SaeParams params = moved(start, settings.device);
  Learned learned(settings, objective, params, data, atoms);
  learned.after_update(objective, params);
  Optimizer optimizer(settings.optimizer, learned.values());
  const Normaliser normaliser(settings, data);
  FitBatches batches(data, settings, normaliser, objective.reads_rows());
  Silence silence(settings.latents);
  Steering steering(settings.target);
  Average average(settings.ema, learned.values());
  const Restarts restarts(settings, same_tap(data), seed);
  StepLog log;
  std::map<int64_t, Dictionary> checkpoints;
  const auto finished = [&] {
    const SaeParams own = at_home(params);
    for (const at::Tensor& p : own.list()) require_finite(p, "a trained parameter");
    const SaeBatch seen{batches.chunk().in_BD.cpu(), batches.chunk().out_BD.cpu()};
    Dictionary dictionary = normaliser.undone(objective.dictionary(own, seen));
    if (learned.skip_OD().defined()) {
      dictionary.skip_OD = learned.skip_OD().cpu().clone();
      require_finite(dictionary.skip_OD, "the trained skip");
    }
    return dictionary;
  };
  // Calls `work` while the parameters are what remains of them; then they are, bit for bit, what they were.
  const auto averaged = [&](const auto& work) {
    if (settings.ema == 0) return work();
    average.installed([&] {
      learned.after_update(objective, params);
      work();
    });
    objective.settle(params);
  };
  for (int64_t step = 0; step < settings.steps; ++step) {
    data.stop.check();
    const SaeBatch batch = batches.next();
    SaeMoment moment{static_cast<double>(step) / static_cast<double>(settings.steps),
                     {},
                     steering.factor(),
                     step};
    if (const auto* auxiliary = std::get_if<AuxiliaryLoss>(&settings.dead.kind)) {
      moment.dead_M = silence.dead(auxiliary->after).to(batch.in_BD.device());
    }
    const SaeStep result = learned.differentiate(objective, batch, moment);
    require_finite_loss(result.loss, step, settings);
    learned.before_update();
    if (settings.clip) clip(learned.slopes(), *settings.clip);
    optimizer.step(learned.slopes(), settings.optimizer.lr *
                                         schedule_factor(settings.schedule, step, settings.steps));
    learned.after_update(objective, params);
    silence.step(result.fired_M.cpu());
    steering.step(result, batches.variance());
    log.add(result, batches.variance());
    const int64_t done = step + 1;
    average.step(done);
    if (atoms == Atoms::kTrained) {
      restarts.after_step(
          done, objective, [&] { return learned.rest(batches.chunk()); }, silence, params,
          optimizer);
    }
    if (std::ranges::binary_search(settings.checkpoints, done)) {
      averaged([&] { checkpoints.emplace(done, finished()); });
    }
    if (done % settings.log_every == 0 || done == settings.steps) {
      log.row(done, silence, steering.factor());
    }
  }
  Fitted fitted;
  averaged([&] { fitted.dictionary = finished(); });
  fitted.checkpoints = std::move(checkpoints);
  fitted.record.tables["steps"] = std::move(log).table();
  return fitted;
}

Fitted fit_sae(const SaeSettings& settings, const SaeObjective& objective, const FitData& data,
               int64_t seed) {
  return train_sae(settings, objective, initial_params(objective, settings, data, seed), data,
                   seed);
}

}  // namespace lab
