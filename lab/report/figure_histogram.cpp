// How often values of a score occur.
#include <algorithm>
#include <cmath>
#include <map>

#include "lab/report/drawing.h"
#include "lab/report/score_words.h"

namespace lab {
namespace {

// Equal bins from the least value to the largest; one value has a bin around it.
struct Bins {
  double low, step;
  std::size_t count;
  std::size_t of(double value) const {
    const auto bin = static_cast<std::int64_t>(std::floor((value - low) / step));
    return static_cast<std::size_t>(
        std::clamp<std::int64_t>(bin, 0, static_cast<std::int64_t>(count) - 1));
  }
};

Bins bins_over(const std::vector<double>& values, std::size_t count) {
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  if (*greatest - *least < 1e-12 * std::max(1.0, std::abs(*least))) return {*least - 0.5, 1.0, 1};
  return {*least, (*greatest - *least) / static_cast<double>(count), count};
}

}  // namespace

json draw(const HistogramFigure& histogram, const FigureConfig& figure,
          const FigureSource& source) {
  const ScoreTable rows = chosen_rows(figure, histogram.table, source);
  const std::size_t score = score_index(rows, histogram.score, "score");
  const Colors colors = colors_of(source.table, histogram.color);
  std::optional<std::size_t> color;
  if (!colors.column.empty()) color = column_index(rows, colors.column, "color");

  std::map<std::string, std::vector<double>> values;
  std::vector<double> all;
  for (const ScoreTable::Row& row : rows.rows) {
    if (!row.scores[score].present) continue;
    values[color.has_value() ? shown_cell(row.point[*color]) : ""].push_back(
        row.scores[score].value);
    all.push_back(row.scores[score].value);
  }
  if (all.empty()) nothing_to_draw(rows, score, "score");
  const Bins bins = bins_over(all, static_cast<std::size_t>(histogram.bins));

  const std::vector<std::string> names =
      color.has_value() ? colors.names : std::vector<std::string>{""};
  const bool single = values.size() == 1;
  const double last = bins.low + bins.step * static_cast<double>(bins.count);
  std::vector<json> views;
  for (std::size_t i = 0; i < names.size(); ++i) {
    const auto found = values.find(names[i]);
    if (found == values.end()) continue;
    std::vector<std::size_t> counts(bins.count, 0);
    for (const double value : found->second) ++counts[bins.of(value)];
    json data = json::array();
    for (std::size_t b = 0; b < counts.size(); ++b) {
      if (counts[b] == 0) continue;
      const double left = bins.low + bins.step * static_cast<double>(b);
      data.push_back({{"x", rounded(left)}, {"x2", rounded(left + bins.step)}, {"y", counts[b]}});
    }
    json x = number_axis(histogram.score, all, false);
    x["field"] = "x";
    x["scale"] = {{"domain", {rounded(bins.low), rounded(last)}}, {"nice", false}};
    const bool bottom = views.size() + 1 == values.size();
    if (!bottom) x["axis"] = {{"title", nullptr}, {"labels", false}};
    json y_axis = {{"title", "count"}, {"tickCount", single ? 5 : 2}, {"format", "~s"}};
    if (!single) {  // the panel's name stands in place of the axis's
      y_axis.update({{"title", wrapped(names[i], 20)},
                     {"titleAngle", 0},
                     {"titleAlign", "right"},
                     {"titleBaseline", "middle"},
                     {"titlePadding", 12}});
    }
    const json y = {{"field", "y"},
                    {"type", "quantitative"},
                    {"scale", {{"domainMin", 0}, {"nice", true}}},
                    {"axis", y_axis}};
    const json layer = {{"mark",
                         {{"type", "rect"},
                          {"stroke", "white"},
                          {"strokeWidth", 0.5},
                          {"color", color.has_value() ? colors.colors[i] : okabe_ito[0]}}},
                        {"encoding",
                         {{"x", x},
                          {"x2", {{"field", "x2"}}},
                          {"y", y},
                          {"y2", {{"datum", 0}}},
                          {"tooltip", json::array({{{"field", "x"}, {"title", "from"}},
                                                   {{"field", "x2"}, {"title", "to"}},
                                                   {{"field", "y"}, {"title", "count"}}})}}}};
    views.push_back(panel(440, single ? 220 : 62, std::move(data), json::array({layer})));
  }
  json body =
      single ? std::move(views.front()) : json{{"vconcat", std::move(views)}, {"spacing", 8}};
  std::vector<std::string> lines;
  const std::string words = score_words(histogram.score);
  if (!words.empty()) lines.push_back(histogram.score + ": " + words);
  lines.push_back(histogram.table.empty()
                      ? std::string("Counts are runs.")
                      : "Counts are rows of the runs' tables " + histogram.table + ".");
  return figure_spec(std::move(body), title_of(figure), lines, 520);
}

}  // namespace lab
