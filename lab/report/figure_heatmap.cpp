// A score over two swept fields.
#include <algorithm>
#include <cmath>
#include <map>

#include "lab/report/drawing.h"
#include "lab/report/score_words.h"

namespace lab {
namespace {

struct Cell {
  double sum = 0;
  std::size_t count = 0;
  std::map<double, std::size_t> codes;  // how many runs have each value
};
using Cells = std::map<std::pair<std::string, std::string>, Cell>;

const std::string& name_of(const std::vector<Category>& categories, double code) {
  for (const Category& category : categories) {
    if (category.code == code) return category.name;
  }
  throw ConfigError("categories", "there is none for the value " + shown_cell(code));
}

json rows_of(const Cells& cells, const HeatmapFigure& heatmap) {
  json rows = json::array();
  for (const auto& [place, cell] : cells) {
    json row = {{"x", place.first}, {"y", place.second}, {"n", cell.count}};
    const double mean = cell.sum / static_cast<double>(cell.count);
    if (heatmap.categories.empty()) {
      row["value"] = rounded(mean);
    } else {
      const auto most =
          std::max_element(cell.codes.begin(), cell.codes.end(),
                           [](const auto& a, const auto& b) { return a.second < b.second; });
      row["value"] = name_of(heatmap.categories, most->first);
    }
    if (heatmap.text) row["text"] = short_number(mean);
    rows.push_back(std::move(row));
  }
  return rows;
}

// The colour channel; `low` and `high` bound the means of all panels.
json color_of(const HeatmapFigure& heatmap, double low, double high) {
  if (!heatmap.categories.empty()) {
    std::vector<std::string> names, colors;
    for (const Category& category : heatmap.categories) {
      colors.push_back(names.empty() ? "#D9D9D9"
                                     : okabe_ito[(names.size() - 1) % okabe_ito.size()]);
      names.push_back(category.name);
    }
    return {{"field", "value"},
            {"type", "nominal"},
            {"scale", {{"domain", names}, {"range", colors}}},
            {"legend", {{"title", heatmap.score}, {"symbolType", "square"}}}};
  }
  json scale = {{"scheme", "viridis"}, {"domain", {low, high}}};
  if (heatmap.middle.has_value()) {
    const double reach = std::max({high - *heatmap.middle, *heatmap.middle - low, 1e-12});
    scale = {{"scheme", "redblue"},
             {"reverse", true},
             {"domainMid", *heatmap.middle},
             {"domain", {*heatmap.middle - reach, *heatmap.middle + reach}}};
  }
  return {{"field", "value"},
          {"type", "quantitative"},
          {"scale", scale},
          {"legend", {{"title", heatmap.score}, {"gradientLength", 110}}}};
}

json layers_of(const HeatmapFigure& heatmap, const json& x, const json& y, const json& color,
               double low, double high) {
  json cells = {
      {"mark", {{"type", "rect"}}},
      {"encoding",
       {{"x", x},
        {"y", y},
        {"color", color},
        {"tooltip", json::array({{{"field", "x"}, {"title", heatmap.x}, {"type", "nominal"}},
                                 {{"field", "y"}, {"title", heatmap.y}, {"type", "nominal"}},
                                 {{"field", "value"}, {"title", heatmap.score}},
                                 {{"field", "n"}, {"title", "runs"}}})}}}};
  json layers = json::array({cells});
  if (!heatmap.text) return layers;
  json ink = {{"value", "#111111"}};  // white where the cell is dark
  if (heatmap.categories.empty() && !heatmap.middle.has_value()) {
    const double bound = low + 0.6 * (high - low);
    ink = {{"condition", {{"test", {{"field", "value"}, {"lt", bound}}}, {"value", "white"}}},
           {"value", "#111111"}};
  }
  layers.push_back(
      {{"mark", {{"type", "text"}, {"fontSize", 10}}},
       {"encoding",
        {{"x", x}, {"y", y}, {"text", {{"field", "text"}, {"type", "nominal"}}}, {"color", ink}}}});
  return layers;
}

// The side of a panel: cells stay readable where they are few, and small where they are many.
double side(std::size_t cells, bool text) {
  const double step = text ? 46 : std::clamp(360.0 / static_cast<double>(cells), 8.0, 40.0);
  return step * static_cast<double>(cells);
}

}  // namespace

json draw(const HeatmapFigure& heatmap, const FigureConfig& figure, const FigureSource& source) {
  const ScoreTable rows = with_column(
      with_column(chosen_rows(figure, heatmap.table, source), heatmap.x, "x"), heatmap.y, "y");
  const std::size_t x = column_index(rows, heatmap.x, "x");
  const std::size_t y = column_index(rows, heatmap.y, "y");
  const std::size_t score = score_index(rows, heatmap.score, "score");
  const auto facet = optional_column(rows, heatmap.facet, "facet");

  std::map<std::string, Cells> found;
  bool holes = false;
  for (const ScoreTable::Row& row : rows.rows) {
    if (!row.scores[score].present) {
      holes = true;
      continue;
    }
    const double value = row.scores[score].value;
    Cell& cell = found[facet.has_value() ? shown_cell(row.point[*facet]) : ""]
                      [{shown_cell(row.point[x]), shown_cell(row.point[y])}];
    cell.sum += value;
    ++cell.count;
    ++cell.codes[value];
  }
  if (found.empty()) nothing_to_draw(rows, score, "score");
  double low = INFINITY, high = -INFINITY;
  for (const auto& [panel_name, cells] : found) {
    for (const auto& [place, cell] : cells) {
      low = std::min(low, cell.sum / static_cast<double>(cell.count));
      high = std::max(high, cell.sum / static_cast<double>(cell.count));
    }
  }

  std::vector<std::string> across = values_of(rows, x), up = values_of(rows, y);
  if (is_numeric(rows, y)) std::reverse(up.begin(), up.end());  // numbers grow upwards
  json x_axis = word_axis(heatmap.x, across), y_axis = word_axis(heatmap.y, up);
  x_axis["field"] = "x";
  y_axis["field"] = "y";
  for (json* axis : {&x_axis, &y_axis}) (*axis)["axis"]["labelOverlap"] = "greedy";
  y_axis["axis"]["labelAngle"] = 0;
  const double width = side(across.size(), heatmap.text);
  const double height =
      heatmap.text ? 24.0 * static_cast<double>(up.size()) : side(up.size(), false);
  const json color = color_of(heatmap, low, high);
  std::vector<json> views;
  for (const std::string& value :
       facet.has_value() ? values_of(rows, *facet) : std::vector<std::string>{""}) {
    if (!found.contains(value)) continue;
    views.push_back(panel(width, height, rows_of(found.at(value), heatmap),
                          layers_of(heatmap, x_axis, y_axis, color, low, high), value));
    views.back()["view"] = {{"fill", "#F2F2F2"}};
  }
  std::vector<std::string> lines;
  const std::string words = score_words(heatmap.score);
  if (!words.empty()) lines.push_back(heatmap.score + ": " + words);
  lines.push_back(std::string(heatmap.categories.empty()
                                  ? "Mean over runs of a cell."
                                  : "The commonest among the runs of a cell.")
                      .append(holes ? " Blank: no value." : ""));
  const std::size_t columns = panels_across(width, views.size());
  const double shown = static_cast<double>(std::min(columns, views.size()));
  return figure_spec(panels(std::move(views), columns), title_of(figure), lines,
                     shown * (width + 80) + 100);
}

}  // namespace lab
