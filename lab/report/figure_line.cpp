// Scores against a swept field.
#include <algorithm>
#include <map>
#include <set>

#include "lab/report/drawing.h"
#include "lab/report/score_words.h"

namespace lab {
namespace {

constexpr std::size_t most_points = 4000;  // single rows in one panel
const char* const chance = "chance (null)";

// What stands on the horizontal axis: a column, or a score of the same row.
struct Across {
  bool is_column;
  std::size_t index;
  bool numeric;

  std::optional<double> number(const ScoreTable::Row& row) const {
    if (!is_column) {
      const Score& score = row.scores[index];
      return score.present ? std::optional<double>(score.value) : std::nullopt;
    }
    const json& cell = row.point[index];
    return cell.is_number() ? std::optional<double>(cell.get<double>()) : std::nullopt;
  }
};

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
  std::vector<std::string> known = rows.columns;
  known.insert(known.end(), rows.scores.begin(), rows.scores.end());
  throw ConfigError("x", "no column or score is called \"" + x + "\"" + suggestion(x, known));
}

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

// Everything that one figure's panels have in common.
struct Lines {
  const LineFigure& line;
  const ScoreTable rows;
  const Across x;
  Colors colors;
  std::optional<std::size_t> color, facet;
  std::vector<std::size_t> others;         // columns that tell lines of one colour apart
  std::vector<double> xs;                  // drawn values
  std::vector<std::string> words, series;  // of a word axis; of its points, left to right
  std::vector<std::string> shown;          // names in the legend
  std::size_t seeds = 1;                   // most values behind one mean
  std::size_t left_out = 0;                // single rows beyond most_points

  std::string arm(const ScoreTable::Row& row) const {
    return color.has_value() ? shown_cell(row.point[*color]) : std::string();
  }
};

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
    row["x"] = bundle.word;
    row["series"] = bundle.arm + " " + bundle.line;
    l.series = with_value(std::move(l.series), row["series"]);
  }
  l.shown = with_value(std::move(l.shown), bundle.arm);
  l.seeds = std::max(l.seeds, summary.n);
  return row;
}

void add_means(json& data, Lines& l, const std::vector<std::size_t>& members, std::size_t score) {
  for (const Bundle& bundle : bundles(l, members)) {
    const auto summary = summary_of(l.rows, bundle.rows, score);
    if (!summary.has_value() || (l.line.log_y && summary->mean <= 0)) continue;
    json row = row_of(l, bundle, *summary);
    if (l.line.log_y && summary->low <= 0) row["low"] = row["y"];  // a band has no place below 0
    data.push_back(std::move(row));
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
    const auto summary = summary_of(l.rows, rows, null);
    if (!summary.has_value() || (l.line.log_y && summary->mean <= 0)) continue;
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

json part_is(const char* part) {
  return json::array({{{"filter", {{"field", "part"}, {"equal", part}}}}});
}

// Lines at given values with their labels, alternately at the right and left end where they are near.
void add_rules(json& layers, const LineFigure& line) {
  std::vector<Rule> rules = line.rules;
  std::sort(rules.begin(), rules.end(),
            [](const Rule& a, const Rule& b) { return a.value < b.value; });
  for (std::size_t i = 0; i < rules.size(); ++i) {
    const json y = {{"datum", rules[i].value}, {"type", "quantitative"}};
    layers.push_back({{"mark", {{"type", "rule"}, {"color", "#333333"}, {"strokeWidth", 0.8}}},
                      {"encoding", {{"y", y}}}});
    const bool right = i % 2 == 0;
    layers.push_back(
        {{"mark",
          {{"type", "text"},
           {"align", right ? "right" : "left"},
           {"baseline", "bottom"},
           {"dx", right ? -3 : 3},
           {"dy", -2},
           {"fontSize", 10},
           {"color", "#333333"}}},
         {"encoding",
          {{"y", y},
           {"x", {{"value", right ? json("width") : json(0)}}},
           {"text",
            {{"value", rules[i].label.empty() ? shown_cell(rules[i].value) : rules[i].label}}}}}});
  }
}

json x_channel(const Lines& l) {
  json channel =
      l.x.numeric ? swept_axis(l.line.x, l.xs, l.line.log_x) : word_axis(l.line.x, l.words);
  if (l.line.points) channel["axis"].erase("values");
  channel["field"] = "x";
  return channel;
}

json tooltip(const Lines& l) {
  json fields = json::array();
  const auto add = [&](const char* field, const std::string& title, const char* type) {
    fields.push_back({{"field", field}, {"title", title}, {"type", type}});
  };
  if (l.color.has_value()) add("arm", l.colors.column, "nominal");
  if (!l.others.empty()) add("line", "at", "nominal");
  add("x", l.line.x, l.x.numeric ? "quantitative" : "nominal");
  add("y", "mean", "quantitative");
  add("low", "low", "quantitative");
  add("high", "high", "quantitative");
  add("n", "n", "quantitative");
  return fields;
}

// The layers of one panel. `y` is the vertical axis.
json layers_of(const Lines& l, const json& y) {
  const bool words = !l.x.numeric;
  json base = color_channels(l.colors, l.shown, !words && !l.line.points, false);
  base["x"] = x_channel(l);
  base["y"] = y;
  base["y"]["field"] = "y";
  const auto with = [](json encoding, const json& more) {
    encoding.update(more);
    return encoding;
  };
  const auto layer = [](const char* part, json mark, json encoding) -> json {
    return {
        {"transform", part_is(part)}, {"mark", std::move(mark)}, {"encoding", std::move(encoding)}};
  };
  json layers = json::array();
  if (l.line.points) {
    layers.push_back(layer(
        "point", {{"type", "point"}, {"filled", true}, {"size", 14}, {"opacity", 0.55}}, base));
    add_rules(layers, l.line);
    return layers;
  }
  const json low = {{"field", "low"}, {"type", "quantitative"}};
  const json span = {{"y", with(low, {{"scale", y["scale"]}, {"axis", y["axis"]}})},
                     {"y2", {{"field", "high"}}}};
  const json detail = {{"detail", {{"field", "line"}, {"type", "nominal"}}}};
  if (words) {
    json offset = base;
    offset["xOffset"] = {{"field", "series"},
                         {"type", "nominal"},
                         {"scale", {{"domain", l.series}, {"paddingOuter", 0.35}}}};
    layers.push_back(
        layer("chance", {{"type", "tick"}, {"thickness", 1.5}, {"bandSize", 30}}, base));
    layers.push_back(layer("mean", {{"type", "rule"}, {"strokeWidth", 1.5}}, with(offset, span)));
    offset["tooltip"] = tooltip(l);
    layers.push_back(
        layer("mean", {{"type", "point"}, {"filled", true}, {"size", 42}, {"opacity", 1}}, offset));
  } else {
    json area = with(with(base, span), detail);
    area.erase("strokeDash");
    layers.push_back(layer("mean", {{"type", "area"}, {"opacity", 0.16}, {"line", false}}, area));
    layers.push_back(layer("chance", {{"type", "line"}, {"strokeWidth", 1.5}}, base));
    layers.push_back(layer("mean", {{"type", "line"}, {"strokeWidth", 2}}, with(base, detail)));
    json points = base;
    points.erase("strokeDash");
    points["tooltip"] = tooltip(l);
    layers.push_back(
        layer("mean", {{"type", "point"}, {"filled", true}, {"size", 26}, {"opacity", 1}}, points));
    json level = base;
    level.erase("x");
    layers.push_back(layer("level", {{"type", "rule"}, {"strokeWidth", 1.8}}, level));
  }
  add_rules(layers, l.line);
  return layers;
}

std::vector<std::string> explanation(const Lines& l) {
  std::vector<std::string> lines;
  for (const std::string& score : l.line.scores) {
    const std::string words = score_words(score);
    if (!words.empty()) lines.push_back(score + ": " + words);
  }
  std::string how;
  if (l.line.points) {
    how = l.line.table.empty() ? "A point is a run."
                               : "A point is a row of a run's table " + l.line.table + ".";
    if (l.left_out > 0) how += " " + std::to_string(l.left_out) + " points are left out, evenly.";
  } else {
    const std::string of = l.line.table.empty() ? "seeds" : "seeds and rows";
    how = l.seeds < 2 ? "Single values."
                      : std::string("Mean and 95 % interval over up to ") +
                            std::to_string(l.seeds) + " " + of + ".";
    std::string apart;
    for (const std::size_t k : l.others)
      apart.append(apart.empty() ? "" : ", ").append(l.rows.columns[k]);
    if (!apart.empty()) {
      how += l.x.numeric ? " Lines of one colour differ in " + apart + "."
                         : " Points of one colour, left to right: " + apart + ".";
    }
  }
  lines.push_back(how);
  return lines;
}

struct Part {
  std::size_t score;
  std::string facet;
  json data;
};

// The data of all panels, which fills in what they share.
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
      if (!data.empty()) parts.push_back({score, facet, std::move(data)});
    }
  }
  if (parts.empty()) nothing_to_draw(l.rows, score, "scores");
  return parts;
}

}  // namespace

json draw(const LineFigure& line, const FigureConfig& figure, const FigureSource& source) {
  ScoreTable rows = chosen_rows(figure, line.table, source);
  const Across x = across(rows, line.x);
  if (line.points && !x.numeric) {
    throw ConfigError("points",
                      "need numbers on the horizontal axis, and \"" + line.x + "\" has words");
  }
  Lines l{line, std::move(rows), x, colors_of(source.table, line.color), {}, {}, {}, {}, {}, {},
          {}};
  if (!l.colors.column.empty()) l.color = column_index(l.rows, l.colors.column, "color");
  l.facet = optional_column(l.rows, line.facet, "facet");
  std::vector<std::size_t> named;
  if (l.color.has_value()) named.push_back(*l.color);
  if (l.facet.has_value()) named.push_back(*l.facet);
  if (x.is_column) named.push_back(x.index);
  l.others = other_columns(l.rows, named);
  if (!x.numeric) l.words = values_of(l.rows, x.index);

  std::vector<Part> parts = parts_of(l);
  l.colors.add(chance, "#BBBBBB", json::array({1, 0}));
  const std::size_t columns = parts.size() == 1 ? 1
                              : line.scores.size() == 1
                                  ? 3
                                  : std::min<std::size_t>(parts.size() / line.scores.size(), 4);
  const double words_width = 34 + 30.0 * static_cast<double>(l.words.size());
  const double width = !x.numeric          ? std::clamp(words_width, 160.0, 560.0)
                       : parts.size() == 1 ? 440
                                           : 250;
  const double height = parts.size() == 1 ? 280 : 190;
  std::vector<json> views;
  for (Part& part : parts) {
    std::vector<double> ys;
    for (const json& row : part.data) ys.push_back(row["y"]);
    const json y = number_axis(l.rows.scores[part.score], ys, line.log_y);
    views.push_back(panel(width, height, std::move(part.data), layers_of(l, y), part.facet));
  }
  const std::size_t across_page = std::min(columns, views.size());
  return figure_spec(panels(std::move(views), columns), title_of(figure), explanation(l),
                     static_cast<double>(across_page) * (width + 60) + 100);
}

}  // namespace lab
