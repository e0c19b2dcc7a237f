#include "lab/decomposers/dead_latents.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <vector>

#include "lab/core/rng.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;

// Mean norm of the rows of living latents; 1 when none lives.
double living_norm(const at::Tensor& rows_MD, const at::Tensor& dead_K) {
  const int64_t living = rows_MD.size(0) - dead_K.size(0);
  if (living == 0) return 1;
  const at::Tensor norm_M = rows_MD.norm(2, 1);
  return (norm_M.sum() - norm_M.index_select(0, dead_K).sum()).item<double>() /
         static_cast<double>(living);
}

// The optimiser's moments of these latents become 0.
void forget(const SaeParams& params, const at::Tensor& dead_K, const Optimizer& optimizer) {
  std::vector<at::Tensor> by_latent{params.W_enc_MD, params.b_enc_M, params.W_dec_MD};
  for (const at::Tensor& own : params.more) {
    if (own.dim() > 0 && own.size(0) == params.b_enc_M.size(0)) by_latent.push_back(own);
  }
  for (std::size_t i = 0; i < optimizer.params().size(); ++i) {
    const auto same = [&](const at::Tensor& p) { return p.is_same(optimizer.params()[i]); };
    if (std::ranges::none_of(by_latent, same)) continue;
    for (const auto* moments : {&optimizer.first_moments(), &optimizer.second_moments()}) {
      if (moments->empty()) continue;
      at::Tensor moment = moments->at(i);
      moment.index_fill_(0, dead_K, 0);
      const bool square = moment.dim() == 2 && moment.size(1) == params.b_enc_M.size(0);
      if (square) moment.index_fill_(1, dead_K, 0);  // what latents say to one another
    }
  }
}

void restart(const at::Tensor& dead_K, const at::Tensor& atoms_KD, const at::Tensor& readers_KD,
             const SaeObjective& objective, SaeParams& params, Optimizer& optimizer) {
  const bool tied = params.tied();
  params.W_dec_MD.index_copy_(0, dead_K, atoms_KD);
  if (!tied) params.W_enc_MD.index_copy_(0, dead_K, readers_KD);
  params.b_enc_M.index_fill_(0, dead_K, 0);
  objective.restart(params, dead_K);
  forget(params, dead_K, optimizer);
}

bool due(int64_t done, int64_t every, double until, int64_t steps) {
  return done % every == 0 && static_cast<double>(done) <= until * static_cast<double>(steps);
}

}  // namespace

Silence::Silence(int64_t latents) : steps_M_(at::zeros({latents}, at::kLong)) {}

void Silence::step(const at::Tensor& fired_M) {
  TORCH_CHECK(fired_M.is_cpu() && fired_M.is_contiguous() && fired_M.sizes() == steps_M_.sizes());
  const bool* const fired = fired_M.const_data_ptr<bool>();
  auto* const steps = steps_M_.data_ptr<int64_t>();
  for (int64_t i = 0; i < steps_M_.size(0); ++i) steps[i] = fired[i] ? 0 : steps[i] + 1;
}

at::Tensor Silence::dead(int64_t after) const {
  return steps_M_ >= after;
}

void Silence::forgive(const at::Tensor& latents) {
  steps_M_.index_fill_(0, latents, 0);
}

bool resample(const at::Tensor& dead_K, const at::Tensor& uniform_K, const SaeObjective& objective,
              const SaeBatch& batch, bool input_bias, SaeParams& params, Optimizer& optimizer) {
  const at::NoGradGuard no_grad;
  const at::Tensor error_BD = objective.reconstruction(params, batch.in_BD) - batch.out_BD;
  const at::Tensor mass_B = error_BD.square().sum(1).to(at::kDouble).square().cumsum(0);
  const at::Tensor total = mass_B[-1];
  if (!(total.item<double>() > 0)) return false;
  const at::Tensor sample_K = at::searchsorted(mass_B, uniform_K.to(mass_B.options()) * total,
                                               /*out_int32=*/false, /*right=*/true)
                                  .clamp_max(mass_B.size(0) - 1);
  const at::Tensor out_KD = batch.out_BD.index_select(0, sample_K) - params.b_dec_D;
  at::Tensor in_KD = batch.in_BD.index_select(0, sample_K);
  if (input_bias) in_KD = in_KD - params.b_dec_D;
  const double atom_norm = living_norm(params.W_dec_MD, dead_K);
  const double reader_norm = living_norm(params.W_enc_MD, dead_K);
  restart(dead_K, unit_rows(out_KD) * atom_norm, unit_rows(in_KD) * (0.2 * reader_norm), objective,
          params, optimizer);
  return true;
}

void reinitialise(const at::Tensor& dead_K, const at::Tensor& unit_KD, const at::Tensor& read_KD,
                  const SaeObjective& objective, SaeParams& params, Optimizer& optimizer) {
  const at::NoGradGuard no_grad;
  restart(dead_K, unit_KD * living_norm(params.W_dec_MD, dead_K),
          read_KD * living_norm(params.W_enc_MD, dead_K), objective, params, optimizer);
}

Restarts::Restarts(const SaeSettings& settings, bool same_tap, int64_t seed)
    : dead_(settings.dead),
      steps_(settings.steps),
      seed_(seed),
      same_tap_(same_tap),
      input_bias_(settings.input_bias && same_tap) {}

void Restarts::after_step(int64_t done, const SaeObjective& objective,
                          const std::function<SaeBatch()>& chunk, Silence& silence,
                          SaeParams& params, Optimizer& optimizer) const {
  if (const auto* rule = std::get_if<Resample>(&dead_.kind)) {
    if (!due(done, rule->every, rule->until, steps_)) return;
    const at::Tensor dead_K = silence.dead(rule->after).nonzero().view(-1);
    if (dead_K.numel() == 0) return;
    const at::Tensor uniform_K =
        uniforms(Draw("decomposer/resample", seed_), done, 1, dead_K.numel()).view(-1);
    if (resample(dead_K.to(params.b_enc_M.device()), uniform_K, objective, chunk(), input_bias_,
                 params, optimizer)) {
      silence.forgive(dead_K);
    }
  } else if (const auto* again = std::get_if<Reinitialise>(&dead_.kind)) {
    if (!due(done, again->every, again->until, steps_)) return;
    const at::Tensor dead_K = silence.dead(again->after).nonzero().view(-1);
    const int64_t K = dead_K.numel(), out = params.W_dec_MD.size(1), in = params.W_enc_MD.size(1);
    if (K == 0) return;
    const auto directions = [&](const char* name, int64_t width) {
      return unit_rows(normals(Draw(name, seed_), done, 1, K * width).view({K, width}))
          .to(params.b_enc_M.options());
    };
    const at::Tensor unit_KD = directions("decomposer/reinitialise", out);
    reinitialise(dead_K.to(params.b_enc_M.device()), unit_KD,
                 same_tap_ ? unit_KD : directions("decomposer/reinitialise_encoder", in), objective,
                 params, optimizer);
    silence.forgive(dead_K);
  }
}

}  // namespace lab
