#include "lab/report/figure_line_rows.h"

#include <algorithm>
#include <map>

#include "lab/core/statistics.h"

namespace lab {
namespace {

constexpr std::size_t most_points = 4000;  // single rows in one panel

// "mcc" → "mcc_null", "mcc_estimated" → "mcc_null_estimated"; nothing where the table has none.
std::optional<std::size_t> null_of(const ScoreTable& rows, const std::string& score) {
  const std::string ending = "_estimated";
  const bool estimated = score.ends_with(ending);
  const std::string base = estimated ? score.substr(0, score.size() - ending.size()) : score;
  const std::string wanted = base + "_null" + (estimated ? ending : "");
  const auto found = std::find(rows.scores.begin(), rows.scores.end(), wanted);
  if (found == rows.scores.end()) return std::nullopt;
  return static_cast<std::size_t>(found - rows.scores.begin());
}

// Rows behind one mean: those of one line with one x. Without x: of a horizontal line.
struct Bundle {
  std::string arm, line, word;
  std::optional<double> x;
  std::vector<std::size_t> rows;
};

std::vector<Bundle> bundles(const Lines& l, const std::vector<std::size_t>& members) {
  std::vector<Bundle> found;
  std::map<std::tuple<std::string, std::string, std::string, double>, std::size_t> known;
  for (const std::size_t i : members) {
    const ScoreTable::Row& row = l.rows.rows[i];
    Bundle bundle{l.arm(row), cells_text(row, l.rows, l.others), "", std::nullopt, {}};
    if (l.x.numeric) {
      bundle.x = l.x.number(row);
      if (bundle.x.has_value() && l.line.log_x && *bundle.x <= 0) continue;
    } else {
      bundle.word = shown_cell(row.point[l.x.index]);
    }
    const auto [place, is_new] =
        known.emplace(std::tuple(bundle.arm, bundle.line, bundle.x.has_value() ? "x" : bundle.word,
                                 bundle.x.value_or(0)),
                      found.size());
    if (is_new) found.push_back(std::move(bundle));
    found[place->second].rows.push_back(i);
  }
  std::stable_sort(found.begin(), found.end(), [](const Bundle& a, const Bundle& b) {
    return a.x.value_or(0) < b.x.value_or(0);
  });
  return found;
}

json row_of(Lines& l, const Bundle& bundle, const Summary& summary) {
  json row = {{"part", bundle.x.has_value() || !l.x.numeric ? "mean" : "level"},
              {"arm", bundle.arm},
              {"line", bundle.line},
              {"y", rounded(summary.mean)},
              {"low", rounded(summary.low)},
              {"high", rounded(summary.high)},
              {"n", summary.n}};
  if (bundle.x.has_value()) {
    row["x"] = rounded(*bundle.x);
    l.xs.push_back(*bundle.x);
  }
  if (!l.x.numeric) {
    // Where colour and axis say the same, points of one word differ in `line` alone.
    row["x"] = bundle.word;
    row["series"] = l.color_is_x() ? bundle.line : bundle.arm + " " + bundle.line;
  }
  l.shown = with_value(std::move(l.shown), bundle.arm);
  l.seeds = std::max(l.seeds, summary.n);
  return row;
}

// One value a run: the rows of a run's own table are no independent samples.
std::vector<double> values_by_run(const Lines& l, const std::vector<std::size_t>& rows,
                                  std::size_t score) {
  std::map<std::string, std::vector<std::size_t>> of_run;
  for (const std::size_t row : rows) {
    // Rows that `at` made between runs have no id; their point tells them apart.
    std::string name = l.rows.rows[row].id;
    for (const json& cell : l.rows.rows[row].point) {
      if (name.empty() || l.line.table.empty()) name.append("/").append(cell.dump());
    }
    of_run[name].push_back(row);
  }
  std::vector<double> means;
  for (const auto& [run, own] : of_run) {
    const std::vector<double> values = present_values(l.rows, own, score);
    if (!values.empty()) means.push_back(mean(values));
  }
  return means;
}

void add_means(json& data, Lines& l, const std::vector<std::size_t>& members, std::size_t score) {
  for (const Bundle& bundle : bundles(l, members)) {
    const auto summary = summary_on(values_by_run(l, bundle.rows, score), l.line.log_y);
    if (summary.has_value()) data.push_back(row_of(l, bundle, *summary));
  }
}

// The mean of the null over all lines, at each x.
void add_chance(json& data, Lines& l, const std::vector<std::size_t>& members, std::size_t null) {
  std::map<std::pair<std::string, double>, std::vector<std::size_t>> at;
  for (const Bundle& bundle : bundles(l, members)) {
    if (l.x.numeric && !bundle.x.has_value()) continue;
    auto& rows = at[{bundle.word, bundle.x.value_or(0)}];
    rows.insert(rows.end(), bundle.rows.begin(), bundle.rows.end());
  }
  for (const auto& [x, rows] : at) {
    const auto summary = summary_on(present_values(l.rows, rows, null), l.line.log_y);
    if (!summary.has_value()) continue;
    json row = {{"part", "chance"}, {"arm", chance}, {"line", ""}, {"y", rounded(summary->mean)}};
    row["x"] = l.x.numeric ? json(rounded(x.second)) : json(x.first);
    data.push_back(std::move(row));
    l.shown = with_value(std::move(l.shown), chance);
  }
}

// Single rows; beyond most_points every n-th.
void add_points(json& data, Lines& l, const std::vector<std::size_t>& members, std::size_t score) {
  std::vector<json> points;
  for (const std::size_t i : members) {
    const ScoreTable::Row& row = l.rows.rows[i];
    const auto x = l.x.number(row);
    const Score& y = row.scores[score];
    if (!x.has_value() || !y.present || (l.line.log_x && *x <= 0) || (l.line.log_y && y.value <= 0))
      continue;
    points.push_back(
        {{"part", "point"}, {"arm", l.arm(row)}, {"x", rounded(*x)}, {"y", rounded(y.value)}});
    l.xs.push_back(*x);
    l.shown = with_value(std::move(l.shown), l.arm(row));
  }
  const std::size_t step = points.size() / most_points + 1;
  for (std::size_t i = 0; i < points.size(); i += step) data.push_back(std::move(points[i]));
  if (step > 1) l.left_out += points.size() - (points.size() + step - 1) / step;
}

// Puts points of one word side by side.
void place_abreast(json& data, Lines& l) {
  std::map<std::string, std::vector<json*>> of_word;
  std::vector<std::string> series;
  for (json& row : data) {
    if (row["part"] != "mean") continue;
    of_word[row["x"]].push_back(&row);
    series = with_value(std::move(series), row["series"]);
  }
  for (auto& [word, rows] : of_word) {
    // Arms keep their places from word to word, unless each has a word of its own.
    const std::size_t count = l.color_is_x() ? rows.size() : series.size();
    for (std::size_t i = 0; i < rows.size(); ++i) {
      json& row = *rows[i];
      const auto own = std::find(series.begin(), series.end(), row["series"].get<std::string>());
      const auto rank = l.color_is_x() ? static_cast<std::ptrdiff_t>(i) : own - series.begin();
      row["offset"] = 2 * rank - static_cast<std::ptrdiff_t>(count) + 1;
      row.erase("series");
    }
    l.abreast = std::max(l.abreast, count);
  }
}

}  // namespace

Across across(const ScoreTable& rows, const std::string& x) {
  const auto column = std::find(rows.columns.begin(), rows.columns.end(), x);
  if (column != rows.columns.end()) {
    const auto index = static_cast<std::size_t>(column - rows.columns.begin());
    return {true, index, is_numeric(rows, index)};
  }
  const auto score = std::find(rows.scores.begin(), rows.scores.end(), x);
  if (score != rows.scores.end()) {
    return {false, static_cast<std::size_t>(score - rows.scores.begin()), true};
  }
  throw ConfigError("x",
                    "no column or score is called \"" + x + "\"" + suggestion(x, all_names(rows)));
}

std::vector<Part> parts_of(Lines& l) {
  std::vector<Part> parts;
  const std::vector<std::string> facets =
      l.facet.has_value() ? values_of(l.rows, *l.facet) : std::vector<std::string>{""};
  std::size_t score = 0;
  for (std::size_t s = 0; s < l.line.scores.size(); ++s) {
    score = score_index(l.rows, l.line.scores[s], "scores[" + std::to_string(s) + "]");
    for (const std::string& facet : facets) {
      std::vector<std::size_t> members;
      for (std::size_t i = 0; i < l.rows.rows.size(); ++i) {
        const bool inside =
            !l.facet.has_value() || shown_cell(l.rows.rows[i].point[*l.facet]) == facet;
        if (inside) members.push_back(i);
      }
      json data = json::array();
      if (l.line.points) {
        add_points(data, l, members, score);
      } else {
        add_means(data, l, members, score);
        const auto null = l.line.null ? null_of(l.rows, l.line.scores[s]) : std::nullopt;
        if (null.has_value() && !data.empty()) add_chance(data, l, members, *null);
      }
      if (!l.x.numeric) place_abreast(data, l);
      if (!data.empty()) parts.push_back({score, facet, std::move(data)});
    }
  }
  if (parts.empty()) nothing_to_draw(l.rows, score, "scores");
  return parts;
}

}  // namespace lab
