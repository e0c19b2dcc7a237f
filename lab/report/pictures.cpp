#include "lab/report/pictures.h"

#include <algorithm>

#include "lab/report/drawing.h"

namespace lab {

PictureTable Pictured::table(const std::string& name, const std::vector<std::string>& columns,
                             const std::string& why) const {
  const auto found = picture.tables.find(name);
  if (found == picture.tables.end() || found->second.rows.empty()) throw ConfigError("where", why);
  PictureTable result{found->second, {}};
  for (const std::string& column : columns) {
    const auto place = std::find(result.table.columns.begin(), result.table.columns.end(), column);
    if (place == result.table.columns.end()) {
      throw Failure("the picture's table \"" + name + "\" has no column \"" + column + "\"");
    }
    result.order.push_back(static_cast<std::size_t>(place - result.table.columns.begin()));
  }
  return result;
}

bool Pictured::has_atoms() const {
  const auto points = picture.tables.find("points");
  if (points == picture.tables.end() || points->second.rows.empty()) return true;
  const PictureTable kinds = table("points", {"atom"}, "");
  for (std::size_t i = 0; i < kinds.rows(); ++i) {
    if (kinds.at(i, 0) == 1) return true;
  }
  return false;
}

std::vector<Pictured> pictured(const FigureConfig& figure, const FigureSource& source) {
  const std::vector<std::size_t> numbers = pictured_rows(figure, source.table);
  ScoreTable chosen{source.table.columns, source.table.scores, {}};
  for (const std::size_t number : numbers) chosen.rows.push_back(source.table.rows[number]);
  std::vector<std::size_t> apart;
  for (std::size_t k = 0; k < chosen.columns.size(); ++k) {
    if (values_of(chosen, k).size() > 1) apart.push_back(k);
  }
  std::vector<Pictured> result;
  for (std::size_t i = 0; i < numbers.size(); ++i) {
    const ScoreTable::Row& row = chosen.rows[i];
    if (row.status != Status::done) {
      throw ConfigError("where",
                        "run " + row.id + " is " + status_name(row.status) + ": it has no picture");
    }
    result.push_back({numbers[i], cells_text(row, chosen, apart), source.picture(numbers[i])});
  }
  return result;
}

}  // namespace lab
