#include "lab/cli/aligned.h"

#include <algorithm>

#include "lab/report/operations.h"

namespace lab {

std::string aligned(const std::vector<std::vector<std::string>>& rows) {
  std::vector<std::size_t> widths;
  for (const auto& row : rows) {
    widths.resize(std::max(widths.size(), row.size()));
    for (std::size_t i = 0; i + 1 < row.size(); ++i) {
      widths[i] = std::max(widths[i], text_width(row[i]));
    }
  }
  std::string text;
  for (const auto& row : rows) {
    text += " ";
    for (std::size_t i = 0; i < row.size(); ++i) {
      text += " " + row[i];
      if (i + 1 < row.size()) text += std::string(widths[i] - text_width(row[i]) + 1, ' ');
    }
    text += "\n";
  }
  return text;
}

}  // namespace lab
