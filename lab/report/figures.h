// Figures: Vega-Lite specifications written from a sweep's table or from tables of its records. The
// same specification gives SVG, PNG and PDF (render.h) and the interactive plot of the report.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "lab/core/fields.h"
#include "lab/report/figure_kinds.h"
#include "lab/report/table.h"

namespace lab {

struct FigureConfig {
  static constexpr const char* room = "figures";
  std::variant<LineFigure, HeatmapFigure, ParetoFigure, CosineFigure, PointsFigure, HistogramFigure,
               CurvesFigure, GraphFigure>
      kind;
  std::string name;
  std::string title;
  void fields(Fields& f);
};

// What figures are made from.
struct FigureSource {
  const Plan& plan;
  const Store& store;
  const ScoreTable& table;  // rows in the order of plan.runs
  // The picture of run number `row` of the table (experiments/picture.h): tables "cosines", "points",
  // "edges", "circuit", … of the run. Throws InputError when the run's experiment has none.
  std::function<Record(std::size_t row)> picture;
};

// The figures of a sweep's file; names are unique and can be files' names. Throws InputError, one
// line with file and place.
std::vector<FigureConfig> read_figures(const Sweep& sweep);

// The Vega-Lite v5 specification, data inside. Throws ConfigError, with a path inside the figure, for
// an unknown score or column or an empty selection.
json vega_lite(const FigureConfig& figure, const FigureSource& source);

// Rows of the table whose pictures the figure shows; empty for kinds that draw from the table alone.
std::vector<std::size_t> pictured_rows(const FigureConfig& figure, const ScoreTable& table);

// Figures that every report of recover-like sweeps can have when its config names none: line or pareto
// of the scores there are. Empty when the table has nothing to draw.
std::vector<FigureConfig> usual_figures(const ScoreTable& table);

}  // namespace lab
