#include "lab/mechanisms/rivals.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/core/statistics.h"
#include "lab/core/stop.h"
#include "lab/mechanisms/iia.h"
#include "lab/subjects/interventions.h"

namespace lab {
namespace {

using std::int64_t;

// Pairs on which places are chosen, and others on which they are scored; and what each hypothesis
// predicts on them when each of its functions is exchanged: the same for every network.
struct Questions {
  struct Wanted {
    at::Tensor search_BT, test_BT;
  };
  Pairs search, test;
  std::vector<std::vector<Wanted>> wanted;  // [hypothesis][function]
};

Questions questions(const World& world, const std::vector<Hypothesis>& hypotheses,
                    const SearchBudget& budget) {
  Questions made{sample_pairs(world, "interchange/search", 0, budget.search_pairs),
                 sample_pairs(world, "interchange/test", 0, budget.test_pairs),
                 {}};
  for (const Hypothesis& hypothesis : hypotheses) {
    made.wanted.emplace_back();
    for (const InnerFunction& function : hypothesis.functions) {
      poll_stop();
      made.wanted.back().push_back({prediction(hypothesis, function, made.search),
                                    prediction(hypothesis, function, made.test)});
    }
  }
  return made;
}

// One network and its runs.
class Aligner {
 public:
  Aligner(const Subject& subject, const Questions& questions, const SearchBudget& budget)
      : subject_(subject),
        questions_(questions),
        budget_(budget),
        search_base_(run_taps(subject, questions.search.base)),
        search_source_(run_taps(subject, questions.search.source)),
        test_source_(run_taps(subject, questions.test.source)) {}

  // The mean over the functions of hypothesis number h that can be tested; `tested` is their number.
  Score mean_iia(const std::vector<Hypothesis>& hypotheses, std::size_t h, int64_t& tested) {
    const Hypothesis& hypothesis = hypotheses[h];
    double sum = 0;
    tested = 0;
    for (std::size_t i = 0; i < hypothesis.functions.size(); ++i) {
      const Score iia =
          best(exchanged_for(hypothesis, hypothesis.functions[i]), questions_.wanted[h][i]);
      if (!iia.present) continue;
      sum += iia.value;
      ++tested;
    }
    return tested > 0 ? Score::of(sum / static_cast<double>(tested))
                      : Score::absent("no inner function whose exchange changes an output");
  }

 private:
  // What the network says when each candidate place of a function is exchanged.
  struct Exchanged {
    std::vector<at::Tensor> search_BT, test_BT;  // bool, one a place
  };

  Score best(const Exchanged& exchanged, const Questions::Wanted& wanted) const {
    const at::Tensor search_own = questions_.search.base.targets_BT > .5;
    Score most;
    std::size_t chosen = 0;
    for (std::size_t i = 0; i < exchanged.search_BT.size(); ++i) {
      const Score found =
          interchange_accuracy(exchanged.search_BT[i], wanted.search_BT, search_own).balanced;
      if (!found.present || (most.present && found.value <= most.value)) continue;
      most = found;
      chosen = i;
    }
    if (!most.present) return most;
    return interchange_accuracy(exchanged.test_BT[chosen], wanted.test_BT,
                                questions_.test.base.targets_BT > .5)
        .balanced;
  }

  // The same for every hypothesis that has the function.
  const Exchanged& exchanged_for(const Hypothesis& hypothesis, const InnerFunction& function) {
    const auto known = exchanged_.find(function.hash);
    if (known != exchanged_.end()) return known->second;
    const at::Tensor values = node_values(hypothesis.circuit, questions_.search.base.inputs_BN)
                                  .select(1, static_cast<int64_t>(function.nodes[0]));
    Exchanged made;
    for (const Place& place : candidate_places(search_base_, values, budget_)) {
      made.search_BT.push_back(said(questions_.search.base, search_source_, place));
      made.test_BT.push_back(said(questions_.test.base, test_source_, place));
    }
    return exchanged_.emplace(function.hash, std::move(made)).first->second;
  }

  at::Tensor said(const Batch& base, const TapRun& source, const Place& place) const {
    poll_stop();
    const auto tap = std::ranges::find(source.taps, place.tap) - source.taps.begin();
    return decisions(subject_, subject_.run(base, replace(place, source.acts_BD[tap])));
  }

  const Subject& subject_;
  const Questions& questions_;
  const SearchBudget& budget_;
  TapRun search_base_, search_source_, test_source_;
  std::map<circuits::FunctionHash, Exchanged> exchanged_;
};

}  // namespace

std::vector<std::unique_ptr<Subject>> random_networks(const Subject& subject, const World& world,
                                                      int64_t count, int64_t seed) {
  Mlp config;
  config.widths.clear();
  for (const Tap& tap : subject.taps()) {
    if (tap.name.ends_with(".post")) config.widths.push_back(tap.width);
  }
  if (config.widths.empty()) config.widths.push_back(subject.tap_width(subject.default_tap()));
  config.training.loss.kind = BinaryCrossEntropy{};
  std::vector<std::unique_ptr<Subject>> networks;
  const Draw draw("mechanisms/random_networks", seed);
  for (int64_t i = 0; i < count; ++i) {
    const auto own_seed = static_cast<int64_t>(draw.at(static_cast<std::uint64_t>(i))() >> 1);
    networks.push_back(make_subject(config, world, own_seed));
  }
  return networks;
}

std::vector<Alignment> align(const Subject& subject,
                             const std::vector<std::unique_ptr<Subject>>& random_networks,
                             const World& world, const std::vector<Hypothesis>& hypotheses,
                             const SearchBudget& budget) {
  const at::NoGradGuard no_gradients;
  if (!world.boolean_targets()) {
    throw InputError("rivals: the world's targets must be the outputs of its circuit");
  }
  for (const Hypothesis& hypothesis : hypotheses) {
    if (static_cast<int64_t>(hypothesis.circuit.inputs()) != world.inputs() ||
        static_cast<int64_t>(hypothesis.circuit.outputs().size()) != world.targets()) {
      throw InputError("rivals: the circuit " + hypothesis.name +
                       " has other inputs or outputs than the world");
    }
  }
  const Questions asked = questions(world, hypotheses, budget);
  Aligner on_subject(subject, asked, budget);
  std::vector<Alignment> alignments(hypotheses.size());
  std::vector<std::vector<double>> nulls(hypotheses.size());
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    alignments[i].iia = on_subject.mean_iia(hypotheses, i, alignments[i].tested);
  }
  for (const auto& network : random_networks) {
    Aligner on_random(*network, asked, budget);
    for (std::size_t i = 0; i < hypotheses.size(); ++i) {
      int64_t tested = 0;
      const Score null = on_random.mean_iia(hypotheses, i, tested);
      if (null.present) nulls[i].push_back(null.value);
    }
  }
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    Alignment& found = alignments[i];
    found.iia_null = nulls[i].empty() ? Score::absent("no random network was searched")
                                      : Score::of(mean(nulls[i]));
    if (!found.iia.present || !found.iia_null.present) {
      found.iia_excess = found.iia.present ? found.iia_null : found.iia;
      continue;
    }
    const double null = found.iia_null.value;
    found.iia_excess = null < 1 ? Score::of((found.iia.value - null) / (1 - null))
                                : Score::absent("random networks are always right");
  }
  return alignments;
}

Ranking rank(const std::vector<Hypothesis>& hypotheses, const std::vector<Alignment>& alignments,
             const Pairs& pairs) {
  constexpr double equal = 1e-9;
  const auto cell = [](const Score& score) { return score.present ? score.value : NAN; };
  Ranking ranking;
  ranking.hypotheses.columns = {"iia",    "iia_null",        "iia_excess",
                                "tested", "can_distinguish", "functions"};
  const Score& truth = alignments.at(0).iia_excess;
  double best = -std::numeric_limits<double>::infinity(), above = 0, rivals = 0;
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    const Alignment& found = alignments[i];
    const double differs = i == 0 ? 0 : can_distinguish(hypotheses[0], hypotheses[i], pairs);
    ranking.hypotheses.labels.push_back(hypotheses[i].name);
    ranking.hypotheses.rows.push_back({cell(found.iia), cell(found.iia_null),
                                       cell(found.iia_excess), static_cast<double>(found.tested),
                                       differs,
                                       static_cast<double>(hypotheses[i].functions.size())});
    if (differs < distinguishable || !found.iia_excess.present || !truth.present) continue;
    ++rivals;
    best = std::max(best, found.iia_excess.value);
    const double lead = found.iia_excess.value - truth.value;
    above += lead > equal ? 1 : lead < -equal ? 0 : .5;
  }
  Scores& scores = ranking.scores;
  scores["truth_iia"] = alignments[0].iia;
  scores["truth_iia_null"] = alignments[0].iia_null;
  scores["truth_iia_excess"] = truth;
  scores["rivals_distinguishable"] = Score::of(rivals);
  if (rivals == 0) {
    scores.merge(
        all_absent({"best_rival_iia_excess", "truth_first", "truth_tied", "truth_rank"},
                   truth.present ? "no rival can be distinguished from the truth" : truth.reason));
    return ranking;
  }
  scores["best_rival_iia_excess"] = Score::of(best);
  scores["truth_first"] = Score::of(truth.value > best + equal);
  scores["truth_tied"] = Score::of(std::abs(truth.value - best) <= equal);
  scores["truth_rank"] = Score::of(above / rivals);
  return ranking;
}

}  // namespace lab
