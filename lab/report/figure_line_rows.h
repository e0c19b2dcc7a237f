// The rows of a line figure, before anything is drawn (figure_line.cpp).
#pragma once

#include <optional>
#include <string>
#include <vector>

#include "lab/report/drawing.h"

namespace lab {

inline constexpr const char* chance = "chance (null)";

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

// Throws ConfigError at "x" when neither a column nor a score is called so.
Across across(const ScoreTable& rows, const std::string& x);

// Everything that one figure's panels have in common.
struct Lines {
  const LineFigure& line;
  const ScoreTable rows;
  const Across x;
  Colors colors;
  std::optional<std::size_t> color, facet;
  std::vector<std::size_t> others;  // columns that tell lines of one colour apart
  std::vector<double> xs;           // drawn values
  std::vector<std::string> words;   // of a word axis
  std::size_t abreast = 1;          // most points of one word
  std::vector<std::string> shown;   // names in the legend
  std::size_t seeds = 1;            // most values behind one mean
  std::size_t left_out = 0;         // single rows beyond most_points

  bool color_is_x() const { return x.is_column && color == x.index; }
  std::string arm(const ScoreTable::Row& row) const {
    return color.has_value() ? shown_cell(row.point[*color]) : std::string();
  }
};

// The data of one panel. Fields: part ("mean": a point of a line; "level": a line without x; "chance";
// "point": a single row), arm, line, x, y, low, high, n; and on word axes `offset`, the point's place
// among those of its word, symmetric about 0.
struct Part {
  std::size_t score;
  std::string facet;
  json data;
};

// The data of all panels; fills in what they share. Throws ConfigError when there is nothing to draw.
std::vector<Part> parts_of(Lines& l);

}  // namespace lab
