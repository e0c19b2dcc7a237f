// How axes are read, and what is wrong with them.
#include <algorithm>
#include <set>

#include "lab/core/config.h"
#include "lab/sweep/axes.h"

namespace lab {
namespace {

constexpr std::size_t kMostRuns = 10'000'000;

std::string indexed(const std::string& place, std::size_t i) {
  return place + "[" + std::to_string(i) + "]";
}

void check_path(const std::string& path, const std::string& place) {
  const bool broken = path.empty() || path.front() == '.' || path.back() == '.' ||
                      path.find("..") != std::string::npos;
  if (broken)
    throw ConfigError(place, "\"" + path + "\" is not a path; write words with dots between");
  if (std::count(path.begin(), path.end(), '.') >= 64) {
    throw ConfigError(place, "a path of more than 64 words leads nowhere");
  }
  if (path == "seed") throw ConfigError(place, "seeds are an axis of their own; write \"seeds\"");
}

std::size_t column(Axes& axes, const std::string& name) {
  const auto found = std::find(axes.columns.begin(), axes.columns.end(), name);
  if (found != axes.columns.end()) return static_cast<std::size_t>(found - axes.columns.begin());
  axes.columns.push_back(name);
  return axes.columns.size() - 1;
}

void check_keys(const json& object, const std::vector<std::string>& known,
                const std::string& place) {
  for (const auto& [key, value] : object.items()) {
    if (std::find(known.begin(), known.end(), key) != known.end()) continue;
    throw ConfigError(place + "." + key, "unknown key" + suggestion(key, known));
  }
}

// What is set later must not overwrite what was set before it: the tables would show both. Looks at
// the patches in `later` from number `first` on.
void check_overwriting(const std::vector<Patch>& earlier, const std::vector<Patch>& later,
                       std::size_t first) {
  for (std::size_t i = first; i < later.size(); ++i) {
    for (const Patch& patch : earlier) {
      if (!is_within(patch.path, later[i].path)) continue;
      throw ConfigError(later[i].origin, "replaces what " + patch.origin +
                                             " sets; put this axis before that one, or set other "
                                             "paths");
    }
  }
}

// A value that fits in a cell of a table: a number, a word, true or false, or a list of these.
bool fits_in_cell(const json& value) {
  if (value.is_array())
    return std::none_of(value.begin(), value.end(),
                        [](const json& item) { return item.is_structured() || item.is_null(); });
  return !value.is_object() && !value.is_null();
}

// All combinations of a grid's values, appended to the patches of `start`.
std::vector<AxisPoint> grid_points(Axes& axes, const json& grid, const std::string& place,
                                   const AxisPoint& start) {
  if (!grid.is_object()) throw ConfigError(place, "must be an object of paths and lists of values");
  std::vector<AxisPoint> points{start};
  for (const auto& [path, values] : grid.items()) {
    const std::string here = place + "." + path;
    check_path(path, here);
    if (!values.is_array() || values.empty()) {
      throw ConfigError(here, "must be a list of at least one value");
    }
    std::set<std::string> seen;
    for (std::size_t i = 0; i < values.size(); ++i) {
      if (!fits_in_cell(values[i])) {
        throw ConfigError(indexed(here, i),
                          "must be a number, a word, true or false, or a list of these; give "
                          "objects as arms with names");
      }
      if (!seen.insert(canonical(values[i])).second) {
        throw ConfigError(indexed(here, i), "stands twice in the list");
      }
    }
    const std::size_t cell = column(axes, path);
    std::vector<AxisPoint> longer;
    for (const AxisPoint& point : points) {
      for (std::size_t i = 0; i < values.size(); ++i) {
        AxisPoint& next = longer.emplace_back(point);
        next.patches.push_back({path, values[i], indexed(here, i)});
        next.cells.emplace_back(cell, values[i]);
      }
      if (longer.size() > kMostRuns) throw ConfigError(place, "has more than ten million points");
    }
    points = std::move(longer);
  }
  return points;
}

std::vector<Condition> read_where(const json& where, const std::string& place) {
  if (!where.is_object()) throw ConfigError(place, "must be an object of columns and values");
  std::vector<Condition> conditions;
  for (const auto& [column, value] : where.items()) {
    const std::string here = place + "." + column;
    const json values = value.is_array() ? value : json::array({value});
    if (values.empty()) throw ConfigError(here, "must be a value or a list of at least one value");
    conditions.push_back({column, values, here});
  }
  return conditions;
}

std::vector<AxisPoint> arm_points(Axes& axes, const json& arm, const std::string& place,
                                  std::size_t cell, std::set<std::string>& names) {
  if (!arm.is_object()) throw ConfigError(place, "must be an arm: an object with a \"name\"");
  check_keys(arm, {"name", "set", "grid", "where"}, place);
  const json name = arm.value("name", json());
  if (!name.is_string() || name.get<std::string>().empty()) {
    throw ConfigError(place + ".name", "must be the arm's name, a text");
  }
  if (!names.insert(name.get<std::string>()).second) {
    throw ConfigError(place + ".name", "two arms of this axis are called " + name.dump());
  }
  AxisPoint start;
  start.cells.emplace_back(cell, name);
  if (arm.contains("set")) {
    const json& set = arm["set"];
    if (!set.is_object())
      throw ConfigError(place + ".set", "must be an object of paths and values");
    for (const auto& [path, value] : set.items()) {
      const std::string here = place + ".set." + path;
      check_path(path, here);
      start.patches.push_back({path, value, here});
    }
  }
  start.where = read_where(arm.value("where", json::object()), place + ".where");
  if (!arm.contains("grid")) return {start};
  std::vector<AxisPoint> points = grid_points(axes, arm["grid"], place + ".grid", start);
  check_overwriting(start.patches, points.front().patches, start.patches.size());
  return points;
}

std::vector<AxisPoint> read_arms(Axes& axes, const json& arms, const std::string& place,
                                 const std::string& name) {
  if (!arms.is_array() || arms.empty())
    throw ConfigError(place, "must be a list of at least one arm");
  if (std::find(axes.columns.begin(), axes.columns.end(), name) != axes.columns.end()) {
    throw ConfigError(place, "two axes are called \"" + name +
                                 "\"; name them: " + R"({"axis": "world", "arms": [...]})");
  }
  const std::size_t cell = column(axes, name);
  std::vector<AxisPoint> points;
  std::set<std::string> names;
  for (std::size_t i = 0; i < arms.size(); ++i) {
    for (AxisPoint& point : arm_points(axes, arms[i], indexed(place, i), cell, names)) {
      points.push_back(std::move(point));
    }
  }
  return points;
}

std::vector<AxisPoint> read_axis(Axes& axes, const json& axis, const std::string& place) {
  if (axis.is_array()) return read_arms(axes, axis, place, "arm");
  if (!axis.is_object() || axis.empty()) {
    throw ConfigError(place, "must be a list of arms or an object {path: [values]}, not empty");
  }
  if (!axis.contains("axis") && !axis.contains("arms")) return grid_points(axes, axis, place, {});
  check_keys(axis, {"axis", "arms"}, place);
  const json name = axis.value("axis", json());
  if (!name.is_string() || name.get<std::string>().empty() || name == "seed" || name == "status") {
    throw ConfigError(place + ".axis", "must be the name of a column other than seed and status");
  }
  return read_arms(axes, axis.value("arms", json()), place + ".arms", name.get<std::string>());
}

std::vector<AxisPoint> read_seeds(Axes& axes, const json& seeds) {
  const auto is_seed = [](const json& seed) {
    return seed.is_number_integer() && seed >= 0 && seed <= INT64_MAX;
  };
  if (seeds.is_number_integer() && (seeds < 1 || seeds > kMostRuns)) {
    throw ConfigError("seeds", "must be at least 1 and at most ten million, got " + seeds.dump());
  }
  if (!seeds.is_number_integer() && (!seeds.is_array() || seeds.empty())) {
    throw ConfigError("seeds", "must be a number of seeds or a list of at least one seed");
  }
  const std::size_t cell = column(axes, "seed");
  std::vector<AxisPoint> points;
  std::set<std::int64_t> seen;
  const std::size_t count = seeds.is_array() ? seeds.size() : seeds.get<std::size_t>();
  for (std::size_t i = 0; i < count; ++i) {
    const std::string place = seeds.is_array() ? indexed("seeds", i) : "seeds";
    const json seed = seeds.is_array() ? seeds[i] : json(i);
    if (!is_seed(seed)) throw ConfigError(place, "must be an integer ≥ 0, got " + seed.dump());
    if (!seen.insert(seed.get<std::int64_t>()).second) throw ConfigError(place, "stands twice");
    points.push_back({{{"seed", seed, place}}, {{cell, seed}}});
  }
  return points;
}

// Takes up an axis that was read, unless it works against an earlier one. `patches` are those of
// the earlier axes, one a path; `columns` is how many columns they have.
void add_axis(Axes& axes, std::vector<AxisPoint> points, const std::string& place,
              std::size_t columns, std::vector<Patch>& patches) {
  std::set<std::string> seen;
  std::vector<Patch> own;
  for (const AxisPoint& point : points) {
    for (const auto& [column, value] : point.cells) {
      if (column >= columns) continue;
      throw ConfigError(place, "the column \"" + axes.columns[column] + "\" belongs to two axes");
    }
    for (const Patch& patch : point.patches) {
      if (seen.insert(patch.path).second) own.push_back({patch.path, {}, patch.origin});
    }
  }
  check_overwriting(patches, own, 0);
  patches.insert(patches.end(), own.begin(), own.end());
  axes.axes.push_back(std::move(points));
}

std::size_t column_of(const Axes& axes, const Condition& condition) {
  const auto found = std::ranges::find(axes.columns, condition.column);
  if (found != axes.columns.end()) return static_cast<std::size_t>(found - axes.columns.begin());
  throw ConfigError(condition.origin,
                    "no axis has this column" + suggestion(condition.column, axes.columns));
}

// A condition must be about another axis than its own, and values that it has.
void check_condition(const Axes& axes, const Condition& condition,
                     const std::vector<AxisPoint>& own) {
  const std::size_t column = column_of(axes, condition);
  json known = json::array();
  for (const std::vector<AxisPoint>& axis : axes.axes) {
    for (const AxisPoint& point : axis) {
      for (const auto& [cell, value] : point.cells) {
        if (cell != column) continue;
        if (&axis == &own) throw ConfigError(condition.origin, "is a column of this very axis");
        known.push_back(value);
      }
    }
  }
  for (const json& value : condition.values) {
    if (!value.is_null() && std::ranges::count(known, value) == 0) {
      throw ConfigError(condition.origin, "no run has the value " + value.dump());
    }
  }
}

bool is_allowed(const Axes& axes, std::size_t run) {
  const std::vector<json> cells = run_point(axes, run);
  bool allowed = true;
  for (const AxisPoint* point : points_of(axes, run)) {
    for (const Condition& condition : point->where) {
      allowed &= std::ranges::count(condition.values, cells[column_of(axes, condition)]) > 0;
    }
  }
  return allowed;
}

// Leaves out the runs that some arm's "where" does not allow.
void keep_allowed(Axes& axes) {
  bool conditions = false;
  for (const std::vector<AxisPoint>& axis : axes.axes) {
    for (const AxisPoint& point : axis) {
      for (const Condition& condition : point.where) check_condition(axes, condition, axis);
      conditions |= !point.where.empty();
    }
  }
  if (!conditions) return;
  std::vector<std::uint32_t> kept;
  std::set<const AxisPoint*> stands;  // in some run
  for (std::size_t run = 0; run < axes.runs; ++run) {
    if (!is_allowed(axes, run)) continue;
    kept.push_back(static_cast<std::uint32_t>(run));
    for (const AxisPoint* point : points_of(axes, run)) stands.insert(point);
  }
  for (const std::vector<AxisPoint>& axis : axes.axes) {
    for (const AxisPoint& point : axis) {
      if (!point.where.empty() && !stands.contains(&point)) {
        throw ConfigError(point.where.front().origin, "no run meets every condition of this arm");
      }
    }
  }
  axes.runs = kept.size();
  axes.kept = std::move(kept);
}

}  // namespace

Axes read_axes(const SweepConfig& config) {
  if (!config.axes.is_array()) throw ConfigError("axes", "must be a list of axes");
  if (config.base.contains("seed")) {
    throw ConfigError("base.seed", "seeds are an axis of their own; write \"seeds\": [...]");
  }
  Axes axes;
  axes.base = config.base;
  std::vector<Patch> patches;
  for (std::size_t i = 0; i < config.axes.size(); ++i) {
    const std::string place = indexed("axes", i);
    const std::size_t columns = axes.columns.size();
    add_axis(axes, read_axis(axes, config.axes[i], place), place, columns, patches);
  }
  axes.axes.push_back(read_seeds(axes, config.seeds));
  axes.runs = 1;
  for (const auto& axis : axes.axes) {
    if (axis.size() > kMostRuns / axes.runs)
      throw ConfigError("axes", "give over ten million runs");
    axes.runs *= axis.size();
  }
  keep_allowed(axes);
  return axes;
}

}  // namespace lab
