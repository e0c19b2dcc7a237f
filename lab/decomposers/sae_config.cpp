#include "lab/decomposers/sae_config.h"

#include <ATen/Context.h>

#include <algorithm>
#include <functional>

#include "lab/core/error.h"

namespace lab {

void train_samples_field(Fields& f, std::optional<std::int64_t>& train_samples,
                         std::int64_t batch) {
  f("train_samples", train_samples, at_least(1),
    "training goes through so many samples again and again; none: new ones all the time",
    Legacy{"null"});
  f.require(!train_samples || *train_samples % batch == 0, "train_samples",
            "must be a multiple of batch");
}

void SaeSettings::fields(Fields& f, const SaeFields& has) {
  f("latents", latents, at_least(1), "latents of the dictionary, M");
  f("steps", steps, at_least(1), "optimiser steps");
  f("batch", batch, at_least(1), "samples per step");
  train_samples_field(f, train_samples, batch);
  f("optimizer", optimizer, any(), "update rule and learning rate");
  f("schedule", schedule, any(), "how the learning rate changes over the steps");
  if (has.atoms) {
    f("unit_norm_decoder", unit_norm_decoder, any(),
      "atoms keep norm 1: gradients are projected and atoms renormalised (Bricken et al. 2023)");
    f("init_norm", init_norm, above(0),
      "norm of the atoms at the start, and of what the latents read");
    f.require(!unit_norm_decoder || init_norm == 1, "init_norm",
              "must be 1 when unit_norm_decoder is true");
    f("atoms_init", atoms_init, one_of({"random", "truth"}),
      "the atoms at the start: random directions, or those of the world's first coordinates, as "
      "far "
      "as there are any: does training stay with the truth?",
      Legacy{"\"random\""});
    f("init_noise", init_noise, at_least(0),
      "atoms_init truth: what is added to each coordinate of a unit vector, times a normal number",
      Legacy{"0.0"});
    f.require(init_noise == 0 || atoms_init == "truth", "init_noise",
              "must be 0 when atoms_init is random");
  }
  if (has.encoder) {
    f("encoder_init", encoder_init, one_of({"transpose", "random"}),
      "the encoder at the start: the decoder's transpose (for transcoders random all the same), or "
      "random directions",
      Legacy{"\"transpose\""});
    f("tied", tied, any(), "the encoder is the decoder's transpose all the time", Legacy{"false"});
    f.require(!tied || encoder_init == "transpose", "encoder_init",
              "must be transpose when tied is true");
  }
  if (has.bias) {
    f("decoder_bias", decoder_bias, any(), "there is a decoder bias, which is trained",
      Legacy{"true"});
    f("bias_init", bias_init, one_of({"zero", "mean", "geometric_median"}),
      "decoder bias at the start, over the first fit samples");
    f.require(decoder_bias || bias_init == "zero", "bias_init",
              "must be zero when decoder_bias is false");
  }
  if (has.input_bias) {
    f("input_bias", input_bias, any(), "the decoder bias is subtracted from the input first");
  }
  if (has.normalise) {
    f("normalise", normalise, one_of({"none", "scale", "layer_norm", "unit_rms"}),
      "inputs are divided by one number so that their mean norm is √D, or each by its own spread "
      "or norm",
      Legacy{"\"none\""});
  }
  if (has.skip) {
    f("skip", skip, any(),
      "transcoders: a linear map of the input is added to the output (Paulo, Shabalin & Belrose "
      "2025, arXiv 2501.18823)",
      Legacy{"false"});
    f.require(!skip || normalise == "none", "normalise", "must be none when skip is true");
  }
  if (has.dead) {
    f("dead", dead, any(), "what is done about latents that fire no more");
    f.require(has.auxiliary || !std::holds_alternative<AuxiliaryLoss>(dead.kind), "dead",
              "must not be auxiliary: this family has no loss that dead latents could learn from");
    f.require(has.restart || std::holds_alternative<LeaveDead>(dead.kind) ||
                  std::holds_alternative<AuxiliaryLoss>(dead.kind),
              "dead", "must be none or auxiliary: this family's atoms are not free to restart");
  }
  if (has.target) {
    f("target", target, any(), "what the sparsity coefficient is steered to",
      Legacy{"{\"kind\":\"none\",\"revision\":1}"});
  }
  f("clip", clip, above(0), "greatest norm of the gradient, over all parameters; none: any",
    Legacy{"null"});
  f("ema", ema, at_least(0).below(1),
    "decay of a running mean of the parameters, which is what remains, in checkpoints, too; 0: "
    "the last ones",
    Legacy{"0.0"});
  if (has.device)
    f("device", device, one_of({"cpu", "cuda"}), "where it is trained", Legacy{"\"cpu\""});
  f("log_every", log_every, at_least(1), "steps between two rows of the table of steps");
  f("checkpoints", checkpoints, at_least(1),
    "steps, ascending, after which the dictionary as it is then is kept and scored, too",
    Legacy{"[]"});
  f.require(std::ranges::is_sorted(checkpoints, std::less_equal{}), "checkpoints",
            "must be ascending");
  f.require(checkpoints.empty() || checkpoints.back() <= steps, "checkpoints",
            "must be at most steps");
}

void require_device(const SaeSettings& settings) {
  if (settings.device == "cpu" || at::hasCUDA()) return;
  throw InputError("decomposer: device is cuda, but this LibTorch has no CUDA device; use cpu");
}

}  // namespace lab
