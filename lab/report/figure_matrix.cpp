// Gates and the units of a network or a dictionary.
#include <algorithm>
#include <cmath>

#include "lab/report/circuit.h"
#include "lab/report/drawing.h"
#include "lab/report/pictures.h"

namespace lab {
namespace {

constexpr double most_cells = 24000;  // of all runs together: the specification stays below 1 MB
constexpr double readable = 7.5;      // pixels that a label needs

std::string unit_text(const MatrixUnit& unit, const Matrix& matrix,
                      const std::vector<std::string>& taps) {
  const std::string number = std::to_string(unit.unit);
  return matrix.several_taps ? tap_name(unit.tap, taps) + " " + number : number;
}

json axis_of(const std::string& title, const std::vector<std::string>& words, double step) {
  json axis = word_axis(title, words);
  if (step < readable) axis["axis"]["labels"] = false;
  if (step < readable) axis["axis"]["ticks"] = false;
  if (step < 11) axis["axis"]["labelFontSize"] = 8;
  return axis;
}

struct Size {
  double across, down;
  bool numbers;  // written into the cells
};

Size size_of(std::size_t units, std::size_t gates, std::size_t runs) {
  if (units <= 16 && gates <= 40 && runs == 1) return {27, 17, true};
  const double room = runs == 1 ? 760 : 420;
  return {std::clamp(room / static_cast<double>(units), 3.0, 18.0),
          std::clamp(700.0 / static_cast<double>(gates), 3.0, 16.0), false};
}

json map_of(const Matrix& matrix, const MatrixFigure& figure, const std::vector<std::string>& taps,
            const Size& size, std::size_t number, const std::string& title) {
  std::vector<std::string> units;
  for (const MatrixUnit& unit : matrix.units) units.push_back(unit_text(unit, matrix, taps));
  json rows = json::array();
  for (std::size_t gate = 0; gate < matrix.gates.size(); ++gate) {
    for (std::size_t unit = 0; unit < units.size(); ++unit) {
      const double value = matrix.values[gate][unit];
      if (!std::isfinite(value)) continue;
      json row = {{"x", units[unit]},
                  {"y", matrix.gates[gate]},
                  {"tap", tap_name(matrix.units[unit].tap, taps)},
                  {"value", std::round(value * 1000) / 1000}};
      if (size.numbers) row["text"] = two_digits(value);
      rows.push_back(std::move(row));
    }
  }
  const std::string name = figure.measure == "phi" ? "|φ|" : "F1";
  const std::string where = !matrix.several_taps && figure.units == "neuron"
                                ? " of " + tap_name(matrix.units.front().tap, taps)
                                : "";
  json x = axis_of(figure.units + where, units, size.across);
  x["field"] = "x";
  x["axis"]["labelAngle"] = size.numbers && !matrix.several_taps ? 0 : -90;
  json y = axis_of("gate", matrix.gates, size.down);
  y["field"] = "y";
  y["axis"]["labelAngle"] = 0;
  const json color = {{"field", "value"},
                      {"type", "quantitative"},
                      {"scale", {{"scheme", "viridis"}, {"domain", {0, 1}}, {"clamp", true}}},
                      {"legend", {{"title", name}, {"gradientLength", 120}}}};
  const json tooltip =
      json::array({{{"field", "y"}, {"title", "gate"}, {"type", "nominal"}},
                   {{"field", "x"}, {"title", figure.units}, {"type", "nominal"}},
                   {{"field", "tap"}, {"title", "tap"}, {"type", "nominal"}},
                   {{"field", "value"}, {"title", name}, {"type", "quantitative"}}});
  json cells = {{"name", figure.units + "_cells_" + std::to_string(number)},
                {"mark", "rect"},
                {"encoding", {{"x", x}, {"y", y}, {"color", color}, {"tooltip", tooltip}}}};
  json layers = json::array({std::move(cells)});
  if (size.numbers) {
    const json dark = {{"test", {{"field", "value"}, {"lt", 0.6}}}, {"value", "white"}};
    layers.push_back({{"name", figure.units + "_numbers_" + std::to_string(number)},
                      {"mark", {{"type", "text"}, {"fontSize", 9}}},
                      {"encoding",
                       {{"x", x},
                        {"y", y},
                        {"text", {{"field", "text"}, {"type", "nominal"}}},
                        {"color", {{"condition", dark}, {"value", "#111111"}}},
                        {"tooltip", tooltip}}}});
  }
  json view = panel(size.across * static_cast<double>(units.size()),
                    size.down * static_cast<double>(matrix.gates.size()), std::move(rows),
                    std::move(layers), title);
  view["view"] = {{"fill", "#F2F2F2"}};
  return view;
}

std::vector<std::string> explained(const std::vector<Matrix>& matrices,
                                   const MatrixFigure& figure) {
  std::vector<std::string> lines{
      std::string(figure.measure == "phi"
                      ? "|φ|: correlation of the unit's detector (the best threshold) with the gate"
                      : "F1 of the unit's detector (the best threshold) for the gate")
          .append("; ")
          .append("units that are matched one to one with gates stand on the diagonal, the others "
                  "follow by their best gate.")};
  std::size_t shown = 0, all = 0;
  for (const Matrix& matrix : matrices) {
    if (matrix.units.size() == matrix.all_units) continue;
    shown = matrix.units.size();
    all = std::max(all, matrix.all_units);
  }
  if (all > 0) {
    lines.push_back("The best " + std::to_string(shown) + " of " + std::to_string(all) + " " +
                    figure.units + "s are shown.");
  }
  return lines;
}

}  // namespace

json draw(const MatrixFigure& matrix, const FigureConfig& figure, const FigureSource& source) {
  const std::vector<Pictured> runs = pictured(figure, source);
  std::vector<Matrix> matrices;
  std::vector<std::vector<std::string>> taps;
  std::size_t units = 1, gates = 1;
  for (const Pictured& run : runs) {
    const Record record = read_run(source.store, source.table.rows[run.row].id).record;
    const std::size_t rows = std::max<std::size_t>(found_gates(record).size(), 1);
    const double fit = most_cells / static_cast<double>(rows * runs.size());
    taps.push_back(tap_names(run.picture));
    matrices.push_back(
        matrix_of(record, taps.back(),
                  {matrix.measure, matrix.units, matrix.tap,
                   std::min(static_cast<std::size_t>(matrix.most),
                            std::max<std::size_t>(static_cast<std::size_t>(fit), 1))}));
    units = std::max(units, matrices.back().units.size());
    gates = std::max(gates, matrices.back().gates.size());
  }
  const Size size = size_of(units, gates, runs.size());
  std::vector<json> views;
  for (std::size_t i = 0; i < runs.size(); ++i) {
    views.push_back(map_of(matrices[i], matrix, taps[i], size, i, runs[i].title));
  }
  const double width = size.across * static_cast<double>(units);
  const std::size_t columns = panels_across(width, views.size());
  return figure_spec(panels(std::move(views), columns), title_of(figure),
                     explained(matrices, matrix),
                     static_cast<double>(columns) * (width + 80) + 100);
}

}  // namespace lab
