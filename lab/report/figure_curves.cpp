// Training curves.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "lab/report/drawing.h"
#include "lab/report/score_words.h"

namespace lab {
namespace {

constexpr std::size_t most_points = 200;  // of one curve

// The stage of that name that a run stands on, or nothing.
StagePtr stage_of(const StagePtr& last, const std::string& name) {
  if (last->name == name) return last;
  for (const StagePtr& need : last->needs) {
    if (StagePtr found = stage_of(need, name)) return found;
  }
  return nullptr;
}

// The values of one column of `steps`, each with its step.
using Curve = std::vector<std::pair<double, double>>;

class Curves {
 public:
  Curves(const CurvesFigure& config, const FigureSource& source)
      : config_(config), source_(source) {}

  // Nothing when the stage, its product, or its table is not there; remembers the columns it saw.
  const Curve* of(const StagePtr& stage) {
    const auto [place, is_new] = known_.try_emplace(stage->id);
    if (is_new) read(*stage, place->second);
    return place->second.empty() ? nullptr : &place->second;
  }
  const std::set<std::string>& columns() const { return columns_; }

 private:
  void read(const Stage& stage, Curve& curve) {
    const auto product = read_stage(source_.store, stage.id);
    if (!product.has_value()) return;
    const auto found = product->record.tables.find("steps");
    if (found == product->record.tables.end()) return;
    const Table& table = found->second;
    columns_.insert(table.columns.begin(), table.columns.end());
    const auto index = [&](const std::string& name) {
      return static_cast<std::size_t>(std::find(table.columns.begin(), table.columns.end(), name) -
                                      table.columns.begin());
    };
    const std::size_t step = index("step"), column = index(config_.column);
    if (step == table.columns.size() || column == table.columns.size()) return;
    for (const auto& row : table.rows) {
      const bool fits = std::isfinite(row[column]) && (!config_.log_y || row[column] > 0) &&
                        (!config_.log_x || row[step] > 0);
      if (fits) curve.emplace_back(row[step], row[column]);
    }
  }

  const CurvesFigure& config_;
  const FigureSource& source_;
  std::map<std::string, Curve> known_;
  std::set<std::string> columns_;
};

// Mean and band at each step over those curves that have it; at most most_points steps.
json rows_of(const std::vector<const Curve*>& curves, const std::string& arm,
             const std::string& line, const CurvesFigure& config, std::size_t& seeds) {
  std::map<double, std::vector<double>> at;
  for (const Curve* curve : curves) {
    for (const auto& [step, value] : *curve) at[step].push_back(value);
  }
  const std::size_t every = (at.size() + most_points - 1) / most_points;
  json rows = json::array();
  std::size_t number = 0;
  for (const auto& [step, values] : at) {
    const bool last = ++number == at.size();
    if ((number - 1) % every != 0 && !last) continue;
    const Summary summary = summary_on(values, config.log_y).value();  // those kept fit the axis
    rows.push_back({{"arm", arm},
                    {"line", line},
                    {"x", step},
                    {"y", rounded(summary.mean)},
                    {"low", rounded(summary.low)},
                    {"high", rounded(summary.high)}});
    seeds = std::max(seeds, summary.n);
  }
  return rows;
}

json layers_of(const CurvesFigure& config, const json& colors, const std::vector<double>& ys) {
  json base = colors;
  base["x"] = number_axis("step", {}, config.log_x);
  base["x"]["field"] = "x";
  base["x"]["axis"]["format"] = ",d";
  base["y"] = number_axis(config.column, ys, config.log_y);
  base["y"]["field"] = "y";
  base["detail"] = {{"field", "line"}, {"type", "nominal"}};
  json band = base;
  band["y"]["field"] = "low";
  band["y2"] = {{"field", "high"}};
  band.erase("strokeDash");
  return json::array({{{"mark", {{"type", "area"}, {"opacity", 0.16}}}, {"encoding", band}},
                      {{"mark", {{"type", "line"}, {"strokeWidth", 1.8}}}, {"encoding", base}}});
}

[[noreturn]] void no_curves(const CurvesFigure& config, const Curves& curves) {
  if (curves.columns().empty()) {
    throw ConfigError("stage", "no chosen run keeps a table \"steps\" of the stage \"" +
                                   config.stage +
                                   "\": nothing was trained there, or it is not made yet");
  }
  const std::vector<std::string> known(curves.columns().begin(), curves.columns().end());
  if (curves.columns().contains(config.column)) {
    throw ConfigError("column", "\"" + config.column + "\" has no value that fits the axes");
  }
  throw ConfigError(
      "column", "no column is called \"" + config.column + "\"" + suggestion(config.column, known));
}

}  // namespace

json draw(const CurvesFigure& config, const FigureConfig& figure, const FigureSource& source) {
  if (!figure.selection.at.empty()) {
    throw ConfigError("at", "has no meaning here: rows between runs were not trained");
  }
  const ScoreTable rows = chosen_rows(figure, "", source);
  Colors colors = colors_of(source.table, config.color);
  std::optional<std::size_t> color;
  if (!colors.column.empty()) color = column_index(rows, colors.column, "color");
  const auto facet = optional_column(rows, config.facet, "facet");
  std::map<std::string, StagePtr> last_of;
  for (const Run& run : source.plan.runs) last_of.emplace(run.last->id, run.last);

  std::vector<std::size_t> shown_otherwise;
  for (const auto& column : {color, facet}) {
    if (column.has_value()) shown_otherwise.push_back(*column);
  }
  const std::vector<std::size_t> named = other_columns(rows, shown_otherwise);

  // Points of a panel that share their stages are one curve, which is that of all their arms.
  struct Bundle {
    std::vector<const Curve*> members;
    std::vector<std::string> arms;
    const ScoreTable::Row* row;
  };
  Curves curves(config, source);
  std::vector<std::pair<std::string, std::set<std::string>>> order;
  std::map<std::pair<std::string, std::set<std::string>>, Bundle> bundles;
  for (const PointGroup& group : by_point(rows)) {
    std::set<std::string> ids;
    std::vector<const Curve*> members;
    for (const std::size_t i : group.rows) {
      const StagePtr stage = stage_of(last_of.at(rows.rows[i].id), config.stage);
      if (stage == nullptr || !ids.insert(stage->id).second) continue;
      if (const Curve* curve = curves.of(stage)) members.push_back(curve);
    }
    if (members.empty()) continue;
    const ScoreTable::Row& row = rows.rows[group.rows.front()];
    const std::string panel_name = facet.has_value() ? shown_cell(row.point[*facet]) : "";
    const auto [place, is_new] =
        bundles.emplace(std::pair(panel_name, ids), Bundle{std::move(members), {}, &row});
    if (is_new) order.push_back(place->first);
    if (color.has_value()) {
      std::vector<std::string>& arms = place->second.arms;
      arms = with_value(std::move(arms), shown_cell(row.point[*color]));
    }
  }
  if (bundles.empty()) no_curves(config, curves);

  std::map<std::string, json> data;
  std::vector<std::string> shown;
  std::size_t seeds = 1;
  for (const auto& key : order) {
    const Bundle& bundle = bundles.at(key);
    std::string arm;
    for (const std::string& name : bundle.arms) arm.append(arm.empty() ? "" : ", ").append(name);
    if (bundle.arms.size() > 1) colors.add(arm, "#555555", json::array({1, 0}));
    for (json& one :
         rows_of(bundle.members, arm, cells_text(*bundle.row, rows, named), config, seeds)) {
      data[key.first].push_back(std::move(one));
    }
    shown = with_value(std::move(shown), arm);
  }
  const json channels = color_channels(colors, shown, true, false);
  const bool single = data.size() == 1;
  const double width = single ? 440 : 250;
  std::vector<json> views;
  for (const std::string& value :
       facet.has_value() ? values_of(rows, *facet) : std::vector<std::string>{""}) {
    if (!data.contains(value)) continue;
    std::vector<double> ys;
    for (const json& row : data[value]) ys.push_back(row["y"]);
    views.push_back(panel(width, single ? 260 : 180, std::move(data[value]),
                          layers_of(config, channels, ys), value));
  }
  const std::string words = score_words(config.column);
  std::vector<std::string> lines;
  if (!words.empty()) lines.push_back(config.column + ": " + words);
  lines.push_back(seeds < 2 ? std::string("A line is one run.")
                            : capital(mean_on(config.log_y)) + " and 95 % interval over up to " +
                                  std::to_string(seeds) + " seeds.");
  if (!named.empty()) {
    lines.back() += " Lines of one colour differ in " + names_text(rows, named) + ".";
  }
  const double across = static_cast<double>(std::min<std::size_t>(views.size(), 3));
  return figure_spec(panels(std::move(views), 3), title_of(figure), lines,
                     across * (width + 60) + 100);
}

}  // namespace lab
