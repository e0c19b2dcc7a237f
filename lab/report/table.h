// The scored table of a sweep: one row a run, in plan order. It holds no times and does not depend
// on how or when the runs were computed.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "lab/core/record.h"
#include "lab/sweep/store.h"

namespace lab {

struct ScoreTable {
  struct Row {
    std::vector<nlohmann::json> point;  // one value a column; null: none
    std::string id;                     // of the run
    Status status;
    StageFailure failure;       // when failed
    std::vector<Score> scores;  // one a score name; absent without a reason when not measured
  };
  std::vector<std::string> columns;  // of points; the last is "seed"
  std::vector<std::string> scores;   // names, sorted
  std::vector<Row> rows;
};

ScoreTable score_table(const Plan& plan, const Store& store);

// The table with these scores only, in this order; a name may end in "*" and then stands for all
// that begin so. Throws InputError for a name that no run has, with the nearest one.
ScoreTable with_scores(const ScoreTable& table, const std::vector<std::string>& names);

// Whether a score says what chance gives for another one ("mcc_null", "mcc_p"): tables for people leave
// these out unless they are asked for.
bool is_null_score(const std::string& name);

// RFC 4180 with LF line ends: columns of the point, "status", scores. Numbers have the fewest
// digits that read back as the same double; absent scores are empty.
std::string csv(const ScoreTable& table);

// {"columns", "scores", "rows": [{"point": {…}, "id", "status", "scores": {name: number or null},
// "reasons": {name: text}, "failure": {…}}]}
nlohmann::json table_json(const ScoreTable& table);

// For people: one line a point, its seeds summarised as "mean ± half-width" of Student's 95 % interval
// over those that have the score (the value alone where all are equal), empty where none has it;
// scores that no run has are left out. Numbers have three decimals, or three digits when they are
// small or large. Below: each reason for empty cells once, with the scores and the points that it
// concerns, and the runs that failed or are not made yet. An aligned table that is wider than `width`
// characters is cut into blocks of scores below one another (0: never).
enum class Layout { aligned, markdown };
std::string grouped_text(const ScoreTable& table, Layout layout, std::size_t width = 0);

}  // namespace lab
