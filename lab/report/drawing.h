// Parts that the kinds of figures share: what is drawn, axes, panels, titles. Specifications name
// fields "x", "y", "arm", … and never by users' words, which stand in values and titles alone.
#pragma once

#include <nlohmann/json.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lab/report/colors.h"
#include "lab/report/figures.h"

namespace lab {

// One file a kind.
json draw(const LineFigure&, const FigureConfig&, const FigureSource&);
json draw(const HeatmapFigure&, const FigureConfig&, const FigureSource&);
json draw(const ParetoFigure&, const FigureConfig&, const FigureSource&);
json draw(const CosineFigure&, const FigureConfig&, const FigureSource&);
json draw(const PointsFigure&, const FigureConfig&, const FigureSource&);
json draw(const HistogramFigure&, const FigureConfig&, const FigureSource&);
json draw(const CurvesFigure&, const FigureConfig&, const FigureSource&);
json draw(const GraphFigure&, const FigureConfig&, const FigureSource&);
json draw(const MatrixFigure&, const FigureConfig&, const FigureSource&);

// The chosen rows of the table, or of the runs' tables of that name.
ScoreTable chosen_rows(const FigureConfig& figure, const std::string& table,
                       const FigureSource& source);

// The values of a column as text (cell_text; "–" for none), each once: numbers ascending, words in
// the order of the table.
std::vector<std::string> values_of(const ScoreTable& table, std::size_t column);
std::string shown_cell(const json& value);
// Whether every value that is there is a number, and one is.
bool is_numeric(const ScoreTable& table, std::size_t column);
// Index of a column that may be left out: nothing for "". Throws ConfigError at `path`.
std::optional<std::size_t> optional_column(const ScoreTable& table, const std::string& name,
                                           const std::string& path);
std::vector<std::string> with_value(std::vector<std::string> names, const std::string& name);

// The table with a column of that name: where only a score is called so, its values become one. Throws
// ConfigError at `path` when neither is.
ScoreTable with_column(ScoreTable table, const std::string& name, const std::string& path);
// The names of columns and scores, for errors.
std::vector<std::string> all_names(const ScoreTable& table);

// Columns other than `but`, the seed and "label" that take several values in one group of rows: what
// tells lines of one colour apart.
std::vector<std::size_t> other_columns(const ScoreTable& table,
                                       const std::vector<std::size_t>& but);
std::string cells_text(const ScoreTable::Row& row, const ScoreTable& table,
                       const std::vector<std::size_t>& columns);  // "decomposer.k 4, world tree"

std::string names_text(const ScoreTable& table, const std::vector<std::size_t>& columns);
std::string capital(std::string text);  // "Geometric mean"

// Throws the ConfigError of a figure with nothing to draw: the commonest reason why `score` is absent.
[[noreturn]] void nothing_to_draw(const ScoreTable& rows, std::size_t score,
                                  const std::string& path);

// Axes. `values`: what is drawn, for ticks; log axes need numbers above 0.
json number_axis(const std::string& title, const std::vector<double>& values, bool log);
json swept_axis(const std::string& title, const std::vector<double>& values, bool log);
json word_axis(const std::string& title, const std::vector<std::string>& words);

// A panel: layers on one pair of axes, with its rows.
json panel(double width, double height, json rows, json layers, const std::string& title = "");
// How many panels of this width, of at most `most`, stand side by side on a page.
std::size_t panels_across(double width, std::size_t most);
// Panels side by side, with shared legends.
json panels(std::vector<json> views, std::size_t columns);
// The whole: `body` with a title, lines that explain it (wrapped to `width` units), and the style.
json figure_spec(json body, const std::string& title, const std::vector<std::string>& lines,
                 double width);
std::vector<std::string> wrapped(const std::string& text, std::size_t limit);

double rounded(double value);  // to six digits: specifications stay small

// Mean and 95 % interval as an axis shows them: on a logarithmic one of the logarithms, and without
// values that are not above 0. Nothing when no value is left.
std::optional<Summary> summary_on(std::vector<double> values, bool log);
std::vector<double> present_values(const ScoreTable& table, const std::vector<std::size_t>& rows,
                                   std::size_t score);
// "mean" or "geometric mean": what summary_on gives.
std::string mean_on(bool log);

}  // namespace lab
