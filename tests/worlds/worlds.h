// What the tests of worlds share.
#pragma once

#include <doctest/doctest.h>

#include <memory>
#include <string>

#include "lab/core/config.h"
#include "lab/tensors/tensors.h"
#include "lab/worlds/world.h"

namespace lab::tests {

inline std::unique_ptr<World> world_of(const std::string& text, std::int64_t seed = 1) {
  return make_world(read_config<WorldConfig>(parse_json(text, "test")), seed);
}

// What is true of every world whose inputs and targets are its features' values: shapes, presence
// exactly where a value is not 0, the same samples for any split into batches, and other samples for
// another seed or split.
void check_feature_world(const std::string& config);

// Presence as numbers, column by column sums: how often each feature is there.
inline std::vector<double> counts(const Batch& batch) {
  return to_vector(batch.present_BF.to(at::kDouble).sum(0));
}

}  // namespace lab::tests
