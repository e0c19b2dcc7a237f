// End-to-end sparse autoencoder.
#pragma once

#include <cstdint>
#include <string>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// codes and penalty as in relu_l1, but what is to be kept is what the subject makes of the activations: with the tap
// replaced by x̂ the subject says ŷ in place of y. Loss = mean over the batch of
//   distance(y, ŷ) + l1 · Σ_i c_i ‖w_i‖ + downstream · Σ_taps Σ_d (a − â)² / (number of later taps),
// a and â what later taps hold in the two runs. distance: mse, Σ_t (y − ŷ)²; kl, the divergence of the softmax of ŷ from
// that of y; kl_bits, the sum of those of independent bits with logits y and ŷ.
// Dead latents that are resampled restart, as elsewhere, at samples of large ‖x − x̂‖.
struct EndToEnd {
  static constexpr const char* name = "end_to_end";
  static constexpr const char* doc =
      "ReLU sparse autoencoder that is trained on the subject's output (Braun et al. 2024, arXiv "
      "2405.12241)";
  static constexpr std::int64_t revision = 1;
  double l1 = 0.1;
  double l1_warmup = 0.05;
  std::string distance = "mse";
  double downstream = 0;
  SaeSettings sae{.unit_norm_decoder = false, .init_norm = 0.1};

  void fields(Fields& f) {
    f("l1", l1, at_least(0), "penalty per unit of code, in units of the distance per activation");
    f("l1_warmup", l1_warmup, between(0, 1),
      "share of the steps in which l1 rises linearly from 0");
    f("distance", distance, one_of({"mse", "kl", "kl_bits"}), "between the subject's two outputs");
    f("downstream", downstream, at_least(0),
      "weight of the squared differences at later taps, 0: outputs alone count");
    sae.fields(
        f,
        {.normalise = false, .skip = false, .auxiliary = false, .device = false, .target = true});
    f.require(l1 > 0 || std::holds_alternative<NoTarget>(sae.target.kind), "l1",
              "must be above 0 for a target to steer it");
    f.require(!std::holds_alternative<FvuTarget>(sae.target.kind), "target",
              "must be none or l0: what the subject does not read is not reconstructed");
  }
};

// Throws InputError for a transcoder, for a tap after which the subject computes nothing, and for kl of one output.
Fitted fit_end_to_end(const EndToEnd& config, const FitData& data, std::int64_t seed);

}  // namespace lab
