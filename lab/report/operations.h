// Table operations: from a scored table to the part of it that a claim or a figure is about. Each takes
// a table and gives a table, so that they can be chained: where, then best or at.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lab/core/fields.h"
#include "lab/report/table.h"

namespace lab {

// Keeps one point of several: for each combination of the other columns, the one of the values of
// `of` whose score `by` is best. The row that wins keeps all its scores; its value in `of` (which
// may differ from seed to seed) leaves the table, unless it is the seed.
struct Best {
  std::string by;  // a score
  std::string of;  // a column: "decomposer.k", "seed"
  std::string want = "greatest";

  void fields(Fields& f) {
    f("by", by, required(), "score that decides");
    f("of", of, required(),
      "column whose values compete, for each combination of the other columns");
    f("want", want, one_of({"greatest", "least"}), "which value of the score is best");
  }
};

// What a table is narrowed to, in this order.
struct Selection {
  json where = json::object();
  std::optional<Best> best;
  json at = json::object();

  void fields(Fields& f) {
    f("where", where, any(),
      "object column → value or list of values: only these rows; without it all");
    f("best", best, any(), "keep the best of several points");
    f("at", at, any(),
      "object with one score and a value, {\"l0\": 25}: every score interpolated linearly in the "
      "logarithm of that one, for each seed and arm; {\"bits\": 200} compares at equal cost");
    f.require(where.is_object(), "where", "must be an object: column → value or list of values");
    f.require(at.is_object() && at.size() <= 1, "at",
              "must be an object with one score and its value");
  }
};

// The rows whose cells equal the value, or one of the values, of every column named. Numbers are compared as
// numbers, everything else as it is written; null stands for an empty cell. Throws ConfigError with
// a path below "where" for an unknown column (naming the nearest) or a value that no row has (listing
// those it has).
ScoreTable where(const ScoreTable& table, const json& conditions);

// Throws ConfigError for an unknown score or column. Groups in which no row has the score vanish.
ScoreTable best_of(const ScoreTable& table, const Best& best);

// One row for each seed and each combination of the columns that do not vary within a curve (that is:
// every text column, such as arms; numeric columns are what the curve is swept over, and are left
// out). Scores are interpolated linearly in log(score) between the two neighbouring points of the curve
// that bracket `value` (a point that meets it is taken as it is). Absent, with the reason, when the
// value is not bracketed or the bracket is wider than a ratio of 1.5: nothing is extrapolated
// (matched L0 or bits, Metrics: "Reconstruction and sparsity"). Throws ConfigError for an unknown score or a
// value that is not above 0.
ScoreTable at_value(const ScoreTable& table, const std::string& score, double value);

// All of a selection. Paths of errors begin with the operation's name.
ScoreTable selected(const ScoreTable& table, const Selection& selection);

// The rows that differ in nothing but their seed, in the order of the table.
struct PointGroup {
  std::vector<json> point;        // cells without the seed's
  std::vector<std::size_t> rows;  // of the table
};
std::vector<PointGroup> by_point(const ScoreTable& table);

// Mean and Student's 95 % interval of a score over rows (the mean itself, where there is one value or
// all are equal to 1e-9); nothing when no row has it.
struct Summary {
  std::size_t n;
  double mean, low, high;
};
Summary summary_of(const std::vector<double>& values);  // at least one
std::optional<Summary> summary_of(const ScoreTable& table, const std::vector<std::size_t>& rows,
                                  std::size_t score);

// Three decimals; where that would hide a small number or lengthen a large one, three digits.
std::string short_number(double value);
// "0.503 ± 0.004", or the value alone when all are equal.
std::string summary_text(const Summary& summary);

std::size_t text_width(const std::string& text);  // characters, not bytes

// Index of a score or of a column; throws ConfigError at `path` naming the nearest known one.
std::size_t score_index(const ScoreTable& table, const std::string& name, const std::string& path);
std::size_t column_index(const ScoreTable& table, const std::string& name, const std::string& path);

// A record's table as rows of their own: every chosen run's table `name`, one row of it a row. Columns
// are "label" (what a row is about, when the table says so) and then the runs' columns; scores are the table's columns.
// Runs without such a table have no rows. Throws ConfigError at "table" when no run has it, listing
// the tables there are.
ScoreTable rows_of_tables(const ScoreTable& runs, const Store& store, const std::string& name);

}  // namespace lab
