#include "lab/report/operations.h"

#include <algorithm>
#include <cmath>
#include <cstdio>
#include <map>
#include <set>

#include "lab/core/config.h"
#include "lab/core/statistics.h"

namespace lab {
namespace {

// "known: …" or "did you mean …?", after "; ".
ConfigError unknown(const std::string& path, const std::string& what, const std::string& name,
                    const std::vector<std::string>& known) {
  return {path, "no " + what + " is called \"" + name + "\"" + suggestion(name, known)};
}

std::size_t index_of(const std::vector<std::string>& names, const std::string& name,
                     const std::string& path, const char* what) {
  const auto found = std::find(names.begin(), names.end(), name);
  if (found == names.end()) throw unknown(path, what, name, names);
  return static_cast<std::size_t>(found - names.begin());
}

// The rows of a table in groups of equal cells in some columns, groups in order of their first row.
std::vector<std::vector<std::size_t>> grouped(const ScoreTable& table,
                                              const std::vector<std::size_t>& columns) {
  std::vector<std::vector<std::size_t>> groups;
  std::map<std::vector<std::string>, std::size_t> known;
  for (std::size_t i = 0; i < table.rows.size(); ++i) {
    std::vector<std::string> cells;
    for (const std::size_t k : columns) cells.push_back(cell_text(table.rows[i].point[k]));
    const auto [place, is_new] = known.emplace(std::move(cells), groups.size());
    if (is_new) groups.emplace_back();
    groups[place->second].push_back(i);
  }
  return groups;
}

std::vector<std::size_t> columns_but(const ScoreTable& table,
                                     const std::set<std::size_t>& left_out) {
  std::vector<std::size_t> columns;
  for (std::size_t k = 0; k < table.columns.size(); ++k) {
    if (!left_out.contains(k)) columns.push_back(k);
  }
  return columns;
}

// A cell as conditions compare it: 2 and 2.0 are alike.
std::string compared(const json& cell) {
  if (!cell.is_number()) return cell_text(cell);
  return json(cell.get<double>() + 0.0).dump();  // −0.0 is 0
}

// Columns whose values are all numbers or empty, but for the seed, which is the last.
std::set<std::size_t> numeric_columns(const ScoreTable& table) {
  std::set<std::size_t> numeric;
  for (std::size_t k = 0; k + 1 < table.columns.size(); ++k) {
    bool only = true, any_number = false;
    for (const ScoreTable::Row& row : table.rows) {
      only = only && (row.point[k].is_number() || row.point[k].is_null());
      any_number = any_number || row.point[k].is_number();
    }
    if (only && any_number) numeric.insert(k);
  }
  return numeric;
}

// Scores between two rows: `share` of the way from `a` to `b`.
std::vector<Score> between_rows(const ScoreTable::Row& a, const ScoreTable::Row& b, double share) {
  std::vector<Score> scores;
  for (std::size_t i = 0; i < a.scores.size(); ++i) {
    const Score &x = a.scores[i], &y = b.scores[i];
    scores.push_back(!x.present   ? x
                     : !y.present ? y
                                  : Score::of(x.value + share * (y.value - x.value)));
  }
  return scores;
}

std::vector<Score> absent_everywhere(std::size_t count, const std::string& reason) {
  return std::vector<Score>(count, Score::absent(reason));
}

// The scores of a curve where score `s` has the value.
std::vector<Score> interpolated(const ScoreTable& table, const std::vector<std::size_t>& curve,
                                std::size_t s, double value) {
  constexpr double widest = 1.5;
  const ScoreTable::Row *below = nullptr, *above = nullptr;
  const auto at = [s](const ScoreTable::Row* row) { return row->scores[s].value; };
  for (const std::size_t i : curve) {
    const ScoreTable::Row* row = &table.rows[i];
    if (!row->scores[s].present || at(row) <= 0) continue;
    if (at(row) <= value && (below == nullptr || at(row) > at(below))) below = row;
    if (at(row) >= value && (above == nullptr || at(row) < at(above))) above = row;
  }
  const std::string wanted = table.scores[s] + " " + json(value).dump();
  if (below == nullptr || above == nullptr) {
    return absent_everywhere(table.scores.size(),
                             wanted + " is not bracketed by the points there are");
  }
  if (at(above) > widest * at(below)) {
    return absent_everywhere(table.scores.size(),
                             wanted + " lies between points further apart than a ratio of 1.5");
  }
  const double width = std::log(at(above) / at(below));
  const double share = width > 0 ? std::log(value / at(below)) / width : 0;
  return between_rows(*below, *above, share);
}

}  // namespace

std::size_t score_index(const ScoreTable& table, const std::string& name, const std::string& path) {
  return index_of(table.scores, name, path, "score");
}

std::size_t column_index(const ScoreTable& table, const std::string& name,
                         const std::string& path) {
  return index_of(table.columns, name, path, "column");
}

ScoreTable where(const ScoreTable& table, const json& conditions) {
  ScoreTable result{table.columns, table.scores, {}};
  std::vector<std::pair<std::size_t, std::set<std::string>>> wanted;
  for (const auto& [name, value] : conditions.items()) {
    const std::string path = "where." + name;
    const std::size_t column = column_index(table, name, path);
    std::set<std::string> there, cells;
    std::vector<std::string> shown;  // values that there are, as people write them
    for (const ScoreTable::Row& row : table.rows) {
      const json& cell = row.point[column];
      if (there.insert(compared(cell)).second) shown.push_back(cell_text(cell));
    }
    for (const json& one : value.is_array() ? value : json::array({value})) {
      if (!there.contains(compared(one))) {
        throw ConfigError(path, "no row has the value \"" + cell_text(one) + "\"" +
                                    suggestion(cell_text(one), shown));
      }
      cells.insert(compared(one));
    }
    wanted.emplace_back(column, std::move(cells));
  }
  for (const ScoreTable::Row& row : table.rows) {
    const bool kept = std::all_of(wanted.begin(), wanted.end(), [&](const auto& condition) {
      return condition.second.contains(compared(row.point[condition.first]));
    });
    if (kept) result.rows.push_back(row);
  }
  return result;
}

ScoreTable best_of(const ScoreTable& table, const Best& best) {
  const std::size_t by = score_index(table, best.by, "best.by");
  const std::size_t of = column_index(table, best.of, "best.of");
  ScoreTable result{table.columns, table.scores, {}};
  for (const auto& group : grouped(table, columns_but(table, {of}))) {
    const ScoreTable::Row* winner = nullptr;
    for (const std::size_t i : group) {
      const Score& score = table.rows[i].scores[by];
      if (!score.present) continue;
      const double sign = best.want == "least" ? -1 : 1;
      const bool leads = winner == nullptr || sign * (score.value - winner->scores[by].value) > 0;
      if (leads) winner = &table.rows[i];
    }
    if (winner != nullptr) result.rows.push_back(*winner);
  }
  if (of + 1 == table.columns.size()) return result;
  result.columns.erase(result.columns.begin() + static_cast<std::ptrdiff_t>(of));
  for (ScoreTable::Row& row : result.rows) {
    row.point.erase(row.point.begin() + static_cast<std::ptrdiff_t>(of));
  }
  return result;
}

ScoreTable at_value(const ScoreTable& table, const std::string& score, double value) {
  const std::size_t s = score_index(table, score, "at." + score);
  if (!(value > 0)) throw ConfigError("at." + score, "must be above 0");
  const std::set<std::size_t> swept = numeric_columns(table);
  const std::vector<std::size_t> kept = columns_but(table, swept);
  ScoreTable result{{}, table.scores, {}};
  for (const std::size_t k : kept) result.columns.push_back(table.columns[k]);
  for (const auto& curve : grouped(table, kept)) {
    std::string moving;
    for (const std::size_t k : swept) {
      std::set<std::string> values;
      for (const std::size_t i : curve) values.insert(cell_text(table.rows[i].point[k]));
      if (values.size() < 2) continue;
      if (!moving.empty()) {
        throw ConfigError("at", "the curve is swept over " + moving + " and over " +
                                    table.columns[k] + "; fix one of them by \"where\"");
      }
      moving = table.columns[k];
    }
    ScoreTable::Row row = table.rows[curve.front()];
    row.point.clear();
    for (const std::size_t k : kept) row.point.push_back(table.rows[curve.front()].point[k]);
    row.id.clear();  // a row between runs
    row.scores = interpolated(table, curve, s, value);
    result.rows.push_back(std::move(row));
  }
  return result;
}

ScoreTable selected(const ScoreTable& table, const Selection& selection) {
  ScoreTable result = where(table, selection.where);
  if (selection.best.has_value()) result = best_of(result, *selection.best);
  for (const auto& [score, value] : selection.at.items()) {
    if (!value.is_number()) throw ConfigError("at." + score, "must be a number");
    result = at_value(result, score, value.get<double>());
  }
  return result;
}

std::vector<PointGroup> by_point(const ScoreTable& table) {
  std::vector<PointGroup> groups;
  for (auto& rows : grouped(table, columns_but(table, {table.columns.size() - 1}))) {
    std::vector<json> point = table.rows[rows.front()].point;
    point.pop_back();
    groups.push_back({std::move(point), std::move(rows)});
  }
  return groups;
}

Summary summary_of(const std::vector<double>& values) {
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  const double rounding = 1e-9 * std::max(std::abs(*least), std::abs(*greatest));
  if (*greatest - *least <= rounding) return {values.size(), *least, *least, *least};
  const double middle = mean(values), half = t_half_width(values);
  return {values.size(), middle, middle - half, middle + half};
}

std::optional<Summary> summary_of(const ScoreTable& table, const std::vector<std::size_t>& rows,
                                  std::size_t score) {
  std::vector<double> values;
  for (const std::size_t row : rows) {
    const Score& cell = table.rows[row].scores[score];
    if (cell.present) values.push_back(cell.value);
  }
  if (values.empty()) return std::nullopt;
  return summary_of(values);
}

std::string short_number(double value) {
  char text[40];
  const double size = std::abs(value);
  const bool plain = size == 0 || (size >= 0.0995 && size < 1e5);
  if (plain && size >= 1000) {
    std::snprintf(text, sizeof text, "%.0f", value);
  } else if (plain || (size >= 5e-4 && size < 1)) {
    std::snprintf(text, sizeof text, "%.3f", value);
  } else {
    std::snprintf(text, sizeof text, "%.2e", value);
  }
  return text;
}

std::size_t text_width(const std::string& text) {
  return static_cast<std::size_t>(
      std::count_if(text.begin(), text.end(), [](unsigned char c) { return (c & 0xc0) != 0x80; }));
}

std::string summary_text(const Summary& summary) {
  if (summary.low == summary.high) return short_number(summary.mean);
  return short_number(summary.mean).append(" ± ").append(short_number(summary.high - summary.mean));
}

ScoreTable rows_of_tables(const ScoreTable& runs, const Store& store, const std::string& name) {
  ScoreTable result;
  std::set<std::string> there;
  bool labelled = false;
  std::vector<std::pair<const ScoreTable::Row*, Table>> found;
  for (const ScoreTable::Row& run : runs.rows) {
    if (run.status != Status::done) continue;
    RunResult read = read_run(store, run.id);
    for (const auto& [known, table] : read.record.tables) there.insert(known);
    const auto table = read.record.tables.find(name);
    if (table == read.record.tables.end()) continue;
    labelled = labelled || !table->second.labels.empty();
    found.emplace_back(&run, std::move(table->second));
  }
  if (found.empty()) throw unknown("table", "table", name, {there.begin(), there.end()});
  if (labelled) result.columns.push_back("label");
  result.columns.insert(result.columns.end(), runs.columns.begin(), runs.columns.end());
  std::set<std::string> scores;
  for (const auto& [run, table] : found) scores.insert(table.columns.begin(), table.columns.end());
  result.scores.assign(scores.begin(), scores.end());
  for (const auto& [run, table] : found) {
    for (std::size_t r = 0; r < table.rows.size(); ++r) {
      ScoreTable::Row row{run->point, run->id, run->status, {}, {}};
      if (labelled) {
        row.point.insert(row.point.begin(), table.labels.empty() ? json() : json(table.labels[r]));
      }
      row.scores.resize(result.scores.size());
      for (std::size_t k = 0; k < table.columns.size(); ++k) {
        const double cell = table.rows[r][k];
        const auto place =
            std::lower_bound(result.scores.begin(), result.scores.end(), table.columns[k]);
        if (std::isfinite(cell)) row.scores[place - result.scores.begin()] = Score::of(cell);
      }
      result.rows.push_back(std::move(row));
    }
  }
  return result;
}

}  // namespace lab
