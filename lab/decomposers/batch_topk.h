// BatchTopK and Matryoshka sparse autoencoders.
#pragma once

#include <cstdint>
#include <vector>

#include "lab/core/fields.h"
#include "lab/decomposers/sae_config.h"

namespace lab {

struct FitData;
struct Fitted;

// codes: of ReLU((x − b_dec) W_enc + b_enc) of a whole batch the k·B largest (k need not be whole), so that a sample may have more than another;
// loss = mean over the batch of Σ_d (x − x̂)², and the auxiliary loss when `dead` asks for it. After training codes are
// ReLU(p) where p is above one threshold: the mean, over batches of the last samples drawn, of the least code that was
// kept.
struct BatchTopK {
  static constexpr const char* name = "batch_topk";
  static constexpr const char* doc =
      "BatchTopK sparse autoencoder: k latents a sample on average (Bussmann, Leask & Nanda 2024, "
      "arXiv 2412.06410)";
  static constexpr std::int64_t revision = 2;
  double k = 4;
  SaeSettings sae;

  void fields(Fields& f);
};

// The same with several nested dictionaries: the first m of the latents alone reconstruct the sample, too, for each m in
// `prefixes` and for all (or for prefixes that are drawn anew each step, as in Nabeshima 2024, "Matryoshka sparse
// autoencoders"). loss = mean over these of Σ_d (x − x̂_m)², where x̂_m uses the codes of the first m latents. The
// auxiliary loss is that of the whole.
struct Matryoshka {
  static constexpr const char* name = "matryoshka";
  static constexpr const char* doc =
      "Matryoshka BatchTopK sparse autoencoder: nested dictionaries that each reconstruct "
      "(Bussmann et al. 2025, arXiv "
      "2503.17547)";
  static constexpr std::int64_t revision = 2;
  double k = 4;
  std::vector<std::int64_t> prefixes{4, 16};
  std::int64_t sampled = 0;
  SaeSettings sae;

  void fields(Fields& f);
};

Fitted fit_batch_topk(const BatchTopK& config, const FitData& data, std::int64_t seed);
Fitted fit_matryoshka(const Matryoshka& config, const FitData& data, std::int64_t seed);

}  // namespace lab
