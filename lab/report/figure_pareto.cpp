// One score against another, a line an arm.
#include <algorithm>
#include <map>

#include "lab/report/drawing.h"
#include "lab/report/score_words.h"

namespace lab {
namespace {

struct Axis {
  std::size_t score;
  bool log;
  std::optional<Summary> mean(const ScoreTable& table, const std::vector<std::size_t>& rows) const {
    return summary_on(present_values(table, rows, score), log);
  }
};

// One mark: the means of a point of the sweep.
json mark_of(const Summary& x, const Summary& y) {
  return {{"x", rounded(x.mean)},      {"y", rounded(y.mean)},  {"x_low", rounded(x.low)},
          {"x_high", rounded(x.high)}, {"low", rounded(y.low)}, {"high", rounded(y.high)},
          {"n", std::min(x.n, y.n)}};
}

json axis_of(const std::string& name, const std::string& field, const std::vector<double>& values,
             bool log) {
  json channel = number_axis(name, values, log);
  channel["field"] = field;
  channel["scale"]["padding"] = 10;
  return channel;
}

json layers_of(const json& colors, const json& x, const json& y, const ParetoFigure& pareto,
               const std::string& arm_title) {
  json base = colors;
  base["x"] = x;
  base["y"] = y;
  const auto spanned = [&](const char* from, const char* to, const char* low, const char* high) {
    json encoding = base;
    encoding.erase("shape");
    encoding.erase("strokeDash");
    encoding[from]["field"] = low;
    encoding[to] = {{"field", high}};
    return encoding;
  };
  json line = base, point = base;
  line.erase("shape");
  line["detail"] = {{"field", "line"}, {"type", "nominal"}};
  line["order"] = {{"field", "x"}, {"type", "quantitative"}};
  point.erase("strokeDash");
  point["tooltip"] = json::array({{{"field", "arm"}, {"title", arm_title}, {"type", "nominal"}},
                                  {{"field", "at"}, {"title", "at"}, {"type", "nominal"}},
                                  {{"field", "x"}, {"title", pareto.x}, {"type", "quantitative"}},
                                  {{"field", "y"}, {"title", pareto.y}, {"type", "quantitative"}},
                                  {{"field", "n"}, {"title", "n"}, {"type", "quantitative"}}});
  const json rule = {{"type", "rule"}, {"opacity", 0.6}};
  return json::array(
      {{{"mark", rule}, {"encoding", spanned("x", "x2", "x_low", "x_high")}},
       {{"mark", rule}, {"encoding", spanned("y", "y2", "low", "high")}},
       {{"mark", {{"type", "line"}, {"strokeWidth", 1.6}}}, {"encoding", line}},
       {{"mark", {{"type", "point"}, {"filled", true}, {"size", 60}, {"opacity", 1}}},
        {"encoding", point}}});
}

}  // namespace

json draw(const ParetoFigure& pareto, const FigureConfig& figure, const FigureSource& source) {
  const ScoreTable rows = chosen_rows(figure, "", source);
  const Axis along{score_index(rows, pareto.x, "x"), pareto.log_x};
  const Axis up{score_index(rows, pareto.y, "y"), pareto.log_y};
  const Colors colors = colors_of(source.table, pareto.color);
  std::optional<std::size_t> color;
  if (!colors.column.empty()) color = column_index(rows, colors.column, "color");
  const auto facet = optional_column(rows, pareto.facet, "facet");
  std::vector<std::size_t> shown_otherwise;
  for (const auto& column : {color, facet}) {
    if (column.has_value()) shown_otherwise.push_back(*column);
  }
  const std::vector<std::size_t> named = other_columns(rows, shown_otherwise);
  // A line runs along the last field that was swept; the others tell lines of an arm apart.
  std::vector<std::size_t> apart = named;
  const auto swept = std::find_if(apart.rbegin(), apart.rend(),
                                  [&](std::size_t k) { return is_numeric(rows, k); });
  if (swept != apart.rend()) apart.erase(std::next(swept).base());

  std::map<std::string, json> data;
  std::vector<std::string> shown;
  std::vector<double> xs, ys;
  std::size_t seeds = 1;
  for (const PointGroup& group : by_point(rows)) {
    const auto x = along.mean(rows, group.rows), y = up.mean(rows, group.rows);
    if (!x.has_value() || !y.has_value()) continue;
    const ScoreTable::Row& row = rows.rows[group.rows.front()];
    const std::string arm = color.has_value() ? shown_cell(row.point[*color]) : "";
    json mark = mark_of(*x, *y);
    mark["arm"] = arm;
    mark["line"] = cells_text(row, rows, apart);
    mark["at"] = cells_text(row, rows, named);
    data[facet.has_value() ? shown_cell(row.point[*facet]) : ""].push_back(std::move(mark));
    shown = with_value(std::move(shown), arm);
    xs.push_back(x->mean);
    ys.push_back(y->mean);
    seeds = std::max({seeds, x->n, y->n});
  }
  if (data.empty()) {
    const bool has_x = std::any_of(rows.rows.begin(), rows.rows.end(), [&](const auto& row) {
      return row.scores[along.score].present;
    });
    nothing_to_draw(rows, has_x ? up.score : along.score, has_x ? "y" : "x");
  }

  const json channels = color_channels(colors, shown, false, true);
  const bool single = data.size() == 1;
  const double width = single ? 420 : 250, height = single ? 300 : 200;
  std::vector<json> views;
  const std::vector<std::string> facets =
      facet.has_value() ? values_of(rows, *facet) : std::vector<std::string>{""};
  for (const std::string& value : facets) {
    const auto found = data.find(value);
    if (found == data.end()) continue;
    views.push_back(panel(width, height, found->second,
                          layers_of(channels, axis_of(pareto.x, "x", xs, along.log),
                                    axis_of(pareto.y, "y", ys, up.log), pareto, colors.column),
                          value));
  }
  std::vector<std::string> lines;
  for (const std::string& score : {pareto.y, pareto.x}) {
    const std::string words = score_words(score);
    if (!words.empty()) lines.push_back(score + ": " + words);
  }
  lines.push_back(seeds < 2
                      ? std::string("A mark is one run.")
                      : std::string("A mark is a point of the sweep: means and 95 % intervals "
                                    "over up to ") +
                            std::to_string(seeds) + " seeds.");
  if (!named.empty()) {
    lines.back() += " Marks of one colour differ in " + names_text(rows, named) + ".";
  }
  const double across = static_cast<double>(std::min<std::size_t>(views.size(), 3));
  return figure_spec(panels(std::move(views), 3), title_of(figure), lines,
                     across * (width + 60) + 100);
}

}  // namespace lab
