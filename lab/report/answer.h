// The answer of a sweep in a few lines, from its table and its claims.
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/report/claims.h"
#include "lab/report/table.h"

namespace lab {

struct Answer {
  // "7 claims: 5 HIT, 1 MISS, 1 UNDECIDED", "2 controls: 2 missed, as expected",
  // "225 runs: 225 done"
  std::vector<std::string> lines;

  // Without claims, the headline scores that the table has, for each arm: for each seed the mean over
  // the arm's points, then the mean and interval of these over seeds. Only points that have the
  // score in every seed count. No arms: there are claims, no such scores, or too many arms to be few lines.
  struct Arm {
    std::string name;
    std::vector<std::optional<Summary>> scores;  // n: seeds
    std::vector<std::size_t> points;             // that counted, one number a score
  };
  std::string arm_column;  // what tells the arms apart: "arm", or the first column of the table
  std::vector<std::string> scores;  // of "mcc", "f1", "fvu"
  std::vector<Arm> arms;
};

Answer answer_of(const ScoreTable& table, const std::vector<Judged>& claims);

}  // namespace lab
