// What figures read from pictures of runs (experiments/picture.h).
#pragma once

#include <string>
#include <vector>

#include "lab/report/figures.h"

namespace lab {

// A table of a picture, cells by column name.
struct PictureTable {
  Table table;
  std::vector<std::size_t> order;  // places of the columns that were asked for

  std::size_t rows() const { return table.rows.size(); }
  double at(std::size_t row, std::size_t column) const { return table.rows[row][order[column]]; }
  std::string label(std::size_t row) const {
    return row < table.labels.size() ? table.labels[row] : std::string();
  }
};

struct Pictured {
  std::size_t row;    // of the score table
  std::string title;  // what tells it from the other runs that are shown: "topk, decomposer.k 2"
  Record picture;

  // Throws ConfigError at "where" with `why` when the picture has no such table.
  PictureTable table(const std::string& name, const std::vector<std::string>& columns,
                     const std::string& why) const;
  bool has_atoms()
      const;  // not for a run without a decomposer, whose picture is of the truth alone
};

// The chosen runs with their pictures, at most 6. Throws ConfigError as pictured_rows does, and at
// "where" for runs that are not done.
std::vector<Pictured> pictured(const FigureConfig& figure, const FigureSource& source);

}  // namespace lab
