#include "experiments/rivals.h"

#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "circuits/formats/json.h"
#include "circuits/rewriting/rivals.h"
#include "experiments/stages.h"
#include "lab/core/rng.h"
#include "lab/mechanisms/rivals.h"

namespace lab {
namespace {

constexpr std::int64_t distinguishing_pairs = 1024;

// The world's circuit and its rivals, the truth first.
std::vector<Hypothesis> hypotheses_for(const World& world, const RankKey& key) {
  if (!world.truth().circuit.has_value() ||
      world.inputs() > static_cast<std::int64_t>(circuits::kMostShareInputs)) {
    throw InputError("rivals: the world must have a circuit of at most " +
                     std::to_string(circuits::kMostShareInputs) + " inputs");
  }
  circuits::RivalOptions options;
  options.count = static_cast<std::size_t>(key.rivals.count);
  options.attempts = static_cast<std::size_t>(key.rivals.attempts);
  options.most_shared = key.rivals.most_shared;
  Words words = Draw("experiments/rivals", key.train.world.seed.value()).at(0);
  const circuits::Rivals found =
      circuits::find_rivals(*world.truth().circuit, options, [&words] { return words(); });
  std::vector<Hypothesis> hypotheses{hypothesis("truth", *world.truth().circuit)};
  for (std::size_t i = 0; i < found.rivals.size(); ++i) {
    hypotheses.push_back(hypothesis("rival " + std::to_string(i), found.rivals[i].circuit));
  }
  return hypotheses;
}

// The same world with another circuit for the same function.
WorldConfig with_circuit(const WorldConfig& config, const circuits::Circuit& circuit) {
  json given = circuits::to_json(circuit);
  given["kind"] = "given";
  WorldConfig changed = config;
  Boolean& boolean = std::get<Boolean>(changed.kind);
  boolean.circuit = read_config<CircuitConfig>(given);
  boolean.features.clear();
  return changed;
}

std::vector<std::unique_ptr<Subject>> nulls_for(const Subject& subject, const World& world,
                                                const RankKey& key) {
  return random_networks(subject, world, key.nulls, key.train.subject.seed.value_or(0));
}

// The hypotheses with number `i` in front.
std::vector<Hypothesis> starting_with(std::vector<Hypothesis> hypotheses, std::size_t i) {
  std::swap(hypotheses[0], hypotheses[i]);
  return hypotheses;
}

// Plants each hypothesis in turn and ranks all of them.
void add_confusion(Record& record, const RankKey& key, const std::vector<Hypothesis>& hypotheses,
                   const Pairs& pairs, const StopToken& stop) {
  Table table{{"planted", "ranked", "iia_excess", "first"}, {}, {}};
  double first = 0, ranks = 0, judged = 0;
  for (std::size_t i = 0; i < hypotheses.size(); ++i) {
    const WorldConfig config = with_circuit(key.train.world, hypotheses[i].circuit);
    const auto world = make_world(config, config.seed.value());
    const auto subject =
        make_subject(key.train.subject, *world, key.train.subject.seed.value_or(0));
    subject->train(*world, stop);
    const std::vector<Alignment> alignments =
        align(*subject, nulls_for(*subject, *world, key), *world, hypotheses, key.search);
    double most = -std::numeric_limits<double>::infinity();
    for (const Alignment& alignment : alignments) {
      if (alignment.iia_excess.present) most = std::max(most, alignment.iia_excess.value);
    }
    for (std::size_t j = 0; j < hypotheses.size(); ++j) {
      const Score& excess = alignments[j].iia_excess;
      table.rows.push_back({static_cast<double>(i), static_cast<double>(j),
                            excess.present ? excess.value : NAN,
                            excess.present && excess.value >= most - 1e-9 ? 1.0 : 0.0});
    }
    std::vector<Alignment> ordered = alignments;
    std::swap(ordered[0], ordered[i]);
    const Scores scores = rank(starting_with(hypotheses, i), ordered, pairs).scores;
    if (!scores.at("truth_first").present) continue;
    ++judged;
    first += scores.at("truth_first").value;
    ranks += scores.at("truth_rank").value;
  }
  const Score none = Score::absent("no two hypotheses can be distinguished");
  record.add("confusion_first", judged > 0 ? Score::of(first / judged) : none);
  record.add("confusion_rank", judged > 0 ? Score::of(ranks / judged) : none);
  record.tables["confusion"] = std::move(table);
}

Product make_rank(const RankKey& key, Context& context) {
  const Trained on = trained(key.train, context);
  const std::vector<Hypothesis> hypotheses = hypotheses_for(*on.world, key);
  const Pairs pairs = sample_pairs(*on.world, "interchange/distinguish", 0, distinguishing_pairs);
  Product product;
  Ranking ranking = rank(
      hypotheses,
      align(*on.subject, nulls_for(*on.subject, *on.world, key), *on.world, hypotheses, key.search),
      pairs);
  product.record.add(ranking.scores);
  product.record.add("rivals_found", Score::of(static_cast<double>(hypotheses.size()) - 1));
  product.record.tables["hypotheses"] = std::move(ranking.hypotheses);
  if (key.confusion) add_confusion(product.record, key, hypotheses, pairs, context.stop());
  return product;
}

}  // namespace

StagePtr last_stage(const RivalsExperiment& config, std::int64_t seed) {
  const TrainKey train = train_key(config.world, config.subject, seed);
  return make_stage(RankKey{train, config.rivals, config.search, config.nulls, config.confusion},
                    {train_stage(train)}, make_rank);
}

}  // namespace lab
