// Where in a network might a boolean variable lie? A short list of places, from activations alone.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lab/core/fields.h"
#include "lab/subjects/place.h"

namespace lab {

// How much is searched: the same for every variable, so that no hypothesis gets more chances.
struct SearchBudget {
  std::int64_t neurons = 4;
  bool directions = true;
  std::int64_t search_pairs = 512;
  std::int64_t test_pairs = 1024;

  void fields(Fields& f) {
    f("neurons", neurons, at_least(0), "single neurons that are tried a variable, over all taps");
    f("directions", directions, any(), "whether the probe's direction at each tap is tried, too");
    f("search_pairs", search_pairs, at_least(16), "pairs of inputs on which a place is chosen");
    f("test_pairs", test_pairs, at_least(16), "other pairs, on which it is scored");
    f.require(neurons > 0 || directions, "neurons", "must be at least 1 without directions");
  }
};

// Activations of a subject at its taps, on inputs where variables are known.
struct TapRun {
  std::vector<std::string> taps;
  std::vector<at::Tensor> acts_BD;
};
// All taps but the output, where what the network says is read and not how it gets there.
TapRun run_taps(const Subject& subject, const Batch& batch);

// The places to try for a variable with these values (bool [B]) on the run's inputs: the `neurons`
// whose activation correlates most with it, of all taps; then at each tap the direction of its ridge
// regression (probes.h). Nothing for a variable that is constant there.
std::vector<Place> candidate_places(const TapRun& run, const at::Tensor& values_B,
                                    const SearchBudget& budget);

}  // namespace lab
