// Which of several circuits for the same function did a network learn? Each is aligned as well as one
// search budget allows, and they are ranked by interchange intervention accuracy (Geiger et al. 2021,
// arXiv 2106.02997).
#pragma once

#include <cstdint>
#include <memory>
#include <vector>

#include "lab/core/record.h"
#include "lab/mechanisms/candidates.h"
#include "lab/mechanisms/hypotheses.h"
#include "lab/scores/scores.h"

namespace lab {

// How well a hypothesis can be found in a network.
struct Alignment {
  // Mean over its inner functions of the balanced interchange accuracy at the best place: ½(accuracy on
  // pairs where the exchange changes the hypothesis' outputs + on those where it does not), the place
  // chosen on search pairs, the accuracy of test pairs. Absent when no function can be tested.
  Score iia;
  // The mean of the same search on the random networks.
  Score iia_null;
  // (iia − null)/(1 − null): 1 for a perfect alignment, 0 for what random networks give. Absent where
  // the null is 1.
  Score iia_excess;
  std::int64_t tested = 0;  // functions whose exchange changes an output on search and test pairs
};

// Untrained networks with ReLU layers as wide as the subject's taps (one layer for each tap "….post", or
// for the usual tap where there is none): what an alignment is worth that anything has.
std::vector<std::unique_ptr<Subject>> random_networks(const Subject& subject, const World& world,
                                                      std::int64_t count, std::int64_t seed);

// One a hypothesis. All hypotheses share pairs, candidate places and runs of a network; places are
// searched for each function as candidates.h says. Throws InputError when outputs cannot be thresholded
// or a hypothesis has other inputs or outputs than the world.
std::vector<Alignment> align(const Subject& subject,
                             const std::vector<std::unique_ptr<Subject>>& random_networks,
                             const World& world, const std::vector<Hypothesis>& hypotheses,
                             const SearchBudget& budget);

// Two hypotheses count as distinguishable when they differ on at least this share of (function, pair).
constexpr double distinguishable = .01;

struct Ranking {
  Scores scores;
  // A row each: iia, iia_null, iia_excess, tested, can_distinguish (from the first), functions.
  Table hypotheses;
};

// Ranks hypotheses, the first of which is the truth, by iia_excess: the bare accuracy favours circuits
// whose exchanges change little, also on networks that learned nothing.
//   truth_iia               [0, 1]  oracle 1; chance truth_iia_null
//   truth_iia_null          [0, 1]  about ½ for one output, less for several
//   truth_iia_excess        (−∞, 1]
//   best_rival_iia_excess   (−∞, 1] of the rivals that can be distinguished from the truth
//   truth_first             {0, 1}  whether the truth's is above all of theirs; chance
//                                   1/(1 + rivals); absent when none can be distinguished
//   truth_tied              {0, 1}  whether the best of them has the same (to 1e-9)
//   truth_rank              [0, 1]  share of them above the truth, equals counted half: 0 first, 1 last;
//                                   mean ½ when none is preferred
//   rivals_distinguishable  [0, …]  how many can be distinguished
Ranking rank(const std::vector<Hypothesis>& hypotheses, const std::vector<Alignment>& alignments,
             const Pairs& pairs);

}  // namespace lab
