// A decomposer takes activations apart: it fits a dictionary to a site.
#pragma once

#include <map>
#include <optional>
#include <string>
#include <variant>

#include "lab/core/record.h"
#include "lab/core/stop.h"
#include "lab/decomposers/archetypal.h"
#include "lab/decomposers/batch_topk.h"
#include "lab/decomposers/block_topk.h"
#include "lab/decomposers/dictionary.h"
#include "lab/decomposers/end_to_end.h"
#include "lab/decomposers/external.h"
#include "lab/decomposers/fixed.h"
#include "lab/decomposers/gated.h"
#include "lab/decomposers/given_sae.h"
#include "lab/decomposers/ica.h"
#include "lab/decomposers/jump_relu.h"
#include "lab/decomposers/kmeans.h"
#include "lab/decomposers/lista.h"
#include "lab/decomposers/matching_pursuit.h"
#include "lab/decomposers/mlp_encoder.h"
#include "lab/decomposers/nmf.h"
#include "lab/decomposers/pca.h"
#include "lab/decomposers/probes.h"
#include "lab/decomposers/refit.h"
#include "lab/decomposers/relu_l1.h"
#include "lab/decomposers/spade.h"
#include "lab/decomposers/sparse_dictionary.h"
#include "lab/decomposers/topk.h"
#include "lab/subjects/site.h"

namespace lab {

// What a decomposer may look at. Samples for fitting come from the world's split "fit".
struct FitData {
  const World& world;
  const Subject& subject;
  const Site& site;
  std::optional<Planted> planted;  // directions at the output tap, where known by construction
  const StopToken& stop;
  std::string stream =
      {};  // names the site's fit samples, where fits of this process may share them
};

struct Fitted {
  Dictionary dictionary;
  Record record;  // table "steps" (sae_training.h) for those that are trained
  std::map<std::int64_t, Dictionary> checkpoints = {};  // by steps done, where they were asked for
};

struct DecomposerConfig {
  static constexpr const char* room = "decomposers";
  std::variant<TopK, ReluL1, Pca, Fixed, BatchTopK, Matryoshka, JumpRelu, Gated, External, GivenSae,
               Ica, Nmf, KMeans, SparseDictionary, PAnneal, MatchingPursuit, Spade, BlockTopK,
               Archetypal, Lista, EndToEnd, Refit, LinearProbe, LogisticProbe, MlpAutoencoder>
      kind;
  std::optional<std::int64_t> seed;

  void fields(Fields& f) {
    f.kind(kind);
    f("seed", seed, at_least(0),
      "seed of the decomposer: initial weights, atoms (default: the run's)");
  }
};

// Whether the seed changes the result; a key holds only seeds that are used.
bool uses_seed(const DecomposerConfig& config);

// Fills in the seeds that are used (the config's own, else `seed`) and leaves out those that are not.
void settle_seeds(DecomposerConfig& config, std::int64_t seed);

// Reads the files that a decomposer is made of and puts the SHA-256 of their content into the
// config, so that it enters keys. Throws InputError when a file is unreadable or its content is not
// what the config says.
void resolve_files(DecomposerConfig& config);

// Throws Failure when it cannot (NaN in the loss, truth atoms at a tap without known directions).
Fitted fit(const DecomposerConfig& config, const FitData& data, std::int64_t seed);

}  // namespace lab
