#include "experiments/align.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "experiments/measure.h"
#include "experiments/stages.h"
#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/mechanisms/counterfactual.h"
#include "lab/scores/emulation.h"

namespace lab {
namespace {

std::vector<Gates> named_gates(const World& world, const std::vector<std::string>& names) {
  if (!world.truth().circuit.has_value()) throw InputError("align: this world has no circuit");
  const circuits::Circuit& circuit = *world.truth().circuit;
  std::vector<std::string> known;
  for (circuits::Node v = 0; v < circuit.nodes(); ++v) known.push_back(circuit.name(v));
  std::vector<Gates> gates;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(known, name);
    if (found == known.end()) {
      throw InputError("align: the circuit has no gate \"" + name + "\"" + suggestion(name, known));
    }
    gates.push_back({static_cast<circuits::Node>(found - known.begin())});
  }
  return gates;
}

Score emulation_accuracy(const World& world, const Subject& subject, std::int64_t samples) {
  const at::NoGradGuard no_gradients;
  Emulation counts;
  const Batch batch = world.sample("eval", 0, samples);
  add_batch(counts, subject.run(batch), batch.targets_BT, subject.decision_threshold().value());
  return emulation_scores(counts, false).at("emulation_accuracy");
}

// Places in the untrained network that are found and scored in the same way.
std::vector<Score> untrained_search(const AlignKey& key, const Trained& fresh,
                                    const std::string& tap, const std::vector<Gates>& gates,
                                    const std::vector<Interchange>& tests) {
  FoundPlaces found;
  try {
    found = find_places(*fresh.subject, *fresh.world, tap, gates, key.search, key.seed);
  } catch (const Failure& failure) {
    return std::vector<Score>(gates.size(), Score::absent(failure.what()));
  }
  std::vector<Score> scores;
  for (std::size_t g = 0; g < gates.size(); ++g) {
    scores.push_back(interchange_accuracy(*fresh.subject, tests[g], {found.places[g]}).balanced);
  }
  return scores;
}

Table table_of(const std::vector<std::string>& gates, const std::vector<Scores>& each) {
  Table table;
  for (const auto& [name, score] : each.front()) table.columns.push_back(name);
  for (std::size_t g = 0; g < gates.size(); ++g) {
    table.labels.push_back(gates[g]);
    table.rows.emplace_back();
    for (const auto& [name, score] : each[g]) {
      table.rows.back().push_back(score.present ? score.value
                                                : std::numeric_limits<double>::quiet_NaN());
    }
  }
  return table;
}

Score lowest(const std::vector<Scores>& each) {
  Score least = each.front().at("iia_balanced");
  for (const Scores& scores : each) {
    const Score& score = scores.at("iia_balanced");
    if (!score.present) return score;
    least.value = std::min(least.value, score.value);
  }
  return least;
}

Product make_align(const AlignKey& key, Context& context) {
  const Trained on = trained(key.train, context), fresh = untrained(key.train);
  const std::string tap = key.tap.empty() ? on.subject->default_tap() : key.tap;
  const std::vector<Gates> gates = named_gates(*on.world, key.gates);
  const FoundPlaces found = find_places(*on.subject, *on.world, tap, gates, key.search, key.seed);
  std::vector<Interchange> tests;
  for (const Gates& gate : gates) {
    tests.push_back(stratified_interchange(*on.world, gate, "alignment/test", key.test_pairs));
  }
  const std::vector<Score> without = untrained_search(key, fresh, tap, gates, tests);
  std::vector<Scores> each;
  for (std::size_t g = 0; g < gates.size(); ++g) {
    context.stop().check();
    const std::vector<Place> place{found.places[g]};
    each.push_back(iia_scores(*on.subject, fresh.subject.get(), tests[g], place, key.nulls,
                              Draw("experiments/align", key.seed)));
    each.back().merge(
        counterfactual_scores(*on.subject, on.world->truth(), tests[g], gates[g], place));
    each.back().emplace("iia_untrained_search", without[g]);
  }
  Product product;
  Record& record = product.record;
  std::vector<std::string> names;
  for (const auto& [name, score] : each.front()) names.push_back(name);
  record.add(mean_of(each, names, ""));
  record.add("iia_lowest", lowest(each));
  record.add("iia_search", found.search_iia);
  const Interchange together =
      stratified_interchange(*on.world, all_gates(gates), "alignment/test", key.test_pairs);
  record.add("iia_together",
             gates.size() > 1 ? interchange_accuracy(*on.subject, together, found.places).balanced
                              : Score::absent("one gate alone"));
  record.add(
      "emulation_accuracy",
      emulation_accuracy(*on.world, *on.subject, std::max<std::int64_t>(key.test_pairs, 4096)));
  record.tables["alignment"] = table_of(key.gates, each);
  return product;
}

}  // namespace

StagePtr last_stage(const AlignExperiment& config, std::int64_t seed) {
  const TrainKey train = train_key(config.world, config.subject, seed);
  return make_stage(AlignKey{train, config.tap, config.gates, config.search, config.test_pairs,
                             config.nulls, seed},
                    {train_stage(train)}, make_align);
}

}  // namespace lab
