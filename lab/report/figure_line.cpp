// Scores against a swept field.
#include <algorithm>

#include "lab/report/figure_line_rows.h"
#include "lab/report/score_words.h"

namespace lab {
namespace {

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
    const json once = {{"values", {json::object()}}};  // not once for each row of the panel
    layers.push_back({{"data", once},
                      {"mark", {{"type", "rule"}, {"color", "#333333"}, {"strokeWidth", 0.8}}},
                      {"encoding", {{"y", y}}}});
    const bool right = i % 2 == 0;
    layers.push_back(
        {{"data", once},
         {"mark",
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
  if (l.color_is_x()) base["color"]["legend"] = nullptr;
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
    const double size = l.rows.rows.size() < 200 ? 45 : 14;
    layers.push_back(layer(
        "point", {{"type", "point"}, {"filled", true}, {"size", size}, {"opacity", 0.55}}, base));
    add_rules(layers, l.line);
    return layers;
  }
  const json low = {{"field", "low"}, {"type", "quantitative"}};
  const json span = {{"y", with(low, {{"scale", y["scale"]}, {"axis", y["axis"]}})},
                     {"y2", {{"field", "high"}}}};
  const json detail = {{"detail", {{"field", "line"}, {"type", "nominal"}}}};
  if (words) {
    json offset = base;
    std::vector<std::int64_t> places;
    const auto last = static_cast<std::int64_t>(l.abreast) - 1;
    for (std::int64_t place = -last; place <= last; ++place) places.push_back(place);
    offset["xOffset"] = {{"field", "offset"},
                         {"type", "nominal"},
                         {"scale", {{"domain", places}, {"paddingOuter", 0.35}}}};
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

bool is_shown(const Lines& l, const std::string& name) {
  return std::find(l.shown.begin(), l.shown.end(), name) != l.shown.end();
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
    how = l.seeds < 2 ? std::string("Single values.")
                      : capital(mean_on(l.line.log_y)) + " and 95 % interval over up to " +
                            std::to_string(l.seeds) + " seeds.";
    if (l.color_is_x() && l.color.has_value() && is_shown(l, chance)) how += " Grey lines: chance.";
    const std::string apart = names_text(l.rows, l.others);
    if (!apart.empty()) {
      how += l.x.numeric ? " Lines of one colour differ in " + apart + "."
                         : " Points of one colour, left to right: " + apart + ".";
    }
  }
  lines.push_back(how);
  return lines;
}

}  // namespace

json draw(const LineFigure& line, const FigureConfig& figure, const FigureSource& source) {
  ScoreTable rows = chosen_rows(figure, line.table, source);
  const Across x = across(rows, line.x);
  if (line.points && !x.numeric) {
    throw ConfigError("points",
                      "need numbers on the horizontal axis, and \"" + line.x + "\" has words");
  }
  Lines l{line, std::move(rows), x, colors_of(source.table, line.color), {}, {}, {}, {}, {}};
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
  const double words_width = 34 + 30.0 * static_cast<double>(l.words.size());
  const double width = !x.numeric          ? std::clamp(words_width, 160.0, 560.0)
                       : parts.size() == 1 ? 440
                                           : 250;
  const double height = parts.size() == 1 ? 280 : 190;
  const bool table = line.scores.size() > 1 && !line.facet.empty();  // a row of panels a score
  const std::size_t columns =
      panels_across(width, table ? parts.size() / line.scores.size() : parts.size());
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
