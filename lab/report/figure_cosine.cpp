// Cosines of atoms and true vectors.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "lab/report/drawing.h"
#include "lab/report/pictures.h"

namespace lab {
namespace {

constexpr double most_cells = 24000;    // of all runs together: the specification stays below 1 MB
constexpr std::size_t most_names = 48;  // beyond them axes have no labels

enum Column : std::size_t { kLatent, kPlace, kCoordinate, kCosine };

// One run's map: places of latents downwards, coordinates across.
json map_of(const Pictured& run, std::size_t side, double step) {
  const char* const rows_are = run.has_atoms() ? "latent, in order of match" : "true vector";
  const PictureTable cosines = run.table("cosines", {"latent", "place", "coordinate", "cosine"},
                                         "the run has no atoms or no true vectors to compare");
  const PictureTable named =
      run.table("coordinates", {"coordinate"}, "the run has no true vectors");
  std::vector<std::string> names;
  std::map<double, std::string> name_of;
  for (std::size_t i = 0; i < std::min(named.rows(), side); ++i) {
    std::string name = named.label(i);  // axes need different words
    while (std::find(names.begin(), names.end(), name) != names.end()) name += "′";
    names.push_back(name);
    name_of[named.at(i, 0)] = name;
  }
  json rows = json::array();
  std::set<std::size_t> places;
  for (std::size_t i = 0; i < cosines.rows(); ++i) {
    const auto place = static_cast<std::size_t>(cosines.at(i, kPlace));
    const auto name = name_of.find(cosines.at(i, kCoordinate));
    if (place >= side || name == name_of.end()) continue;
    places.insert(place);
    rows.push_back({{"x", name->second},
                    {"y", place},
                    {"latent", cosines.at(i, kLatent)},
                    {"c", std::round(cosines.at(i, kCosine) * 1000) / 1000}});
  }
  json x = word_axis("true vector", names);
  x["field"] = "x";
  x["axis"]["labelAngle"] = -90;
  if (names.size() > most_names) x["axis"]["labels"] = false;
  if (names.size() > most_names) x["axis"]["ticks"] = false;
  const json y = {{"field", "y"},
                  {"type", "ordinal"},
                  {"axis", {{"title", rows_are}, {"labels", false}, {"ticks", false}}}};
  const json color = {{"field", "c"},
                      {"type", "quantitative"},
                      {"scale", {{"scheme", "redblue"}, {"reverse", true}, {"domain", {-1, 1}}}},
                      {"legend",
                       {{"title", "cosine"},
                        {"format", ".1f"},
                        {"gradientLength", 140},
                        {"values", {-1, -0.5, 0, 0.5, 1}}}}};
  const json layer = {
      {"mark", "rect"},
      {"encoding",
       {{"x", x},
        {"y", y},
        {"color", color},
        {"tooltip", json::array({{{"field", "latent"}, {"title", "latent"}},
                                 {{"field", "x"}, {"title", "true vector"}, {"type", "nominal"}},
                                 {{"field", "c"}, {"title", "cosine"}}})}}}};
  return panel(step * static_cast<double>(names.size()), step * static_cast<double>(places.size()),
               std::move(rows), json::array({layer}), run.title);
}

}  // namespace

json draw(const CosineFigure&, const FigureConfig& figure, const FigureSource& source) {
  const std::vector<Pictured> runs = pictured(figure, source);
  const auto side =
      static_cast<std::size_t>(std::sqrt(most_cells / static_cast<double>(runs.size())));
  std::size_t widest = 1, coordinates = 0;
  bool cut = false;
  for (const Pictured& run : runs) {
    const auto found = run.picture.tables.find("coordinates");
    coordinates = found == run.picture.tables.end() ? 0 : found->second.rows.size();
    widest = std::max(widest, std::min(coordinates, side));
    cut = cut || coordinates > side;
  }
  const std::size_t columns = std::min<std::size_t>(runs.size(), 3);
  const double room = columns == 1 ? 460 : 760 / static_cast<double>(columns);
  const double step =
      std::clamp(room / static_cast<double>(widest), 2.0, widest < 10 ? 28.0 : 16.0);
  std::vector<json> views;
  for (const Pictured& run : runs) views.push_back(map_of(run, side, step));
  const bool atoms =
      std::any_of(runs.begin(), runs.end(), [](const Pictured& run) { return run.has_atoms(); });
  std::vector<std::string> lines{
      atoms ? "A row is a latent: matched ones stand on the diagonal, the others follow by their "
              "nearest true vector."
            : "True vectors among themselves."};
  if (cut) lines.push_back("Only the first " + std::to_string(side) + " are shown.");
  const double width =
      static_cast<double>(columns) * (step * static_cast<double>(widest) + 60) + 60;
  return figure_spec(panels(std::move(views), columns), title_of(figure), lines, width);
}

}  // namespace lab
