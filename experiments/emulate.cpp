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
#include "lab/mechanisms/symbolic.h"
#include "lab/mechanisms/wiring.h"
#include "lab/scores/availability.h"
#include "lab/scores/coverage.h"
#include "lab/scores/neurons.h"

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
  GateList list = gate_list(world.truth());
  if (list.names.empty()) {
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
          std::move(list.nodes),
          std::move(list.names),
          split,
          draw,
          key.nulls,
          seed};
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

// The taps whose names end so.
std::vector<std::size_t> taps_ending(const Examined& e, std::string_view ending) {
  std::vector<std::size_t> taps;
  for (std::size_t t = 0; t < e.run.taps.size(); ++t) {
    if (e.run.taps[t].ends_with(ending)) taps.push_back(t);
  }
  return taps;
}

NeuronReport neurons_at(const Examined& e, std::string_view ending, int64_t draws) {
  std::vector<NeuronActs> taps;
  for (const std::size_t t : taps_ending(e, ending)) {
    taps.push_back(
        {tap_number(*e.on.subject, e.run.taps[t]), e.run.acts_BD[t], e.run_before.acts_BD[t]});
  }
  return neuron_report(taps, e.batch.present_BF, letters_of(e.on.world->truth()), {}, draws,
                       Draw("scores/nulls/neurons", e.seed));
}

// Neurons as boolean functions, their truth tables, and each with every gate.
void add_neurons(Product& product, const Examined& e) {
  NeuronReport after = neurons_at(e, ".post", std::min(e.nulls, few_draws));
  const NeuronReport before = neurons_at(e, ".pre", 0);
  product.record.add(after.scores);
  if (after.table.rows.empty()) return;
  std::vector<at::Tensor> bits{after.bits_BM};
  std::ranges::copy(before.table.rows, std::back_inserter(after.table.rows));
  std::ranges::copy(before.table.labels, std::back_inserter(after.table.labels));
  if (before.bits_BM.defined()) bits.push_back(before.bits_BM);
  product.tensors = to_safetensors({{"neuron_bits", at::cat(bits, 1).t().contiguous()}});
  product.record.tables["neurons"] = std::move(after.table);
  Table matrix = empty_matrix();
  for (const std::size_t t : taps_ending(e, ".post")) {
    add_to_matrix(matrix, UnitKind::neuron, tap_number(*e.on.subject, e.run.taps[t]),
                  e.run.acts_BD[t], e.gates_BG, e.draw);
  }
  product.record.tables["matrix"] = std::move(matrix);
}

// The candidate of most balanced accuracy on search pairs, in a network of which `run` is the run; nothing where no
// exchange has an effect.
std::optional<Place> best_place(const Examined& e, const Subject& subject, const TapRun& run,
                                const Interchange& search, std::size_t g,
                                const SearchBudget& budget) {
  std::optional<Place> best;
  double most = -1;
  const at::Tensor values_B = e.gates_BG.select(1, static_cast<int64_t>(g)) > .5;
  for (Place& place : candidate_places(run, values_B, budget)) {
    const Score found = interchange_accuracy(subject, search, {place}).balanced;
    if (!found.present || found.value <= most) continue;
    most = found.value;
    best = std::move(place);
  }
  return best;
}

const std::vector<std::string> iia_columns{"iia_balanced", "iia_nothing",   "iia_whole",
                                           "iia_random",   "iia_untrained", "iia_untrained_search"};
const std::vector<std::string> place_scores{"iia_gates", "gates_held", "gates_held_untrained"};

// The same search in the untrained network, scored on the same pairs: what is found where nothing is learned.
Score untrained_search(const Examined& e, const Interchange& search, const Interchange& test,
                       std::size_t g, const SearchBudget& budget) {
  const Subject& before = *e.before.subject;
  const auto place = best_place(e, before, e.run_before, search, g, budget);
  return place ? interchange_accuracy(before, test, {*place}).balanced
               : Score::absent("nothing can be exchanged in the untrained network");
}

// Places of gates, their accuracy beside nulls; gives those that are held.
std::vector<FoundGate> add_places(Record& record, Table& gates, const Examined& e,
                                  const SearchBudget& budget) {
  Table columns{{"place_tap", "iia", "iia_nothing", "iia_whole", "iia_random", "iia_untrained",
                 "iia_untrained_search"},
                {},
                {}};
  std::map<std::string, std::vector<double>> values;
  std::vector<FoundGate> found;
  for (std::size_t g = 0; g < e.nodes.size(); ++g) {
    columns.rows.emplace_back(columns.columns.size(), nothing);
    const Interchange search = stratified_interchange(*e.on.world, {e.nodes[g]},
                                                      "interchange/search", budget.search_pairs);
    auto place = best_place(e, *e.on.subject, e.run, search, g, budget);
    if (!place.has_value()) continue;
    const Interchange test =
        stratified_interchange(*e.on.world, {e.nodes[g]}, "interchange/test", budget.test_pairs);
    Scores scores = iia_scores(*e.on.subject, e.before.subject.get(), test, {*place},
                               std::min(e.nulls, few_draws),
                               Draw("experiments/emulate/iia/" + std::to_string(g), e.seed));
    scores["iia_untrained_search"] = untrained_search(e, search, test, g, budget);
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
    const char* none = values["iia_balanced"].empty() ? "no gate's exchange changes an output"
                                                      : "no null was drawn";
    record.add(name, values[name].empty() ? Score::absent(none) : Score::of(mean(values[name])));
  }
  const double tested = static_cast<double>(values["iia_balanced"].size());
  const auto share_held = [&](const std::vector<double>& of) {
    const auto many = std::ranges::count_if(of, [](double iia) { return iia >= held; });
    return tested > 0 ? Score::of(static_cast<double>(many) / tested)
                      : Score::absent("no gate's exchange changes an output");
  };
  record.add("iia_gates", Score::of(tested));
  record.add("gates_held", share_held(values["iia_balanced"]));
  record.add("gates_held_untrained", share_held(values["iia_untrained_search"]));
  add_columns(gates, columns);
  return found;
}

const std::vector<std::string> edge_scores{"edge_precision", "edge_recall", "edge_auroc",
                                           "edges_tested", "edges_true"};

void add_wiring(Record& record, const Examined& e, std::vector<FoundGate> found,
                const SearchBudget& budget) {
  const circuits::Circuit& circuit = *e.on.world->truth().circuit;
  for (const GatePlace& place : e.on.subject->gate_places()) {
    if (circuit.op(place.gate) == circuits::Op::Input)
      found.push_back({place.gate, place_of(place)});
  }
  if (found.size() < 2) {
    record.add(all_absent(edge_scores, "fewer than two gates are held"));
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
  for (const std::size_t t : taps_ending(e, ".post")) taps.push_back(e.run.taps[t]);
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

// Where the inputs are too many to list, one that is wrong settles it, and else perhaps a proof.
void add_proof(Record& record, const Examined& e) {
  Score& exact = record.scores.at("exact");
  const Score& wrong = record.scores.at("wrong_inputs");
  if (exact.present || !wrong.present) return;
  exact = wrong.value > 0 ? Score::of(0) : prove_exact(*e.on.subject, *e.on.world);
}

Product make_mechanism(const MechanismKey& key, Context& context) {
  const at::NoGradGuard no_gradients;
  const Examined e = examined(key, context);
  Product product{context.need(id_of(key_text(key.examine))).record, ""};
  Record& record = product.record;
  add_proof(record, e);
  Table gates = add_gates(record, e);
  add_neurons(product, e);
  ExtractionReport extracted = extraction_report(*e.on.subject, *e.on.world);
  record.add(extracted.scores);
  record.tables["extraction"] = std::move(extracted.table);
  if (e.on.subject->decision_threshold().has_value()) {
    add_wiring(record, e, add_places(record, gates, e, key.search), key.search);
    add_faithfulness(record, e, key.search);
  } else {
    const std::string no_threshold = "the subject has no outputs to threshold";
    record.add(all_absent(iia_columns, no_threshold));
    record.add(all_absent(place_scores, no_threshold));
    record.add(all_absent(edge_scores, no_threshold));
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
