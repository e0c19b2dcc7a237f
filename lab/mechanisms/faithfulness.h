// How much of a network's behaviour its most important units keep: faithfulness curves.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "lab/core/rng.h"
#include "lab/scores/scores.h"
#include "lab/subjects/subject.h"

namespace lab {

// A neuron of a tap.
struct Unit {
  std::string tap;
  std::int64_t neuron;
};
std::vector<Unit> units_of(const Subject& subject, const std::vector<std::string>& taps);

// What is put in place of a unit that is left out: the mean over the batch, or the activations of other inputs
// (one permutation of the batch for all units).
enum class Ablation { Mean, Resample };

// Faithfulness curves (MIB: Mueller et al. 2025, arXiv 2504.13151, §3): keep the first units of a ranking,
// ablate all others, and compare the metric with that of the network and of nothing kept:
//   f(k) = (m(k) − m(0)) / (m(all) − m(0))
// m is the mean over inputs and targets of the signed distance of the output from the decision threshold, + where
// the target is true: the logit difference for one logit.
class Faithfulness {
 public:
  // Throws InputError without a decision threshold or without units.
  Faithfulness(const Subject& subject, const Batch& batch, std::vector<Unit> units,
               Ablation ablation, const Draw& draw);

  const std::vector<Unit>& units() const { return units_; }
  // Whether m changes when all units are ablated; where it does not, f is undefined and curve() throws Failure.
  bool has_effect() const;
  double metric(const std::vector<bool>& kept) const;  // m, with these units kept
  // How much m falls when a unit alone is ablated: the exact patch effect, not its first-order estimate.
  std::vector<double> effects() const;
  // f at kept shares of the units, for a ranking (numbers of units, most important first).
  std::vector<double> curve(const std::vector<std::int64_t>& ranking,
                            const std::vector<double>& shares) const;

 private:
  const Subject& subject_;
  Batch batch_;
  std::vector<Unit> units_;
  std::vector<std::string> taps_;
  std::vector<at::Tensor> instead_BD_;  // one a tap
  double all_ = 0, none_ = 0;
};

// Shares of units at which the curve is read; 0 and 1 are among them. After MIB's sizes, without the smallest,
// which are less than one unit here.
std::vector<double> kept_shares();

//   cpr           (−∞, ∞)  area under f over the share kept (trapezia): 1 where the first unit kept is all
//                          that it takes, ½ where each counts alike; above 1 where others do harm
//   cmd           [0, ∞)   area between f and 1: 0 best
//   cpr_random, cmd_random, …_sd   the same for random rankings, mean and standard deviation over draws
//   cpr_oracle, cmd_oracle         for the ranking by the places that are known by construction
//                                  (Subject::gate_places): the neurons of most weight in them first; absent
//                                  where there are none at these taps
// All are absent where ablating every unit changes nothing: there is no behaviour to share out among them.
// The ranking is by effects(), found on the search batch and scored on the other.
// Table "faithfulness": kept, ranked, random, and oracle where there is one.
struct FaithfulnessReport {
  Scores scores;
  Table table;
};
FaithfulnessReport faithfulness_scores(const Subject& subject, const Batch& search,
                                       const Batch& test, const std::vector<std::string>& taps,
                                       Ablation ablation, std::int64_t draws, const Draw& draw);
Scores no_faithfulness_scores(const std::string& reason);  // each of them, absent

}  // namespace lab
