#include "lab/sweep/axes.h"

#include "lab/core/config.h"

namespace lab {
namespace {

void apply(json& run, const Patch& patch) {
  json* place = &run;
  std::size_t start = 0;
  while (true) {
    if (place->is_string()) *place = {{"kind", *place}};  // "pca" is {"kind": "pca"}
    if (place->is_null()) *place = json::object();
    if (!place->is_object()) {
      throw ConfigError(patch.origin, "\"" + patch.path.substr(0, start - 1) +
                                          "\" is no object, so nothing can be set in it");
    }
    const std::size_t dot = patch.path.find('.', start);
    place = &(*place)[patch.path.substr(start, dot - start)];
    if (dot == std::string::npos) break;
    start = dot + 1;
  }
  *place = patch.value;
}

}  // namespace

bool is_within(const std::string& path, const std::string& above) {
  return path.starts_with(above) && (path.size() == above.size() || path[above.size()] == '.');
}

std::vector<const AxisPoint*> points_of(const Axes& axes, std::size_t run) {
  std::size_t block = 1, place = axes.kept.empty() ? run : axes.kept[run];
  for (const std::vector<AxisPoint>& axis : axes.axes) block *= axis.size();
  std::vector<const AxisPoint*> points;
  for (const std::vector<AxisPoint>& axis : axes.axes) {
    block /= axis.size();
    points.push_back(&axis[place / block]);
    place %= block;
  }
  return points;
}

json run_json(const Axes& axes, std::size_t run) {
  json result = axes.base;
  for (const AxisPoint* point : points_of(axes, run)) {
    for (const Patch& patch : point->patches) apply(result, patch);
  }
  return result;
}

std::vector<json> run_point(const Axes& axes, std::size_t run) {
  std::vector<json> values(axes.columns.size());
  for (const AxisPoint* point : points_of(axes, run)) {
    for (const auto& [column, value] : point->cells) values[column] = value;
  }
  return values;
}

std::string written_at(const Axes& axes, std::size_t run, const std::string& path) {
  std::string above, below;
  for (const AxisPoint* point : points_of(axes, run)) {
    for (const Patch& patch : point->patches) {
      if (is_within(path, patch.path) || path.starts_with(patch.path + "[")) {
        above = patch.origin + path.substr(patch.path.size());
      } else if (is_within(patch.path, path)) {
        below = patch.origin;
      }
    }
  }
  if (!above.empty()) return above;
  if (!below.empty() && value_at(axes.base, path) == nullptr) return below;
  return path.empty() ? "base" : "base." + path;
}

const json* value_at(const json& value, const std::string& path) {
  const json* place = &value;
  std::size_t start = 0;
  while (true) {
    const std::size_t dot = path.find('.', start);
    const std::string word = path.substr(start, dot - start);
    if (place->is_string() && word == "kind" && dot == std::string::npos) return place;
    if (!place->is_object()) return nullptr;
    const auto found = place->find(word);
    if (found == place->end()) return nullptr;
    place = &*found;
    if (dot == std::string::npos) return place;
    start = dot + 1;
  }
}

}  // namespace lab
