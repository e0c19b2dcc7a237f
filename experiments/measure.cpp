#include "experiments/measure.h"

#include <ATen/ATen.h>

#include <algorithm>

#include "experiments/evaluation_sums.h"
#include "lab/core/statistics.h"
#include "lab/core/stop.h"
#include "lab/scores/coverage.h"
#include "lab/scores/emulation.h"
#include "lab/scores/probes.h"
#include "lab/subjects/directions.h"
#include "lab/subjects/training_data.h"

namespace lab {

Measured measure(const World& world, const Subject& subject, const Site& site, std::int64_t samples,
                 std::int64_t kept, std::int64_t held) {
  Measured result;
  result.batch = world.sample("eval", 0, kept);
  result.acts = site.acts(result.batch);
  if (const auto planted = subject.planted(site.output_tap())) {
    result.directions_CD = planted->directions_CD;
    result.estimated = false;
    result.direction_r2 = 1;
    return result;
  }
  const std::int64_t numbers = world.truth().coordinates() + site.output_width();
  DirectionSums sums;
  for_each_batch(world, result.batch, samples, rows_that_fit(samples, numbers, held),
                 [&](const Batch& batch, std::optional<std::int64_t> place) {
                   const std::int64_t count = batch.values_BC.size(0);
                   sums.add(batch.values_BC, place.has_value()
                                                 ? result.acts.out_BD.narrow(0, *place, count)
                                                 : site.acts(batch).out_BD);
                 });
  const EstimatedDirections found = sums.estimate();
  result.directions_CD = found.directions_CD;
  result.estimated = true;
  result.direction_r2 = found.r2;
  return result;
}

Measured measure(const World& world, const Subject& subject, const Site& site,
                 std::int64_t samples) {
  return measure(world, subject, site, samples, samples, Held{}.batch);
}

at::Tensor encode_in_parts(const Dictionary& dictionary, const at::Tensor& acts_BD) {
  std::vector<at::Tensor> parts;
  for (const at::Tensor& part : acts_BD.split(512)) {
    poll_stop();
    parts.push_back(encode(dictionary, part));
  }
  return at::cat(parts);
}

Batch different_inputs(const World& world, std::int64_t samples) {
  const auto all = world.support();
  if (all.has_value() && *all <= samples) return world.enumerate(0, *all);
  const Batch batch = world.sample("eval", 0, samples);
  return select_rows(batch, distinct_rows(batch.inputs_BN));
}

void add_emulation(Record& record, const World& world, const Subject& subject, std::int64_t samples,
                   const StopToken& stop) {
  const std::optional<double> threshold = subject.decision_threshold();
  if (!world.boolean_targets() || !threshold.has_value()) {
    record.add(all_absent({"exact", "margin", "wrong_inputs", "emulation_accuracy",
                           "emulation_accuracy_low", "emulation_accuracy_high", "bit_accuracy"},
                          world.boolean_targets() ? "the subject has no outputs to threshold"
                                                  : "the world has no boolean targets"));
    return;
  }
  constexpr std::int64_t chunk = 16384;
  const std::int64_t total = world.support().value_or(samples);
  Emulation counts;
  for (std::int64_t first = 0; first < total; first += chunk) {
    stop.check();
    const std::int64_t count = std::min(chunk, total - first);
    const Batch batch = world.support().has_value() ? world.enumerate(first, count)
                                                    : world.sample("eval", first, count);
    add_batch(counts, subject.run(batch), batch.targets_BT, *threshold, first);
  }
  record.add(emulation_scores(counts, world.support().has_value()));
  record.tables.merge(emulation_tables(counts));
}

std::string named_one(const std::string& name, bool estimated) {
  return estimated ? name + "_estimated" : name;
}

Scores named(Scores scores, bool estimated) {
  if (!estimated) return scores;
  Scores renamed;
  for (auto& [name, score] : scores) renamed.emplace(named_one(name, true), std::move(score));
  return renamed;
}

Scores mean_of(const std::vector<Scores>& each, const std::vector<std::string>& names,
               const std::string& reason) {
  if (each.empty()) return all_absent(names, reason);
  Scores means;
  for (const auto& [name, first] : each.front()) {
    std::vector<double> values;
    Score missing;
    for (const Scores& scores : each) {
      const Score& score = scores.at(name);
      if (score.present) {
        values.push_back(score.value);
      } else {
        missing = score;
      }
    }
    means[name] = values.size() == each.size() ? Score::of(mean(values)) : missing;
  }
  return means;
}

std::vector<std::int64_t> gate_features(const Truth& truth) {
  std::vector<std::int64_t> gates;
  for (std::size_t i = 0; truth.circuit.has_value() && i < truth.gate_of_feature.size(); ++i) {
    const circuits::Op op =
        truth.circuit->op(static_cast<circuits::Node>(truth.gate_of_feature[i]));
    using enum circuits::Op;
    if (op == Input || op == Not || op == Buf || op == Zero || op == One) continue;
    gates.push_back(static_cast<std::int64_t>(i));
  }
  return gates;
}

GateList gate_list(const Truth& truth) {
  GateList list;
  for (const std::int64_t feature : gate_features(truth)) {
    const auto f = static_cast<std::size_t>(feature);
    list.nodes.push_back(static_cast<circuits::Node>(truth.gate_of_feature[f]));
    list.names.push_back(truth.features[f].name);
  }
  return list;
}

double tap_number(const Subject& subject, const std::string& name) {
  const auto tap = std::ranges::find(subject.taps(), name, &Tap::name);
  return static_cast<double>(tap - subject.taps().begin());
}

Table empty_matrix() {
  return {{"gate", "kind", "tap", "unit", "phi", "f1"}, {}, {}};
}

void add_to_matrix(Table& matrix, UnitKind kind, double tap, const at::Tensor& units_BM,
                   const at::Tensor& gates_BG, const Draw& draw) {
  for (const auto& row : unit_matrix(units_BM, gates_BG, draw).rows) {
    matrix.rows.push_back({row[0], static_cast<double>(kind), tap, row[1], row[2], row[3]});
  }
}

at::Tensor gate_values(const World& world, const Batch& batch) {
  std::vector<std::int64_t> columns;
  for (const std::int64_t gate : gate_features(world.truth())) {
    columns.push_back(world.truth().features[static_cast<std::size_t>(gate)].first);
  }
  return batch.values_BC.index_select(1, at::tensor(columns, at::kLong));
}

std::vector<Letter> letters_of(const Truth& truth) {
  std::vector<Letter> letters;
  for (std::size_t f = 0; f < truth.features.size(); ++f) {
    const auto node = static_cast<circuits::Node>(truth.gate_of_feature[f]);
    letters.push_back({truth.features[f].name, truth.circuit->op(node) != circuits::Op::Input});
  }
  return letters;
}

bool all_plain(const Truth& truth) {
  return std::all_of(truth.features.begin(), truth.features.end(),
                     [](const Feature& feature) { return feature.width == 1; });
}

std::vector<Relation> relations_of(const World& world, const Subject& subject,
                                   const std::string& kind) {
  std::vector<Relation> found;
  for (const auto* relations : {&world.truth().relations, &subject.relations()}) {
    for (const Relation& relation : *relations) {
      if (relation.kind == kind) found.push_back(relation);
    }
  }
  return found;
}

std::vector<std::int64_t> coordinates_of(const Truth& truth, const Relation& relation) {
  std::vector<std::int64_t> coordinates;
  for (const std::int64_t feature : relation.features) {
    coordinates.push_back(truth.features[static_cast<std::size_t>(feature)].first);
  }
  return coordinates;
}

}  // namespace lab
