// Training of sparse autoencoders: what all families share.
#pragma once

#include <cstdint>

#include "lab/decomposers/decomposer.h"
#include "lab/decomposers/sae_config.h"
#include "lab/decomposers/sae_objective.h"

namespace lab {

// Unit atoms times init_norm: random ones (draw "decomposer/atoms"), or by atoms_init those of the world's first
// coordinates (planted, or estimated from 8192 fit samples) plus noise ("decomposer/init_noise"); latents read along their atoms, or where encoder_init says
// so, and for transcoders, along random unit vectors times init_norm (draw "decomposer/encoder"); b_enc = 0, b_dec from the
// first 8192 fit samples, and what the family has beside these.
SaeParams initial_params(const SaeObjective& objective, const SaeSettings& settings,
                         const FitData& data, std::int64_t seed);

enum class Atoms { kTrained, kFrozen };  // frozen: W_dec and b_dec stay as they are

// Trains from `params` (whose tensors are written to, on the CPU). The record's table "steps" has a row every log_every
// steps and one at the end: step (steps done), and over the steps since the last row the means of loss and l0,
// fvu = Σ‖x − x̂‖² / Σ‖x − mean‖² (mean and sum over the chunks drawn), dead, the latents that were silent in all of them
// (those that have just restarted do not count), and sparsity, the factor of the sparsity coefficient at the end. Throws
// Failure when the loss is not finite, InputError for settings that do not fit the site.
Fitted train_sae(const SaeSettings& settings, const SaeObjective& objective, SaeParams params,
                 const FitData& data, std::int64_t seed, Atoms atoms = Atoms::kTrained);

// Both.
Fitted fit_sae(const SaeSettings& settings, const SaeObjective& objective, const FitData& data,
               std::int64_t seed);

}  // namespace lab
