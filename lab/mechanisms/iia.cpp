#include "lab/mechanisms/iia.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <map>
#include <utility>

#include "lab/core/error.h"
#include "lab/core/statistics.h"
#include "lab/core/stop.h"
#include "lab/subjects/interventions.h"

namespace lab {
namespace {

using std::int64_t;

Batch rows_of(const Batch& batch, const at::Tensor& rows) {
  return {batch.inputs_BN.index_select(0, rows),
          batch.values_BC.index_select(0, rows),
          batch.present_BF.index_select(0, rows),
          batch.targets_BT.index_select(0, rows),
          batch.split,
          batch.first};
}

Interchange rows_of(const Interchange& of, const at::Tensor& rows) {
  return {{rows_of(of.pairs.base, rows), rows_of(of.pairs.source, rows)},
          of.own_BT.index_select(0, rows),
          of.wanted_BT.index_select(0, rows),
          of.looked};
}

at::Tensor joined(const std::vector<Interchange>& parts, at::Tensor Batch::* member,
                  Batch Pairs::* side) {
  std::vector<at::Tensor> all;
  for (const Interchange& part : parts) all.push_back(part.pairs.*side.*member);
  return at::cat(all, 0);
}

Batch joined(const std::vector<Interchange>& parts, Batch Pairs::* side) {
  const Batch& first = parts.front().pairs.*side;
  return {joined(parts, &Batch::inputs_BN, side),
          joined(parts, &Batch::values_BC, side),
          joined(parts, &Batch::present_BF, side),
          joined(parts, &Batch::targets_BT, side),
          first.split,
          first.first};
}

Interchange joined(const std::vector<Interchange>& parts) {
  std::vector<at::Tensor> own, wanted;
  for (const Interchange& part : parts) {
    own.push_back(part.own_BT);
    wanted.push_back(part.wanted_BT);
  }
  return {{joined(parts, &Pairs::base), joined(parts, &Pairs::source)},
          at::cat(own, 0),
          at::cat(wanted, 0),
          0};
}

// The share of rows that are right, of those that are chosen.
Score share(const at::Tensor& right_B, const at::Tensor& chosen_B, const std::string& none) {
  const double count = chosen_B.sum().item<double>();
  if (count == 0) return Score::absent(none);
  return Score::of(at::logical_and(right_B, chosen_B).sum().item<double>() / count);
}

Score mean_of(const Score& a, const Score& b) {
  if (!a.present) return a;
  if (!b.present) return b;
  return Score::of(.5 * (a.value + b.value));
}

const char* const no_effect = "no pair on which the exchange changes an output of the circuit";
const char* const only_effects = "the exchange changes an output of the circuit on every pair";

}  // namespace

at::Tensor Interchange::effective_B() const {
  return (own_BT != wanted_BT).any(1);
}

Interchange interchange(const Truth& truth, Pairs pairs, const Gates& gates) {
  const at::Tensor own_BT = outputs_when(*truth.circuit, circuit_inputs(truth, pairs.base), {},
                                         at::empty({pairs.base.inputs_BN.size(0), 0}, at::kBool));
  const at::Tensor wanted_BT = interchanged_outputs(truth, pairs, gates);
  const int64_t count = pairs.base.inputs_BN.size(0);
  return {std::move(pairs), own_BT, wanted_BT, count};
}

Interchange stratified_interchange(const World& world, const Gates& gates, const std::string& split,
                                   std::int64_t count, std::int64_t most_looked) {
  if (!world.boolean_targets()) {
    throw InputError("interchange: the world's targets must be the outputs of its circuit");
  }
  constexpr int64_t block = 2048;
  int64_t effects = count / 2, others = count - effects, looked = 0;
  std::vector<Interchange> parts;
  while (looked < most_looked && (effects > 0 || others > 0)) {
    poll_stop();
    const int64_t size = std::min(block, most_looked - looked);
    const Interchange all =
        interchange(world.truth(), sample_pairs(world, split, looked, size), gates);
    looked += size;
    const at::Tensor effective = all.effective_B();
    const auto first = [](const at::Tensor& chosen_B, int64_t& wanted) {
      const at::Tensor rows = chosen_B.nonzero().flatten();
      const at::Tensor kept = rows.narrow(0, 0, std::min(wanted, rows.size(0)));
      wanted -= kept.size(0);
      return kept;
    };
    const at::Tensor kept_effects = first(effective, effects);
    const at::Tensor kept_others = first(at::logical_not(effective), others);
    parts.push_back(rows_of(all, at::cat({kept_effects, kept_others}, 0)));
  }
  if (parts.empty()) throw InputError("interchange: no pairs were asked for");
  Interchange result = joined(parts);
  result.looked = looked;
  return result;
}

at::Tensor decisions(const Subject& subject, const at::Tensor& output_BT) {
  const std::optional<double> threshold = subject.decision_threshold();
  if (!threshold.has_value()) {
    throw InputError("interchange: the subject has no outputs to threshold (its loss has none)");
  }
  return output_BT > *threshold;
}

Iia interchange_accuracy(const at::Tensor& said_BT, const at::Tensor& wanted_BT,
                         const at::Tensor& own_BT) {
  if (said_BT.sizes() != wanted_BT.sizes() || said_BT.sizes() != own_BT.sizes()) {
    throw InputError("interchange: the network has other outputs than the circuit");
  }
  const at::Tensor change_BT = own_BT != wanted_BT, right_BT = said_BT == wanted_BT;
  const auto both = [](const at::Tensor& right_B, const at::Tensor& effective_B) {
    return std::pair{share(right_B, effective_B, no_effect),
                     share(right_B, at::logical_not(effective_B), only_effects)};
  };
  Iia iia;
  std::tie(iia.effective, iia.ineffective) = both(right_BT.all(1), change_BT.any(1));
  iia.balanced = mean_of(iia.effective, iia.ineffective);
  for (int64_t t = 0; t < said_BT.size(1); ++t) {
    const auto [effective, ineffective] = both(right_BT.select(1, t), change_BT.select(1, t));
    iia.outputs.push_back(mean_of(effective, ineffective));
  }
  return iia;
}

Iia interchange_accuracy(const Subject& subject, const Interchange& of,
                         const std::vector<Place>& places) {
  const at::NoGradGuard no_gradients;
  const at::Tensor said_BT =
      decisions(subject, run_exchanged(subject, of.pairs.base, of.pairs.source, places));
  return interchange_accuracy(said_BT, of.wanted_BT, of.own_BT);
}

std::vector<Place> random_places_like(const Subject& subject, const std::vector<Place>& places,
                                      Words& words) {
  std::map<std::string, int64_t> rows;  // how many are needed at each tap
  for (const Place& place : places) {
    if (place.dimensions < 1) {
      throw InputError("random places: the place at " + place.tap + " has no known dimensions");
    }
    rows[place.tap] += place.dimensions;
  }
  std::map<std::string, at::Tensor> basis;
  for (const auto& [tap, count] : rows) {
    basis[tap] = random_basis(count, subject.tap_width(tap), words);
  }
  std::vector<Place> random;
  for (const Place& place : places) {
    int64_t& left = rows.at(place.tap);
    left -= place.dimensions;
    random.push_back(
        subspace_place(place.tap, basis.at(place.tap).narrow(0, left, place.dimensions)));
  }
  return random;
}

Scores iia_scores(const Subject& subject, const Subject* untrained, const Interchange& of,
                  const std::vector<Place>& places, std::int64_t draws, const Draw& draw) {
  Scores scores;
  const Iia own = interchange_accuracy(subject, of, places);
  scores["iia_balanced"] = own.balanced;
  scores["iia_effective"] = own.effective;
  scores["iia_ineffective"] = own.ineffective;
  scores["iia_nothing"] = interchange_accuracy(subject, of, {}).balanced;
  std::vector<Place> whole;
  for (const Place& place : places) whole.push_back(whole_tap(place.tap));
  scores["iia_whole"] = interchange_accuracy(subject, of, whole).balanced;
  scores["iia_untrained"] = untrained == nullptr
                                ? Score::absent("there is no untrained network")
                                : interchange_accuracy(*untrained, of, places).balanced;
  std::string refusal = draws < 1 ? "no null was drawn" : own.balanced.reason;
  std::map<std::string, int64_t> taken;
  for (const Place& place : places) {
    if (place.dimensions < 1) refusal = "a place has no number of dimensions";
    taken[place.tap] += place.dimensions;
    if (taken[place.tap] > subject.tap_width(place.tap)) refusal = "the places fill the tap";
  }
  if (!refusal.empty()) {
    scores.merge(all_absent({"iia_random", "iia_random_sd", "iia_random_max"}, refusal));
    return scores;
  }
  std::vector<double> random;
  for (int64_t i = 0; i < draws; ++i) {
    poll_stop();
    Words words = draw.at(static_cast<std::uint64_t>(i));
    random.push_back(interchange_accuracy(subject, of, random_places_like(subject, places, words))
                         .balanced.value);
  }
  scores["iia_random"] = Score::of(mean(random));
  scores["iia_random_sd"] =
      draws < 2 ? Score::absent("one null was drawn") : Score::of(standard_deviation(random));
  scores["iia_random_max"] = Score::of(std::ranges::max(random));
  return scores;
}

}  // namespace lab
