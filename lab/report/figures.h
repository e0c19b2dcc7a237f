// Figures: Vega-Lite specifications written from a sweep's table or from tables of its records. The
// same specification gives SVG, PNG and PDF (render.h) and the interactive plot of the report.
#pragma once

#include <functional>
#include <nlohmann/json.hpp>
#include <string>
#include <variant>
#include <vector>

#include "lab/core/config.h"
#include "lab/report/figure_kinds.h"
#include "lab/report/operations.h"
#include "lab/report/table.h"

namespace lab {

//   {"kind": "pareto", "name": "fvu of days", "where": {"world": "days and months"}}
struct FigureConfig {
  static constexpr const char* room = "figures";
  std::variant<LineFigure, HeatmapFigure, ParetoFigure, CosineFigure, PointsFigure, HistogramFigure,
               CurvesFigure, GraphFigure, MatrixFigure>
      kind;
  std::string name;
  std::string title;
  Selection selection;
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

// The Vega-Lite v5 specification, data inside: at most some thousand marks, however many runs there
// are. Throws ConfigError, with a path inside the figure, for an unknown score or column, an empty
// selection, or when nothing is left to draw (with the reason).
json vega_lite(const FigureConfig& figure, const FigureSource& source);

// The figure's title: its own, or one made from what it shows.
std::string title_of(const FigureConfig& figure);

// Rows of the table whose pictures the figure shows, at most 6; empty for kinds that draw from the
// table alone. Throws ConfigError as vega_lite does, and at "where" when more are chosen.
std::vector<std::size_t> pictured_rows(const FigureConfig& figure, const ScoreTable& table);

// Figures that every report of recover-like sweeps can have when its config names none: fvu against
// l0, and mcc of each arm. Empty when the table has nothing to draw.
std::vector<FigureConfig> usual_figures(const ScoreTable& table);

// What a run says about its circuit: the graph (by where gates were found, where the run's table `gates`
// says that, else by phi) and the matrix of each kind of units in its table `matrix`. Empty where the
// picture has no circuit.
std::vector<FigureConfig> circuit_figures(const Record& run, const Record& picture);

// Finished specifications below one another, each with its title and its own legends.
json stacked(std::vector<json> specifications);

// For `lab describe` and the schema of a sweep's file: the room "figures".
std::vector<RoomDoc> describe_figures();
json schema_of_figures(json& definitions);

}  // namespace lab
