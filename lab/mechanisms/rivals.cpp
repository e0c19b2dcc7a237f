#include "lab/mechanisms/rivals.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <map>
#include <optional>
#include <utility>

#include "lab/core/error.h"
#include "lab/core/stop.h"
#include "lab/mechanisms/iia.h"

namespace lab {
namespace {

using std::int64_t;

// What the network says when each candidate place of a function is exchanged.
struct Exchanged {
  std::vector<at::Tensor> search_BT, test_BT;  // bool, one a place
};

class Aligner {
 public:
  Aligner(const Subject& subject, const World& world, const SearchBudget& budget)
      : subject_(subject),
        budget_(budget),
        search_(sample_pairs(world, "interchange/search", 0, budget.search_pairs)),
        test_(sample_pairs(world, "interchange/test", 0, budget.test_pairs)),
        run_(run_taps(subject, search_.base)) {
    decisions(subject, at::empty({0, world.targets()}));  // throws where nothing can be decided
  }

  Alignment align(const Hypothesis& hypothesis) {
    Alignment result;
    double sum = 0;
    for (const InnerFunction& function : hypothesis.functions) {
      poll_stop();
      if (const auto iia = best(hypothesis, function)) {
        sum += *iia;
        ++result.tested;
      }
    }
    result.iia = result.tested > 0
                     ? Score::of(sum / static_cast<double>(result.tested))
                     : Score::absent("no inner function whose exchange changes an output");
    return result;
  }

 private:
  std::optional<double> best(const Hypothesis& hypothesis, const InnerFunction& function) {
    const Exchanged& exchanged = exchanged_for(hypothesis, function);
    const at::Tensor wanted = prediction(hypothesis, function, search_);
    double most = -1;
    std::size_t chosen = 0;
    for (std::size_t i = 0; i < exchanged.search_BT.size(); ++i) {
      const Score found =
          interchange_accuracy(exchanged.search_BT[i], wanted, search_.base.targets_BT > .5)
              .balanced;
      if (found.present && found.value > most) most = found.value, chosen = i;
    }
    if (most < 0) return std::nullopt;
    const Score scored =
        interchange_accuracy(exchanged.test_BT[chosen], prediction(hypothesis, function, test_),
                             test_.base.targets_BT > .5)
            .balanced;
    return scored.present ? std::optional(scored.value) : std::nullopt;
  }

  // The same for every hypothesis that has the function.
  const Exchanged& exchanged_for(const Hypothesis& hypothesis, const InnerFunction& function) {
    const auto known = exchanged_.find(function.hash);
    if (known != exchanged_.end()) return known->second;
    const at::Tensor values = node_values(hypothesis.circuit, search_.base.inputs_BN)
                                  .select(1, static_cast<int64_t>(function.nodes[0]));
    Exchanged made;
    for (const Place& place : candidate_places(run_, values, budget_)) {
      made.search_BT.push_back(said(search_, place));
      made.test_BT.push_back(said(test_, place));
    }
    return exchanged_.emplace(function.hash, std::move(made)).first->second;
  }

  at::Tensor said(const Pairs& pairs, const Place& place) const {
    poll_stop();
    return decisions(subject_, run_exchanged(subject_, pairs.base, pairs.source, {place}));
  }

  const Subject& subject_;
  const SearchBudget& budget_;
  Pairs search_, test_;
  TapRun run_;
  std::map<circuits::FunctionHash, Exchanged> exchanged_;
};

}  // namespace

std::vector<Alignment> align(const Subject& subject, const World& world,
                             const std::vector<Hypothesis>& hypotheses,
                             const SearchBudget& budget) {
  const at::NoGradGuard no_gradients;
  Aligner aligner(subject, world, budget);
  std::vector<Alignment> alignments;
  for (const Hypothesis& hypothesis : hypotheses) {
    if (static_cast<int64_t>(hypothesis.circuit.inputs()) != world.inputs() ||
        static_cast<int64_t>(hypothesis.circuit.outputs().size()) != world.targets()) {
      throw InputError("rivals: the circuit " + hypothesis.name +
                       " has other inputs or outputs than the world");
    }
    alignments.push_back(aligner.align(hypothesis));
  }
  return alignments;
}

Ranking rank(const std::vector<Hypothesis>& hypotheses, const std::vector<Alignment>& alignments,
             const Pairs& pairs) {
  constexpr double equal = 1e-9;
  Ranking ranking;
  ranking.hypotheses.columns = {"iia", "tested", "can_distinguish", "functions", "gates"};
  const Score& truth = alignments.at(0).iia;
  double best = -1, above = 0, rivals = 0;
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    const Score& iia = alignments[i].iia;
    const double differs = i == 0 ? 0 : can_distinguish(hypotheses[0], hypotheses[i], pairs);
    ranking.hypotheses.labels.push_back(hypotheses[i].name);
    ranking.hypotheses.rows.push_back(
        {iia.present ? iia.value : NAN, static_cast<double>(alignments[i].tested), differs,
         static_cast<double>(hypotheses[i].functions.size()),
         static_cast<double>(hypotheses[i].circuit.nodes() - hypotheses[i].circuit.inputs())});
    if (differs < distinguishable || !iia.present || !truth.present) continue;
    ++rivals;
    best = std::max(best, iia.value);
    const double lead = iia.value - truth.value;
    above += lead > equal ? 1 : lead < -equal ? 0 : .5;
  }
  Scores& scores = ranking.scores;
  scores["truth_iia"] = truth;
  scores["rivals_distinguishable"] = Score::of(rivals);
  if (rivals == 0) {
    scores.merge(
        all_absent({"best_rival_iia", "truth_first", "truth_tied", "truth_rank"},
                   truth.present ? "no rival can be distinguished from the truth" : truth.reason));
    return ranking;
  }
  scores["best_rival_iia"] = Score::of(best);
  scores["truth_first"] = Score::of(truth.value > best + equal);
  scores["truth_tied"] = Score::of(std::abs(truth.value - best) <= equal);
  scores["truth_rank"] = Score::of(above / rivals);
  return ranking;
}

}  // namespace lab
