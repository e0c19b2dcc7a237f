// Claims: published or derived statements with their source, judged against a sweep's table.
//
//   {"kind": "value", "name": "half a dimension each", "score": "plateau_levels", "where": {"arm": "trained"},
//    "at_least": 3, "source": "Elhage et al. 2022, figure …"}
//   {"kind": "order", "name": "…", "score": "f1", "by": "arm", "order": ["topk", "relu_l1"], "source": "…"}
//
// The verdict is the interval rule of the metrics: with the mean over seeds and Student's 95 % interval
// (a single value is its own interval), HIT: the interval lies within the accepted range, MISS: it
// lies outside, UNDECIDED: it straddles a bound.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "lab/core/fields.h"
#include "lab/report/operations.h"
#include "lab/sweep/config.h"

namespace lab {

// One score at one point, against target ± tolerance or a range.
struct ValueClaim {
  static constexpr const char* name = "value";
  static constexpr const char* doc =
      "a score at one point, mean over seeds, lies within target ± tolerance, or in a range";
  static constexpr std::int64_t revision = 1;
  std::string score;
  std::optional<double> target;
  std::optional<double> tolerance;
  std::optional<double> sd;
  std::optional<double> at_least;
  std::optional<double> at_most;
  void fields(Fields& f);
};

// Several points ranked by a score, highest first.
struct OrderClaim {
  static constexpr const char* name = "order";
  static constexpr const char* doc =
      "arms ranked by a score, highest first: every neighbouring pair differs in that direction, "
      "paired over seeds";
  static constexpr std::int64_t revision = 1;
  std::string score;
  std::string by = "arm";
  std::vector<json> order;
  void fields(Fields& f);
};

struct ClaimConfig {
  static constexpr const char* room = "claims";
  std::variant<ValueClaim, OrderClaim> kind;
  std::string name;
  std::string source;
  std::string basis = "published";
  std::string expect = "hit";
  std::string few_seeds;
  Selection selection;
  void fields(Fields& f);
};

enum class Verdict { hit, miss, undecided };
const char* verdict_name(Verdict verdict);  // "HIT", "MISS", "UNDECIDED"

struct Judged {
  std::string name, source, basis, kind, score;
  std::string reading;              // "0.503 ± 0.004, n = 5" or "topk 0.81 > relu_l1 0.62"
  std::string accepted;             // "0.5 ± 0.03", "≥ 0.95", "topk > relu_l1"
  std::optional<Summary> value;     // of a value claim
  std::optional<double> low, high;  // accepted bounds of a value claim; nothing: open
  std::optional<double> target;
  Verdict verdict = Verdict::undecided;
  Verdict expected = Verdict::hit;  // miss for a control
  bool unfinished = false;          // runs are missing or failed: undecided, the reading says which
  std::string few_seeds;
  bool as_expected() const { return verdict == expected; }
  bool refuted() const { return verdict != expected && verdict != Verdict::undecided; }
};

// The claims of a sweep's file. Throws InputError, one line with file and place, for what is ill-formed.
std::vector<ClaimConfig> read_claims(const Sweep& sweep);

// Judges one claim; undecided while a run that it is about is missing or failed. Throws ConfigError,
// with a path inside the claim, when the score is unknown, the selection is empty or leaves several
// points, no selected run has the score, or seeds are too few: claims need 5 unless they are derived
// or `few_seeds` says why fewer are enough.
Judged judge(const ClaimConfig& claim, const ScoreTable& table);
// All of a sweep's claims; errors name the file and the claim.
std::vector<Judged> judge_all(const Sweep& sweep, const ScoreTable& table);

json claims_json(const std::vector<Judged>& claims);
std::string claims_text(const std::vector<Judged>& claims);  // aligned, for people

}  // namespace lab
