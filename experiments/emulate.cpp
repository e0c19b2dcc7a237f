#include "experiments/emulate.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>

#include "experiments/examine.h"
#include "experiments/measure.h"
#include "experiments/stages.h"
#include "lab/core/error.h"
#include "lab/core/statistics.h"
#include "lab/mechanisms/extraction.h"
#include "lab/mechanisms/faithfulness.h"
#include "lab/mechanisms/iia.h"
#include "lab/mechanisms/wiring.h"
#include "lab/scores/availability.h"
#include "lab/scores/coverage.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr double held = .9;       // balanced interchange accuracy of a gate that has a place
constexpr int64_t few_draws = 5;  // of nulls that run the network anew

// A network, the same before training, and what both do on different inputs.
struct Examined {
  Trained on, before;
  Batch batch;
  TapRun run, run_before;
  at::Tensor gates_BG;
  std::vector<circuits::Node> nodes;
  std::vector<std::string> names;
  InputSplit split;
  Draw draw;
  int64_t nulls, seed;
};

Examined examined(const MechanismKey& key, Context& context) {
  const TrainKey& train = key.examine.train;
  Trained on = trained(train, context), before = untrained(train);
  const World& world = *on.world;
  if (!world.truth().circuit.has_value()) {
    throw InputError("emulate: the world has no circuit; use the world 'boolean'");
  }
  std::vector<circuits::Node> nodes;
  std::vector<std::string> names;
  for (const int64_t feature : gate_features(world.truth())) {
    const auto f = static_cast<std::size_t>(feature);
    nodes.push_back(static_cast<circuits::Node>(world.truth().gate_of_feature[f]));
    names.push_back(world.truth().features[f].name);
  }
  if (names.empty()) {
    throw InputError("emulate: none of the world's features is a gate; list gates in features");
  }
  Batch batch = different_inputs(world, key.examine.samples);
  const int64_t seed = train.world.seed.value_or(0);
  const Draw draw("experiments/emulate", seed);
  TapRun run = run_taps(*on.subject, batch), run_before = run_taps(*before.subject, batch);
  if (run.taps.empty()) {
    throw InputError(
        "emulate: the subject has no tap before its output, so there is nowhere to look for gates; "
        "give it a hidden layer");
  }
  const at::Tensor gates_BG = gate_values(world, batch);
  const InputSplit split = split_inputs(batch.inputs_BN, draw);
  return {std::move(on),
          std::move(before),
          std::move(batch),
          std::move(run),
          std::move(run_before),
          gates_BG,
          nodes,
          names,
          split,
          draw,
          key.nulls,
          seed};
}

double tap_number(const Subject& subject, const std::string& name) {
  const auto tap = std::ranges::find(subject.taps(), name, &Tap::name);
  return static_cast<double>(tap - subject.taps().begin());
}

// |φ| of each gate's probe at the tap where it is best; empty where there is none.
std::vector<double> direction_phi(const Examined& e, const Table& best) {
  std::vector<double> phi(e.nodes.size(), nothing);
  for (std::size_t g = 0; g < phi.size(); ++g) {
    const double tap = best.rows[g][1];
    if (std::isnan(tap)) continue;
    const at::Tensor gate_B1 = e.gates_BG.narrow(1, static_cast<int64_t>(g), 1);
    const at::Tensor& acts = e.run.acts_BD[static_cast<std::size_t>(tap)];
    const at::Tensor said =
        at::mm(acts.to(at::kDouble), probe_directions(acts, gate_B1, e.split).t());
    phi[g] = coverage("probe", said, gate_B1, 0, e.draw).gates.rows[0][1];
  }
  return phi;
}

// Columns node … available_from.
Table add_gates(Record& record, const Examined& e) {
  std::vector<TapActs> taps;
  for (std::size_t t = 0; t < e.run.taps.size(); ++t) {
    taps.push_back({e.run.acts_BD[t], e.run_before.acts_BD[t]});
  }
  Availability available = availability(taps, e.batch.inputs_BN, e.gates_BG, e.split);
  const Coverage neurons =
      coverage("neurons", at::cat(e.run.acts_BD, 1), e.gates_BG, e.nulls, e.draw);
  record.add(available.scores);
  record.add(neurons.scores);
  record.tables["availability"] = std::move(available.table);

  Table gates{{"node", "base_rate", "neuron_phi", "neuron", "neuron_tap", "direction_phi",
               "direction_tap", "available_from"},
              {},
              e.names};
  const std::vector<double> directions = direction_phi(e, available.gates);
  const auto number = [&](double tap) {
    return std::isnan(tap) ? nothing
                           : tap_number(*e.on.subject, e.run.taps[static_cast<std::size_t>(tap)]);
  };
  for (std::size_t g = 0; g < e.nodes.size(); ++g) {
    double unit = neurons.gates.rows.empty() ? nothing : neurons.gates.rows[g][2], tap = nothing;
    if (!std::isnan(unit)) {
      std::size_t t = 0;
      while (unit >= static_cast<double>(e.run.acts_BD[t].size(1))) {
        unit -= static_cast<double>(e.run.acts_BD[t++].size(1));
      }
      tap = number(static_cast<double>(t));
    }
    gates.rows.push_back({static_cast<double>(e.nodes[g]),
                          e.gates_BG.select(1, static_cast<int64_t>(g)).mean().item<double>(),
                          neurons.gates.rows.empty() ? nothing : neurons.gates.rows[g][1], unit,
                          tap, directions[g], number(available.gates.rows[g][1]),
                          number(available.gates.rows[g][0])});
  }
  return gates;
}

// The candidate of most balanced accuracy on search pairs; nothing where no exchange has an effect.
std::optional<Place> best_place(const Examined& e, std::size_t g, const SearchBudget& budget) {
  const Interchange search =
      stratified_interchange(*e.on.world, {e.nodes[g]}, "interchange/search", budget.search_pairs);
  std::optional<Place> best;
  double most = -1;
  const at::Tensor values_B = e.gates_BG.select(1, static_cast<int64_t>(g)) > .5;
  for (Place& place : candidate_places(e.run, values_B, budget)) {
    const Score found = interchange_accuracy(*e.on.subject, search, {place}).balanced;
    if (!found.present || found.value <= most) continue;
    most = found.value;
    best = std::move(place);
  }
  return best;
}

const std::vector<std::string> iia_columns{"iia_balanced", "iia_nothing", "iia_whole", "iia_random",
                                           "iia_untrained"};

// Places of gates, their accuracy beside nulls; gives those that are held.
std::vector<FoundGate> add_places(Record& record, Table& gates, const Examined& e,
                                  const SearchBudget& budget) {
  Table columns{
      {"place_tap", "iia", "iia_nothing", "iia_whole", "iia_random", "iia_untrained"}, {}, {}};
  std::map<std::string, std::vector<double>> values;
  std::vector<FoundGate> found;
  for (std::size_t g = 0; g < e.nodes.size(); ++g) {
    columns.rows.emplace_back(columns.columns.size(), nothing);
    auto place = best_place(e, g, budget);
    if (!place.has_value()) continue;
    const Interchange test =
        stratified_interchange(*e.on.world, {e.nodes[g]}, "interchange/test", budget.test_pairs);
    const Scores scores = iia_scores(*e.on.subject, e.before.subject.get(), test, {*place},
                                     std::min(e.nulls, few_draws),
                                     Draw("experiments/emulate/iia/" + std::to_string(g), e.seed));
    columns.rows.back()[0] = tap_number(*e.on.subject, place->tap);
    for (std::size_t i = 0; i < iia_columns.size(); ++i) {
      const Score& score = scores.at(iia_columns[i]);
      if (!score.present) continue;
      columns.rows.back()[i + 1] = score.value;
      values[iia_columns[i]].push_back(score.value);
    }
    if (columns.rows.back()[1] >= held) found.push_back({e.nodes[g], std::move(*place)});
  }
  for (const std::string& name : iia_columns) {
    record.add(name, values[name].empty() ? Score::absent("no gate's exchange changes an output")
                                          : Score::of(mean(values[name])));
  }
  const auto tested = static_cast<double>(values["iia_balanced"].size());
  record.add("iia_gates", Score::of(tested));
  record.add("gates_held", tested > 0 ? Score::of(static_cast<double>(found.size()) / tested)
                                      : Score::absent("no gate's exchange changes an output"));
  add_columns(gates, columns);
  return found;
}

void add_wiring(Record& record, const Examined& e, std::vector<FoundGate> found,
                const SearchBudget& budget) {
  const circuits::Circuit& circuit = *e.on.world->truth().circuit;
  for (const GatePlace& place : e.on.subject->gate_places()) {
    if (circuit.op(place.gate) == circuits::Op::Input)
      found.push_back({place.gate, place_of(place)});
  }
  if (found.size() < 2) {
    record.add(
        all_absent({"edge_precision", "edge_recall", "edge_auroc", "edges_tested", "edges_true"},
                   "fewer than two gates are held"));
    return;
  }
  WiringReport report =
      wiring_scores(*e.on.subject, circuit,
                    sample_pairs(*e.on.world, "interchange/wiring", 0, budget.search_pairs), found,
                    e.nulls, Draw("experiments/emulate/wiring", e.seed));
  record.add(report.scores);
  record.tables["wiring"] = std::move(report.table);
}

void add_faithfulness(Record& record, const Examined& e, const SearchBudget& budget) {
  std::vector<std::string> taps;
  for (const std::string& tap : e.run.taps) {
    if (tap.ends_with(".post")) taps.push_back(tap);
  }
  if (taps.empty()) {
    record.add(no_faithfulness_scores("the subject has no taps of neurons (….post)"));
    return;
  }
  FaithfulnessReport report = faithfulness_scores(
      *e.on.subject, e.on.world->sample("faithfulness/search", 0, budget.search_pairs),
      e.on.world->sample("faithfulness/test", 0, budget.test_pairs), taps, Ablation::Mean,
      std::min(e.nulls, few_draws), Draw("experiments/emulate/faithfulness", e.seed));
  record.add(report.scores);
  record.tables["faithfulness"] = std::move(report.table);
}

Product make_mechanism(const MechanismKey& key, Context& context) {
  const at::NoGradGuard no_gradients;
  const Examined e = examined(key, context);
  Product product{context.need(id_of(key_text(key.examine))).record, ""};
  Record& record = product.record;
  Table gates = add_gates(record, e);
  ExtractionReport extracted = extraction_report(*e.on.subject, *e.on.world);
  record.add(extracted.scores);
  record.tables["extraction"] = std::move(extracted.table);
  if (e.on.subject->decision_threshold().has_value()) {
    add_wiring(record, e, add_places(record, gates, e, key.search), key.search);
    add_faithfulness(record, e, key.search);
  } else {
    const std::string no_threshold = "the subject has no outputs to threshold";
    record.add(all_absent(
        {"iia_balanced", "iia_nothing", "iia_whole", "iia_random", "iia_untrained", "iia_gates",
         "gates_held", "edge_precision", "edge_recall", "edge_auroc", "edges_tested", "edges_true"},
        no_threshold));
    record.add(no_faithfulness_scores(no_threshold));
  }
  record.tables["gates"] = std::move(gates);
  return product;
}

}  // namespace

StagePtr last_stage(const Emulate& config, std::int64_t seed) {
  const TrainKey train = train_key(config.world, config.subject, seed);
  const MechanismKey key{{train, {}, config.scores.samples}, config.search, config.scores.nulls};
  return make_stage(key, {train_stage(train), examine_stage(key.examine)}, make_mechanism);
}

}  // namespace lab
