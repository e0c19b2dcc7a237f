// Online dictionary learning for sparse codes.
#pragma once

#include <cstdint>
#include <optional>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// Mairal, Bach, Ponce & Sapiro 2009, "Online dictionary learning for sparse coding", with codes that are not negative:
// each mini-batch is coded by the exact lasso ‖x − mean − c·atoms‖² + l1 Σ c_i ‖w_i‖; sums of cᵀc and cᵀx over the batches
// so far (mean: 0 without `centre`; scaled by 1 − 1/t at batch t, so that codes of early atoms are forgotten: their section 3.4 with ρ = 1) then
// improve the atoms one by one within the unit ball. An atom that no code has used yet is replaced by
// a sample of the batch. No encoder is trained: codes of new samples are the lasso's, too.
struct SparseDictionary {
  static constexpr const char* name = "sparse_dictionary";
  static constexpr const char* doc =
      "online dictionary learning with exact sparse codes (Mairal et al. 2009)";
  static constexpr std::int64_t revision = 1;
  std::int64_t latents = 64;
  double l1 = 0.1;
  std::int64_t steps = 200;
  std::int64_t batch = 256;
  std::optional<std::int64_t> train_samples;
  bool centre = true;

  void fields(Fields& f) {
    f("latents", latents, at_least(1), "latents of the dictionary, M");
    f("l1", l1, above(0), "penalty per unit of code times the atom's norm");
    f("steps", steps, at_least(1), "mini-batches");
    f("batch", batch, at_least(1), "samples of each");
    train_samples_field(f, train_samples, batch);
    f("centre", centre, any(),
      "the mean is subtracted before coding and added by decoding; sums of atoms may no longer be "
      "such sums once it is",
      Legacy{"true"});
  }
};

// Throws InputError for a transcoder.
Fitted fit_sparse_dictionary(const SparseDictionary& config, const FitData& data,
                             std::int64_t seed);

}  // namespace lab
