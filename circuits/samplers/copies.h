// Many small circuits in one: what computation in superposition is about.
#pragma once

#include <functional>

#include "circuits/samplers/parameters.h"
#include "circuits/samplers/random.h"

namespace circuits {

using Sampler = std::function<Sampled(const WordSource&)>;

// `copies` circuits next to each other (compose.h: side_by_side): one draw again and again if `same`,
// else as many independent draws. With shared_inputs all read the same inputs (on_same_inputs), else
// each has its own. With `permute`, copy i reads its inputs in a uniform order of its own, drawn after
// its circuit; so a copy is a variant of the others even if `same`.
struct CopiesShape {
  static constexpr const char* family = "copies";
  static constexpr const char* doc = "circuits of another family side by side";
  std::size_t copies = 4;
  bool same = false;
  bool shared_inputs = false;
  bool permute = false;

  Parameters parameters();
};
// Attempts are the sum of those of all draws. Throws Error for a shape out of range, more than 2^24 nodes
// in all, and when inputs are shared by circuits of different numbers of inputs.
Sampled sample_copies(const CopiesShape& shape, const Sampler& sampler, const WordSource& words);

}  // namespace circuits
