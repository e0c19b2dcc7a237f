// Which of several circuits for the same function did a network learn? Each is aligned as well as one
// search budget allows, and they are ranked by interchange intervention accuracy (Geiger et al. 2021,
// arXiv 2106.02997).
#pragma once

#include <cstdint>
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
  std::int64_t tested = 0;  // functions whose exchange changes an output on search and test pairs
};

// One a hypothesis. All hypotheses share pairs, candidate places and runs of the network. Places are
// searched for each function as candidates.h says. Throws InputError when the subject's outputs cannot be
// thresholded or a hypothesis has other inputs or outputs than the world.
std::vector<Alignment> align(const Subject& subject, const World& world,
                             const std::vector<Hypothesis>& hypotheses, const SearchBudget& budget);

// Two hypotheses count as distinguishable when they differ on at least this share of (function, pair).
constexpr double distinguishable = .01;

struct Ranking {
  Scores scores;
  Table hypotheses;  // a row each: iia, tested, can_distinguish (from the first), functions, gates
};

// Ranks hypotheses, the first of which is the truth:
//   truth_iia               [0, 1]  oracle 1; chance about ½
//   best_rival_iia          [0, 1]  of those that can be distinguished from the truth
//   truth_first             {0, 1}  whether the truth's iia is above all of theirs; chance
//                                   1/(1 + rivals); absent when none can be distinguished
//   truth_tied              {0, 1}  whether the best of them has the same iia (to 1e-9)
//   truth_rank              [0, 1]  share of them above the truth, equals counted half: 0 first, 1 last;
//                                   mean ½ when none is preferred
//   rivals_distinguishable  [0, …]  how many can be distinguished
Ranking rank(const std::vector<Hypothesis>& hypotheses, const std::vector<Alignment>& alignments,
             const Pairs& pairs);

}  // namespace lab
