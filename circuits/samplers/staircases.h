// Staircases of parities (Abbe, Boix-Adserà and Misiakiewicz, COLT 2022 and 2023).
#pragma once

#include "circuits/samplers/parameters.h"
#include "circuits/samplers/random.h"

namespace circuits {

// Sets S_1, S_2, … of inputs, where S_j has leaps[j] inputs that are in no earlier set. All Σ leaps
// new inputs are different and in uniform order; every input of an earlier set is in S_j too with
// probability `overlap`, independently. So
//   overlap = 1   is a staircase: S_1 ⊂ S_2 ⊂ …; x1 + x1 x2 + x1 x2 x3 + … with leaps 1,1,1,…
//   overlap = 0   gives disjoint parities
//   between       gives merged staircases
// The monomial χ_S = Π_{i ∈ S} (1 − 2 x_i) of the papers is 1 − 2 · (parity of S). Output m<j>, j = 1, 2, …, is the
// parity of S_j, an XOR gate or, for a single input, the input. The real function h = Σ χ_{S_j} is no
// Boolean function; what stands for it is one more output, `combine`:
//   none      nothing; whoever needs h sums 1 − 2 m<j> over the outputs
//   majority  "sign": 1 iff h < 0, that is more than half of the m<j> are 1
//   xor       "product": the XOR of all m<j>, that is the product of the monomials
// max(leaps) bounds the leap of h from above, and is the leap if the order given is the best: with
// overlap 1 or 0 it is. It says nothing about the leap of the combined output.
struct StaircaseShape {
  static constexpr const char* family = "staircase";
  static constexpr const char* doc = "parities of growing sets of inputs: (merged) staircases";
  std::size_t inputs = 10;
  Parameter::Numbers leaps{1, 1, 1};
  double overlap = 1;
  std::string combine = "none";

  Parameters parameters();
};
// Throws Error for a shape out of range, no leaps, or Σ leaps > inputs.
Circuit sample_staircase(const StaircaseShape& shape, const WordSource& words);

}  // namespace circuits
