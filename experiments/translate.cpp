#include "experiments/translate.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>

#include "experiments/examine.h"
#include "experiments/measure.h"
#include "experiments/picture.h"
#include "lab/core/error.h"
#include "lab/mechanisms/latent_iia.h"
#include "lab/mechanisms/latents.h"
#include "lab/mechanisms/wiring.h"
#include "lab/scores/coverage.h"
#include "lab/scores/elicited.h"
#include "lab/scores/reconstruction.h"

namespace lab {
namespace {

using std::int64_t;
constexpr double nothing = std::numeric_limits<double>::quiet_NaN();
constexpr int64_t most_listed = int64_t{1} << 20;
constexpr int64_t few_draws = 5;  // of nulls that search or run the network anew

// A dictionary at a tap, on different inputs.
struct Read {
  const World& world;
  const Subject& subject;
  const Dictionary& dictionary;
  std::string tap;
  Batch batch;
  at::Tensor acts_BD, codes_BM, gates_BG;
  std::vector<circuits::Node> nodes;  // of the gates
  std::vector<std::string> names;
  InputSplit split;
  Draw draw;  // of the halves: one for all, so that nothing is scored on what it was chosen on
  int64_t nulls, seed;

  double tap_at() const { return tap_number(subject, tap); }
};

Read read(const World& world, const Subject& subject, const Site& site,
          const Dictionary& dictionary, int64_t samples, int64_t nulls, int64_t seed) {
  const Draw draw("experiments/translate", seed);
  Batch batch = different_inputs(world, samples);
  const at::Tensor acts = site.acts(batch).out_BD;
  GateList list = gate_list(world.truth());
  const at::Tensor codes = encode_in_parts(dictionary, acts);
  const at::Tensor gates = gate_values(world, batch);
  const InputSplit split = split_inputs(batch.inputs_BN, draw);
  return {world,
          subject,
          dictionary,
          site.output_tap(),
          std::move(batch),
          acts,
          codes,
          gates,
          std::move(list.nodes),
          std::move(list.names),
          split,
          draw,
          nulls,
          seed};
}

// Firings over all inputs, and the values of the circuit's inputs and gates beside them.
struct Firings {
  at::Tensor fires_BM, letters_BL;
};
Firings firings_of(const Read& r, const Site& site) {
  const auto all = r.world.support();
  if (!all.has_value() || *all > most_listed || *all == r.batch.inputs_BN.size(0))
    return {r.codes_BM != 0, r.batch.present_BF};
  constexpr int64_t chunk = 1 << 14;
  std::vector<at::Tensor> fires, letters;
  for (int64_t first = 0; first < *all; first += chunk) {
    const Batch part = r.world.enumerate(first, std::min(chunk, *all - first));
    fires.push_back(encode_in_parts(r.dictionary, site.acts(part).in_BD) != 0);
    letters.push_back(part.present_BF);
  }
  return {at::cat(fires), at::cat(letters)};
}

void add_descriptions(Record& record, const Read& r, const Site& site,
                      const DescriptionConfig& config) {
  if (r.dictionary.signed_codes) {
    record.add(no_description_scores("latents", "codes are signed and dense"));
    return;
  }
  const Firings firings = firings_of(r, site);
  Descriptions found =
      descriptions("latents", firings.fires_BM, firings.letters_BL, letters_of(r.world.truth()),
                   config, std::min(r.nulls, few_draws), Draw("scores/nulls/descriptions", r.seed));
  record.add(found.scores);
  record.tables["latents"] = std::move(found.table);
}

void add_reconstruction(Record& record, const Read& r) {
  record.add(reconstruction_scores(r.acts_BD, output(r.dictionary, r.codes_BM, r.acts_BD)));
  record.add(r.dictionary.signed_codes ? no_sparsity_scores() : sparsity_scores(r.codes_BM));
}

// What the probes say, one unit a gate; no units where they are refused.
at::Tensor probe_units(const Read& r, const at::Tensor& directions_GD) {
  const at::Tensor said = at::mm(r.acts_BD.to(at::kDouble), directions_GD.t());
  return 2 * r.acts_BD.size(1) >= r.split.train.numel() ? said.narrow(1, 0, 0) : said;
}

at::Tensor components(const Read& r, const Site& site, const StopToken& stop) {
  const FitData data{r.world, r.subject, site, r.subject.planted(r.tap), stop};
  return encode(fit_pca(Pca{}, data).dictionary, r.acts_BD);
}

std::vector<double> column(const Table& table, std::size_t c, std::size_t rows) {
  std::vector<double> values(rows, nothing);
  for (std::size_t r = 0; r < table.rows.size(); ++r) values[r] = table.rows[r][c];
  return values;
}

// The place of each gate that lies at the tap by construction.
std::vector<std::optional<GatePlace>> places_here(const Read& r) {
  std::vector<std::optional<GatePlace>> here(r.nodes.size());
  for (const GatePlace& place : r.subject.gate_places())
    for (std::size_t g = 0; g < r.nodes.size(); ++g)
      if (place.gate == r.nodes[g] && place.tap == r.tap) here[g] = place;
  return here;
}

// The share of covered gates among those that lie at the tap by construction.
Score coverage_placed(const std::vector<std::optional<GatePlace>>& here,
                      const std::vector<double>& phi) {
  double covered = 0, placed = 0;
  for (std::size_t g = 0; g < here.size(); ++g) {
    if (!here[g] || std::isnan(phi[g])) continue;
    ++placed;
    covered += phi[g] >= covered_phi;
  }
  return placed > 0 ? Score::of(covered / placed)
                    : Score::absent("no gate is known to lie at this tap by construction");
}

// |φ| of the gates where the units are the known places, read as the network reads them.
std::vector<double> phi_of_places(const Read& r,
                                  const std::vector<std::optional<GatePlace>>& here) {
  std::vector<at::Tensor> units;
  for (const auto& place : here)
    if (place) units.push_back(r.acts_BD.mm(place->read_KD.to(at::kFloat).t()));
  if (units.empty()) return std::vector<double>(here.size(), nothing);
  return column(coverage("places", at::cat(units, 1), r.gates_BG, 0, r.draw).gates, 1, here.size());
}

struct Covered {
  Table gates;
  std::vector<double> latents;  // the best latent of each gate
};

Covered add_coverage(Record& record, const Read& r, const at::Tensor& directions_GD,
                     const at::Tensor& components_BK) {
  const std::size_t G = r.names.size();
  const auto by = [&](const char* name, const at::Tensor& units) {
    Coverage found = coverage(name, units, r.gates_BG, r.nulls, r.draw);
    record.add(found.scores);
    return std::move(found.gates);
  };
  const Table neurons = by("neurons", r.acts_BD), latents = by("latents", r.codes_BM),
              pca = by("pca", components_BK), probes = by("probes", probe_units(r, directions_GD));
  const std::vector<double> latent_phi = column(latents, 1, G);
  const auto here = places_here(r);
  record.add("coverage_latents_placed", coverage_placed(here, latent_phi));
  record.add("coverage_probes_placed", coverage_placed(here, column(probes, 1, G)));
  record.add("coverage_places", coverage_placed(here, phi_of_places(r, here)));
  const double tap = r.tap_at();
  Covered result;
  result.latents = column(latents, 2, G);
  result.gates.labels = r.names;
  result.gates.columns = {"node",          "base_rate",     "neuron_phi", "neuron", "neuron_tap",
                          "direction_phi", "direction_tap", "latent_phi", "latent", "pca_phi"};
  const std::vector<double> neuron_phi = column(neurons, 1, G), neuron = column(neurons, 2, G),
                            probe_phi = column(probes, 1, G), pca_phi = column(pca, 1, G);
  for (std::size_t g = 0; g < G; ++g) {
    const auto at_tap = [&](double phi) { return std::isnan(phi) ? nothing : tap; };
    const double rate = r.gates_BG.select(1, static_cast<int64_t>(g)).mean().item<double>();
    result.gates.rows.push_back({static_cast<double>(r.nodes[g]), rate, neuron_phi[g], neuron[g],
                                 at_tap(neuron_phi[g]), probe_phi[g], at_tap(probe_phi[g]),
                                 latent_phi[g], result.latents[g], pca_phi[g]});
  }
  return result;
}

Table matrix_of(const Read& r) {
  Table matrix = empty_matrix();
  add_to_matrix(matrix, UnitKind::neuron, r.tap_at(), r.acts_BD, r.gates_BG, r.draw);
  add_to_matrix(matrix, UnitKind::latent, r.tap_at(), r.codes_BM, r.gates_BG, r.draw);
  return matrix;
}

// Neurons of the next layer: of the next tap, unless that is the output; then of the tap itself.
int64_t next_width(const Read& r) {
  const std::vector<Tap>& taps = r.subject.taps();
  const auto next = static_cast<std::size_t>(r.tap_at()) + 1;
  return next + 1 < taps.size() ? taps[next].width : r.acts_BD.size(1);
}

Elicited add_elicited(Record& record, const Read& r) {
  const Draw draw("experiments/translate/elicited", r.seed);
  Elicited said = elicited(r.codes_BM, r.dictionary.signed_codes, r.gates_BG, r.split);
  Elicitation found = elicitation(present(r.acts_BD, r.gates_BG, r.split, next_width(r), draw),
                                  said, used(r.subject, r.batch, r.tap, r.gates_BG, r.nulls, draw));
  record.add(found.scores);
  found.table.labels = r.names;
  record.tables["elicitation"] = std::move(found.table);
  return said;
}

// The latents that are exchanged for each gate: the one that covers it best, then those of the three
// readings that say most.
void add_interventions(Record& record, const Read& r, Covered& covered, const Elicited& said,
                       const at::Tensor& directions_GD, int64_t pairs) {
  std::vector<GateUnits> units;
  for (std::size_t g = 0; g < r.nodes.size(); ++g) {
    GateUnits each{r.nodes[g], {}, directions_GD[static_cast<int64_t>(g)]};
    if (!std::isnan(covered.latents[g]))
      each.latents.push_back(static_cast<int64_t>(covered.latents[g]));
    for (const int64_t latent : said.latents[g])
      if (each.latents.size() < 3 && std::ranges::find(each.latents, latent) == each.latents.end())
        each.latents.push_back(latent);
    units.push_back(std::move(each));
  }
  if (!r.subject.decision_threshold().has_value()) {
    record.add(all_absent({"iia_latent", "iia_latents", "iia_direction", "iia_nothing", "iia_whole",
                           "iia_random_latents", "iia_latents_gain"},
                          "the subject has no outputs to threshold"));
    return;
  }
  const LatentIia found =
      latent_iia(r.subject, r.world, r.tap, r.dictionary, units, pairs,
                 std::min(r.nulls, few_draws), Draw("experiments/translate/iia", r.seed));
  record.add(found.scores);
  Table columns{{"iia_latent", "iia_latents", "iia_direction"}, {}, {}};
  for (const auto& row : found.table.rows) columns.rows.push_back({row[0], row[1], row[2]});
  add_columns(covered.gates, columns);
}

// The latents that cover inputs and gates at a tap, as places.
void add_found(std::vector<FoundGate>& found, const Read& r) {
  const Truth& truth = r.world.truth();
  const Table covered = coverage("latents", r.codes_BM, r.batch.present_BF, 0, r.draw).gates;
  for (std::size_t f = 0; f < covered.rows.size(); ++f) {
    const double phi = covered.rows[f][1], latent = covered.rows[f][2];
    if (std::isnan(latent) || !(phi >= covered_phi)) continue;
    found.push_back({static_cast<circuits::Node>(truth.gate_of_feature[f]),
                     latents_place(r.tap, r.dictionary, {static_cast<int64_t>(latent)})});
  }
}

// Edges between latents of two taps against the circuit's.
void add_wiring(Record& record, const Read& r, const TranslateKey& key, Context& context) {
  const std::vector<std::string> names{"edge_precision", "edge_recall", "edge_auroc",
                                       "edges_tested", "edges_true"};
  if (!key.onward) {
    record.add(all_absent(names, "the config names no later tap (onward)"));
    return;
  }
  const Site site(r.subject, key.onward->site);
  const Dictionary dictionary = fitted(*key.onward, context);
  const Read later =
      read(r.world, r.subject, site, dictionary, key.examine.samples, key.nulls, r.seed);
  if (later.tap_at() <= r.tap_at())
    throw InputError("translate: onward.tap " + later.tap + " must come after the site's tap " +
                     r.tap);
  std::vector<FoundGate> found;
  add_found(found, r);
  const std::size_t earlier = found.size();
  add_found(found, later);
  if (earlier == 0 || found.size() == earlier) {
    record.add(all_absent(names, "no latent covers an input or a gate at one of the taps"));
    return;
  }
  const Pairs pairs = sample_pairs(r.world, "interchange/wiring", 0, key.pairs);
  WiringReport report = wiring_scores(r.subject, *r.world.truth().circuit, pairs, found, key.nulls,
                                      Draw("experiments/translate/wiring", r.seed));
  record.add(report.scores);
  record.tables["wiring"] = std::move(report.table);
}

Product make_translate(const TranslateKey& key, Context& context) {
  const at::NoGradGuard no_gradients;
  const Trained on = trained(key.fit.train, context);
  if (!on.world->truth().circuit.has_value())
    throw InputError("translate: the world has no circuit; use the world 'boolean'");
  const Site site(*on.subject, key.fit.site);
  const Dictionary dictionary = fitted(key.fit, context);
  const Read r = read(*on.world, *on.subject, site, dictionary, key.examine.samples, key.nulls,
                      key.fit.train.world.seed.value_or(0));
  if (r.names.empty())
    throw InputError("translate: none of the world's features is a gate; list gates in features");
  Product product{context.need(id_of(key_text(key.examine))).record, ""};
  Record& record = product.record;
  const at::Tensor directions_GD = probe_directions(r.acts_BD, r.gates_BG, r.split);
  add_reconstruction(record, r);
  add_descriptions(record, r, site, key.describe);
  Covered covered = add_coverage(record, r, directions_GD, components(r, site, context.stop()));
  record.tables["matrix"] = matrix_of(r);
  const Elicited said = add_elicited(record, r);
  add_interventions(record, r, covered, said, directions_GD, key.pairs);
  record.tables["gates"] = std::move(covered.gates);
  add_wiring(record, r, key, context);
  return product;
}

TranslateKey key_of(const Translate& config, std::int64_t seed) {
  const TrainKey train = train_key(config.world, config.subject, seed);
  TranslateKey key{fit_key(train, config.site, config.decomposer, seed),
                   std::nullopt,
                   {train, config.site, config.scores.samples},
                   config.describe,
                   config.scores.nulls,
                   config.pairs};
  if (config.onward) key.onward = fit_key(train, *config.onward, config.decomposer, seed);
  return key;
}

}  // namespace

StagePtr last_stage(const Translate& config, std::int64_t seed) {
  const TranslateKey key = key_of(config, seed);
  std::vector<StagePtr> needs{train_stage(key.fit.train), fit_stage(key.fit),
                              examine_stage(key.examine)};
  if (key.onward) needs.push_back(fit_stage(*key.onward));
  return make_stage(key, needs, make_translate);
}

StagePtr picture_of(const Translate& config, std::int64_t seed) {
  const TranslateKey key = key_of(config, seed);
  return picture_stage({key.examine, key.fit});
}

}  // namespace lab
