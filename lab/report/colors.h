// How the values of a column look in figures: the same for one value in every figure of a sweep.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lab/report/table.h"

namespace lab {

// One look for each value, in the order of the table. Colours are those of Okabe and Ito (2008), which
// colour-blind readers can tell apart; beyond seven they come again with other dashes and shapes. Arms
// called "oracle" are grey and dashed, "random" grey and dotted. Values that are all numbers go from
// dark to light (viridis).
struct Colors {
  std::string column;  // empty: everything in one colour
  std::vector<std::string> names;
  std::vector<std::string> colors;  // "#0072B2"
  std::vector<std::string> shapes;  // of Vega: "circle", "square", …
  std::vector<nlohmann::json> dashes;

  void add(const std::string& name, const std::string& color, const nlohmann::json& dash);
};

// Looks of a column's values in the whole table of a sweep. An empty column: "arm" where there is
// one, else one colour. Throws ConfigError at "color" for an unknown column.
Colors colors_of(const ScoreTable& whole, const std::string& column);

// The channels color, and as wished strokeDash and shape, of a mark whose rows have the field "arm";
// the legend lists only the names in `shown` (in the order of the domain).
nlohmann::json color_channels(const Colors& colors, const std::vector<std::string>& shown,
                              bool dash, bool shape);

// Colour `share` (0 to 1) of the way through viridis, "#440154" to "#fde725".
std::string viridis(double share);

// Okabe and Ito's colours without yellow, which is too light for lines; black is the last.
extern const std::vector<std::string> okabe_ito;

}  // namespace lab
