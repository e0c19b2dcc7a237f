#include "experiments/evaluate.h"

#include <ATen/ATen.h>

#include <limits>
#include <map>

#include "experiments/evaluation_sums.h"
#include "experiments/examine.h"
#include "experiments/measure.h"
#include "lab/geometry/circle.h"
#include "lab/geometry/positions.h"
#include "lab/scores/absorption.h"
#include "lab/scores/capture.h"
#include "lab/scores/dictionary.h"
#include "lab/scores/gates.h"
#include "lab/scores/hierarchy.h"
#include "lab/scores/latents.h"
#include "lab/scores/probes.h"
#include "lab/scores/receptive_fields.h"
#include "lab/scores/reconstruction.h"
#include "lab/scores/sums.h"

namespace lab {
namespace {

// What every group of scores looks at.
struct Seen {
  const World& world;
  const Subject& subject;
  const Measured& measured;  // samples that are kept: the first ones, all unless they are too many
  const Dictionary& dictionary;
  at::Tensor codes_BM;         // of the samples that were kept
  const EvaluationSums& sums;  // over all samples
  Matching matching;
  // Rows to shuffle and to split: all, but each input of a circuit once. A copy of an input in both
  // halves would be scored on what was chosen for it, and shuffled copies would not be copies.
  at::Tensor independent_rows;
  std::int64_t nulls;
  std::int64_t seed;  // of the nulls
  double bits_per_code;

  bool signed_codes() const { return dictionary.signed_codes; }
  // Atoms live where the dictionary's inputs are normalised: what a code is worth depends on the sample.
  bool in_normalised_space() const { return dictionary.normalise != "none" && !dictionary.across; }
  const Truth& truth() const { return world.truth(); }
};

// Scores that set lengths of atoms, or codes times atoms, against what lies in the activation space have no
// meaning for a dictionary that normalises its inputs. Those of `names` that there are become absent;
// directions and firings stand.
Scores with_lengths(Scores scores, const Seen& e, const std::vector<std::string>& names) {
  if (!e.in_normalised_space()) return scores;
  for (const std::string& name : names) {
    const auto found = scores.find(name);
    if (found != scores.end()) {
      found->second = Score::absent(
          "the dictionary normalises its inputs: lengths of atoms and codes depend on the sample");
    }
  }
  return scores;
}

void add_reconstruction(Record& record, const Seen& e) {
  record.add(e.sums.reconstruction.scores());
  record.add(e.signed_codes() ? no_sparsity_scores() : sparsity_scores(e.sums.codes));
  const Score l0 = record.scores.at("l0");
  record.add("bits", l0.present ? code_bits(l0.value, e.codes_BM.size(1), e.bits_per_code) : l0);
  record.add(with_lengths({{"l1", code_l1(e.sums.codes, e.dictionary.atoms_MD)}}, e, {"l1"}));
  const auto& losses = e.sums.losses;
  record.add("loss_recovered",
             losses.has_value() ? loss_recovered(losses->zero, losses->reconstruction, losses->own)
                                : Score::absent("the subject has no task"));
}

void add_directions(Record& record, const Seen& e) {
  const at::Tensor& atoms = e.dictionary.atoms_MD;
  const at::Tensor& truth = e.measured.directions_CD;
  Scores scores = dictionary_scores(atoms, truth, e.matching, e.signed_codes());
  if (e.nulls > 0) {
    add_dictionary_nulls(scores, atoms, truth, e.signed_codes(), e.nulls,
                         Draw("scores/nulls/dictionary", e.seed));
  }
  record.add(
      named(with_lengths(std::move(scores), e, {"placement_procrustes", "placement_residual"}),
            e.measured.estimated));
  record.tables["latents"] = latents_table(atoms, e.matching);
  record.tables["coordinates"] = coordinates_table(truth, e.matching);
}

void add_latents(Record& record, const Seen& e) {
  const Batch& batch = e.measured.batch;
  record.add("activation_mcc", activation_mcc(e.sums.moments));
  if (e.signed_codes()) {
    for (auto& [name, score] : no_firing_scores()) {
      const bool by_presence = name == "phi_best" || name == "auroc";
      record.add(by_presence ? name : named_one(name, e.measured.estimated), score);
    }
    return;
  }
  const at::Tensor rows = e.independent_rows;
  record.add(presence_scores(e.codes_BM.index_select(0, rows),
                             batch.present_BF.index_select(0, rows), e.nulls,
                             Draw("scores/nulls/presence", e.seed)));
  record.tables["features"] = presence_table(e.codes_BM, batch.present_BF);
  const Firings& firings = e.sums.firings;
  Scores scores = all_plain(e.truth())
                      ? firing_scores(firings, e.matching)
                      : all_absent({"precision", "recall", "f1", "accuracy", "f1_matched"},
                                   "features have several coordinates, which share one presence");
  scores.emplace("ml2r", magnitude_ratio(e.sums.codes, e.sums.values, e.dictionary.atoms_MD,
                                         e.measured.directions_CD, e.matching));
  record.add(named(with_lengths(std::move(scores), e, {"ml2r"}), e.measured.estimated));
  add_columns(record.tables["latents"], firings_table(firings, e.matching));
}

void add_gates(Record& record, const Seen& e) {
  const at::Tensor gates_BG = gate_values(e.world, e.measured.batch);
  if (gates_BG.size(1) == 0) {
    record.add(all_absent({"gate_phi", "gate_f1_excess"}, "the world has no gates"));
    return;
  }
  GateReport report = gate_scores(e.codes_BM.index_select(0, e.independent_rows),
                                  gates_BG.index_select(0, e.independent_rows), e.nulls,
                                  Draw("scores/nulls/gates", e.seed));
  record.add(report.scores);
  record.tables["gates"] = std::move(report.table);
}

// Whether the order can be read from the true vectors: else there is nothing to bring back.
bool lies_on_circle(const at::Tensor& directions_CD, const std::vector<std::int64_t>& coordinates) {
  const at::Tensor rows = at::tensor(coordinates, at::kLong);
  const Score order = circle_scores(directions_CD.index_select(0, rows)).at("order_exact_multiple");
  return order.present && order.value == 1;
}

// Circles of ordered features: do the matched atoms go round in the order of the truth? A mean over
// circles stands only when every one of them has a score: what was lost must not raise it.
void add_circles(Record& record, const Seen& e) {
  const at::Tensor& atoms = e.dictionary.atoms_MD;
  const std::vector<Relation> relations = relations_of(e.world, e.subject, "circle");
  std::vector<std::vector<std::int64_t>> circles;
  std::vector<at::Tensor> found;
  std::vector<Scores> each;
  for (const Relation& relation : relations) {
    const std::vector<std::int64_t> coordinates = coordinates_of(e.truth(), relation);
    if (!lies_on_circle(e.measured.directions_CD, coordinates)) continue;
    circles.push_back(coordinates);
    found.push_back(matched_atoms(atoms, e.matching, coordinates, e.signed_codes()));
    each.push_back(matched_circle_scores(atoms, e.matching, coordinates, e.signed_codes()));
  }
  Scores scores = mean_of(each, circle_score_names,
                          relations.empty() ? "the world has no circle"
                                            : "the true vectors do not lie on a circle in order");
  if (e.nulls > 0) {
    const Draw draw("scores/nulls/circle", e.seed);
    add_rematched_nulls(scores, atoms, e.measured.directions_CD, circles, e.signed_codes(), e.nulls,
                        draw);
    add_circle_nulls(scores, found, e.nulls, draw);
  }
  record.add(named(std::move(scores), e.measured.estimated));
}

// Trees: does a parent's latent fall silent where a child speaks for it?
void add_absorption(Record& record, const Seen& e) {
  const std::vector<std::string> names{"absorption", "absorption_excess", "absorption_pairs",
                                       "child_angle"};
  const std::vector<Relation> trees = relations_of(e.world, e.subject, "tree");
  if (trees.empty() || e.signed_codes()) {
    record.add(named(
        all_absent(names, trees.empty() ? "the world has no tree" : "codes are signed and dense"),
        e.measured.estimated));
    return;
  }
  const Batch& batch = e.measured.batch;
  std::vector<Scores> each;
  for (const Relation& tree : trees) {
    each.push_back(absorption_scores(e.codes_BM, batch.values_BC, batch.present_BF,
                                     e.dictionary.atoms_MD, e.measured.directions_CD, e.truth(),
                                     tree, trees.size() == 1 ? e.nulls : 0,
                                     Draw("scores/nulls/absorption", e.seed)));
    each.back().emplace("child_angle", child_angle(e.dictionary.atoms_MD, e.measured.directions_CD,
                                                   parent_child_pairs(e.truth(), tree)));
  }
  record.add(named(with_lengths(mean_of(each, names, ""), e,
                                {"absorption", "absorption_pairs", "absorption_null",
                                 "absorption_null_sd", "absorption_p"}),
                   e.measured.estimated));
}

// Trees: is it the faithful dictionary that was found, or the absorbed one?
void add_hierarchy(Record& record, const Seen& e) {
  std::vector<ParentChild> pairs;
  for (const Relation& tree : relations_of(e.world, e.subject, "tree")) {
    const std::vector<ParentChild> more = parent_child_pairs(e.truth(), tree);
    pairs.insert(pairs.end(), more.begin(), more.end());
  }
  const Batch& batch = e.measured.batch;
  std::vector<Together> occurring;
  if (!pairs.empty()) {
    occurring = together(batch.values_BC, by_coordinate(batch.present_BF, e.truth()), pairs);
  }
  const at::Tensor &atoms = e.dictionary.atoms_MD, &truth = e.measured.directions_CD;
  record.add(named(identifiability_scores(atoms, truth, occurring, e.signed_codes(), e.nulls,
                                          Draw("scores/nulls/hierarchy", e.seed)),
                   e.measured.estimated));
  if (pairs.empty()) return;
  Table table = identifiability_table(atoms, truth, occurring, e.signed_codes());
  std::map<std::int64_t, std::string> names;  // by coordinate
  for (const Feature& feature : e.truth().features) names[feature.first] = feature.name;
  for (const ParentChild& pair : pairs) {
    table.labels.push_back(names.at(pair.parent) + " → " + names.at(pair.child));
  }
  record.tables["hierarchy"] = std::move(table);
}

// Features of several coordinates: how many latents write one, and whether they tile it in order.
void add_wide_features(Record& record, const Seen& e) {
  std::vector<Scores> captured, tiled, fields;
  for (std::size_t i = 0; i < e.truth().features.size(); ++i) {
    const Feature& feature = e.truth().features[i];
    if (feature.width < 2) continue;
    const at::Tensor values = e.measured.batch.values_BC.narrow(1, feature.first, feature.width);
    const at::Tensor frames = e.measured.directions_CD.narrow(0, feature.first, feature.width);
    captured.push_back(
        capture_scores(capture_curve(e.codes_BM, e.dictionary.atoms_MD, values, frames)));
    if (feature.width != 2 || e.signed_codes()) continue;
    const at::Tensor present = e.measured.batch.present_BF.select(1, static_cast<std::int64_t>(i));
    fields.push_back(receptive_field_scores(e.codes_BM, values, present,
                                            Draw("scores/receptive_fields", e.seed)));
    tiled.push_back(
        position_scores(circle_positions(e.codes_BM, values, present), e.dictionary.atoms_MD));
  }
  const std::vector<std::string> curve{"capture@1", "capture@2", "capture@4", "capture@8", "n_.9"};
  Scores capture = mean_of(captured, curve, "the world has no feature of several coordinates");
  if (!captured.empty()) capture = with_lengths(std::move(capture), e, curve);
  record.add(named(std::move(capture), e.measured.estimated));
  const std::string why_not = e.signed_codes() ? "codes are signed and dense"
                                               : "the world has no feature of two coordinates";
  record.add(mean_of(fields, {"support_size", "receptive_field_spread"}, why_not));
  record.add(mean_of(tiled, {"tiles", "position_triples", "position_spearman"}, why_not));
}

// How the truth came back while the dictionary was trained: a row a checkpoint.
Table checkpoint_table(const std::map<std::int64_t, Dictionary>& checkpoints, const Seen& e) {
  const std::vector<std::string> of_atoms{"mcc", "mmcs", "frac_recovered@.9"};
  const std::vector<std::string> of_codes{"fvu", "l0", "dead"};
  Table table{{"step"}, {}, {}};
  for (const auto* names : {&of_atoms, &of_codes}) {
    table.columns.insert(table.columns.end(), names->begin(), names->end());
  }
  for (const auto& [steps, dictionary] : checkpoints) {
    const at::Tensor& truth = e.measured.directions_CD;
    Scores scores = dictionary_scores(dictionary.atoms_MD, truth, match(dictionary.atoms_MD, truth),
                                      dictionary.signed_codes);
    const Coded kept = coded(dictionary, e.measured.acts.in_BD);
    scores.merge(reconstruction_scores(e.measured.acts.out_BD, kept.output_BD));
    scores.merge(sparsity_scores(kept.codes_BM));
    std::vector<double> row{static_cast<double>(steps)};
    for (std::size_t i = 1; i < table.columns.size(); ++i) {
      const auto found = scores.find(table.columns[i]);
      const bool here = found != scores.end() && found->second.present;
      row.push_back(here ? found->second.value : std::numeric_limits<double>::quiet_NaN());
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

Product make_evaluate(const EvaluateKey& key, Context& context) {
  return evaluate(key, context, Held{});
}

}  // namespace

Product evaluate(const EvaluateKey& key, Context& context, const Held& held) {
  const at::NoGradGuard no_gradients;
  const Trained on = trained(key.fit.train, context);
  const Site site(*on.subject, key.fit.site);
  const Dictionary dictionary = fitted(key.fit, context);
  const World& world = *on.world;
  const std::int64_t samples = key.examine.samples;
  const std::int64_t numbers = dictionary.atoms_MD.size(0) + world.truth().coordinates();
  const Measured measured = measure(world, *on.subject, site, samples,
                                    rows_that_fit(samples, numbers, held.kept), held.batch);
  const Coded kept = coded(dictionary, measured.acts.in_BD);
  const EvaluationSums sums = evaluation_sums(world, site, dictionary, measured, kept, samples,
                                              rows_that_fit(samples, numbers, held.batch));
  const Seen e{world,
                    *on.subject,
                    measured,
                    dictionary,
                    kept.codes_BM,
                    sums,
                    match(dictionary.atoms_MD, measured.directions_CD),
                    world.truth().circuit.has_value()
                        ? distinct_rows(measured.batch.inputs_BN)
                        : at::arange(measured.batch.inputs_BN.size(0)),
                    key.nulls,
                    key.fit.train.world.seed.value_or(0),
                    key.bits_per_code};
  Product product{context.need(id_of(key_text(key.examine))).record, ""};
  Record& record = product.record;
  add_reconstruction(record, e);
  add_directions(record, e);
  add_latents(record, e);
  add_gates(record, e);
  add_circles(record, e);
  add_absorption(record, e);
  add_hierarchy(record, e);
  add_wide_features(record, e);
  const std::map<std::int64_t, Dictionary> while_trained = checkpoints(key.fit, context);
  if (!while_trained.empty()) {
    record.tables["checkpoints"] = checkpoint_table(while_trained, e);
  }
  return product;
}

StagePtr evaluate_stage(const EvaluateKey& key) {
  return make_stage(key,
                    {train_stage(key.fit.train), fit_stage(key.fit), examine_stage(key.examine)},
                    make_evaluate);
}

}  // namespace lab
