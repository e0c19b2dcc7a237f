// What scores of a site are measured on.
#pragma once

#include <optional>

#include "experiments/stages.h"
#include "lab/scores/descriptions.h"
#include "lab/scores/scores.h"

namespace lab {

// Samples of the split "eval" at a site, and where the features lie there.
struct Measured {
  Batch batch;
  SiteActs acts;
  at::Tensor directions_CD;  // at the output tap: planted, or else estimated from all samples
  bool estimated;
  double direction_r2;  // of the estimate; 1 where planted
};
// The first `kept` of `samples` samples. Directions that have to be estimated are estimated from all
// `samples`, about `held` values and activations at a time: neither they nor their r2 depend on how many are
// kept. Throws Failure when it takes more samples than there are.
Measured measure(const World& world, const Subject& subject, const Site& site, std::int64_t samples,
                 std::int64_t kept, std::int64_t held);
// All of them are kept.
Measured measure(const World& world, const Subject& subject, const Site& site,
                 std::int64_t samples);

// Codes of a part of the samples at a time, so that a stop is heeded between them.
at::Tensor encode_in_parts(const Dictionary& dictionary, const at::Tensor& acts_BD);

// Different inputs: all there are where they are at most `samples`, else those of as many samples of the
// split "eval".
Batch different_inputs(const World& world, std::int64_t samples);

// Adds whether the network equals its circuit (scores/emulation.h; tables "outputs", "wrong_inputs"): on
// every input where they can be listed, else on `samples` of the split "eval". Absent with the reason where
// there is nothing to threshold.
void add_emulation(Record& record, const World& world, const Subject& subject, std::int64_t samples,
                   const StopToken& stop);

// Scores against estimated directions are named so: "mcc" becomes "mcc_estimated".
std::string named_one(const std::string& name, bool estimated);
Scores named(Scores scores, bool estimated);

// The mean of each score over several relations or features; absent, with its reason, where one of
// them has none. Without any of them, `names` absent for `reason`.
Scores mean_of(const std::vector<Scores>& each, const std::vector<std::string>& names,
               const std::string& reason);

// The features that are gates of a world's circuit, ascending; none without a circuit. NOT and BUF gates are
// left out (they are their fan-in's complement or copy, which gate scores allow), and so are constants.
std::vector<std::int64_t> gate_features(const Truth& truth);
// [B, G] their values; G = 0 without a circuit.
at::Tensor gate_values(const World& world, const Batch& batch);
// Their nodes and names.
struct GateList {
  std::vector<circuits::Node> nodes;
  std::vector<std::string> names;
};
GateList gate_list(const Truth& truth);

// The place of a tap in the subject's list.
double tap_number(const Subject& subject, const std::string& name);

// The table "matrix" that the figure `matrix` draws: |φ| and F1 (unit_matrix in coverage.h) of gates and
// units.
enum class UnitKind { neuron, latent };
Table empty_matrix();
void add_to_matrix(Table& matrix, UnitKind kind, double tap, const at::Tensor& units_BM,
                   const at::Tensor& gates_BG, const Draw& draw);

// The features of a world with a circuit as words of descriptions, in their order: inputs and gates.
std::vector<Letter> letters_of(const Truth& truth);

bool all_plain(const Truth& truth);  // every feature has one coordinate

// The relations of one kind at a subject: the world's and those that its placement added.
std::vector<Relation> relations_of(const World& world, const Subject& subject,
                                   const std::string& kind);
// The first coordinate of each feature of a relation, in its order.
std::vector<std::int64_t> coordinates_of(const Truth& truth, const Relation& relation);

inline const std::vector<std::string> circle_score_names{
    "order_exact", "order_exact_multiple", "order_triples", "circularity", "geodesic_spearman"};

}  // namespace lab
