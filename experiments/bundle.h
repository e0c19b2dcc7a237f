// What is handed to somebody who trains on a site's activations elsewhere, and the truth that judges the outcome.
#pragma once

#include <cstdint>
#include <functional>
#include <optional>
#include <string>

#include "experiments/keys.h"
#include "lab/sweep/stage.h"

namespace lab {

struct Bundle {
  StagePtr train;   // the subject's stage
  Product trained;  // its product: the weights
  Tensors
      activations;  // x [N, width of the input tap], float32; y with another output tap: split "fit"
  // x (and y) of the split "eval", which scores are measured on; values [H, C], present [H, F] (bool), directions [C, D]
  // where the features lie at the output tap, planted or estimated.
  Tensors truth;
};

// The bundle of a run of the experiment `recover`, given as its JSON. `known` gives the products of stages that were made
// before, so that the subject is not trained again. Throws InputError for another experiment, or when directions have to
// be estimated from too few held-out samples.
Bundle make_bundle(const json& run, std::int64_t samples, std::int64_t held_out,
                   const std::function<std::optional<Product>(const std::string& id)>& known);

}  // namespace lab
