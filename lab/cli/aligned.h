// Columns for the terminal.
#pragma once

#include <string>
#include <vector>

namespace lab {

// One line a row, indented by two, its cells padded to the widest of their column.
std::string aligned(const std::vector<std::vector<std::string>>& rows);

}  // namespace lab
