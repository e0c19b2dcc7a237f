// Which dictionary of a hierarchy was found. A parent p whose child c fires only with it can be explained by
// two dictionaries that say the same of every sample: the faithful one, an atom for p (it fires whenever p
// is present) and one for what the child adds, δ; and the absorbed one, an atom for p without c (it falls
// silent when c comes) and one for both together. Only atoms are looked at, not when they fire.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <vector>

#include "lab/core/rng.h"
#include "lab/scores/absorption.h"
#include "lab/scores/scores.h"

namespace lab {

// Over the samples in which parent and child of a pair are present: how many there are, and the means of
// their values f_p and f_c.
struct Together {
  ParentChild pair;
  std::int64_t samples;
  double parent, child;
};
std::vector<Together> together(const at::Tensor& values_BC, const at::Tensor& present_BC,
                               std::span<const ParentChild> pairs);

// The true directions of a pair that atoms are compared with:
//   parent  t_p. It is p-alone, too: what is there of the pair when p is present without c
//   child   δ: t_c; where cos(t_p, t_c) > .1 (t_c = parent + offset) also the offset t_c − ⟨t_c, t̂_p⟩ t̂_p
//   both    p+δ: E[f_p | p, c] t_p + E[f_c | p, c] t_c, the mean of the pair's part of the activations when
//           both are present
// An atom stands for the one of these of largest cosine (|cos| for signed codes), the first of equals, if
// that is at least the threshold; .9 as for frac_recovered.
constexpr double found_cosine = .9;

enum class HierarchyClass {
  faithful,   // atoms for parent and child, none for both
  absorbed,   // atoms for parent and both, none for the child
  redundant,  // atoms for all three
  other
};

struct Identified {
  ParentChild pair;
  std::optional<HierarchyClass> found;
  std::string reason;                      // why nothing can be said
  double cos_parent, cos_child, cos_both;  // the largest with any atom
};
// Nothing can be said where the pair never occurs together, a direction is 0, or two of the three
// have a cosine above .99. Throws InputError when shapes do not fit.
std::vector<Identified> identify(const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                                 std::span<const Together> pairs, bool signed_codes,
                                 double threshold = found_cosine);

// parents_found, children_found: shares of those same pairs with an atom of cosine at least .9 to the parent, to δ. [0, 1], the
// oracle's are 1.
// class_faithful, class_absorbed, class_redundant, class_other: shares of the pairs of which something can be
// said, with sum 1; class_pairs: the share of all pairs that these are. [0, 1]; the oracle's are 1, 0, 0, 0.
// Absent without pairs, or with the first pair's reason. With `draws` > 0 dictionaries of random directions
// and the same norms are classed (sample i of the draw for the i-th), and the first three have _null, _null_sd
// and _p.
Scores identifiability_scores(const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                              std::span<const Together> pairs, bool signed_codes,
                              std::int64_t draws, const Draw& draw);

// Columns parent, child (coordinates), class (0 faithful, 1 absorbed, 2 redundant, 3 other; NaN where nothing can be
// said), cos_parent, cos_child, cos_both, samples (with both); a row a pair.
Table identifiability_table(const at::Tensor& atoms_MD, const at::Tensor& truth_CD,
                            std::span<const Together> pairs, bool signed_codes);

}  // namespace lab
