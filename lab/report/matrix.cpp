// The matrix of gates and units, in an order that shows which unit is which gate.
#include <algorithm>
#include <cmath>
#include <map>
#include <set>

#include "lab/core/config.h"
#include "lab/report/found.h"

namespace lab {
namespace {

constexpr double nothing = std::nan("");
enum Column : std::size_t { kGate, kKind, kTap, kUnit, kMeasure };
using Unit = std::pair<std::size_t, std::size_t>;  // tap, number

struct Pair {
  double value;
  std::size_t gate, unit;  // `unit`: position among the units
};

// The chosen rows of the table.
struct Part {
  std::vector<Unit> units;  // ascending
  std::vector<Pair> pairs;
  std::size_t gates = 0;
};

std::vector<std::size_t> columns_of(const Table& table, const std::string& measure) {
  std::vector<std::size_t> order;
  for (const std::string& name : {std::string("gate"), std::string("kind"), std::string("tap"),
                                  std::string("unit"), measure}) {
    const auto found = std::find(table.columns.begin(), table.columns.end(), name);
    if (found == table.columns.end()) {
      throw ConfigError(name == measure ? "measure" : "where",
                        "the run's table \"matrix\" has no column \"" + name + "\"");
    }
    order.push_back(static_cast<std::size_t>(found - table.columns.begin()));
  }
  return order;
}

// The number of the wanted tap among the subject's; nothing for all.
std::optional<std::size_t> wanted_tap(const std::string& name,
                                      const std::vector<std::string>& taps) {
  if (name.empty()) return std::nullopt;
  const auto found = std::find(taps.begin(), taps.end(), name);
  if (found == taps.end()) {
    throw ConfigError("tap", "no tap is called \"" + name + "\"" + suggestion(name, taps));
  }
  return static_cast<std::size_t>(found - taps.begin());
}

double kind_number(const std::string& units) {
  return units == "latent" ? 1 : 0;
}

Part part_of(const Table& table, const MatrixChoice& choice, const std::vector<std::string>& taps) {
  const std::vector<std::size_t> order = columns_of(table, choice.measure);
  const std::optional<std::size_t> tap = wanted_tap(choice.tap, taps);
  const double kind = kind_number(choice.units);
  std::set<Unit> units;
  std::vector<std::pair<Unit, Pair>> found;
  Part part;
  for (const std::vector<double>& row : table.rows) {
    if (row[order[kKind]] != kind) continue;
    const double at = row[order[kTap]];
    const Unit unit{std::isfinite(at) && at > 0 ? static_cast<std::size_t>(at) : 0,
                    static_cast<std::size_t>(row[order[kUnit]])};
    if (tap.has_value() && unit.first != *tap) continue;
    const auto gate = static_cast<std::size_t>(row[order[kGate]]);
    part.gates = std::max(part.gates, gate + 1);
    units.insert(unit);
    found.emplace_back(unit, Pair{std::abs(row[order[kMeasure]]), gate, 0});
  }
  if (found.empty()) {
    throw ConfigError("units", "the run's table \"matrix\" has no " + choice.units + "s" +
                                   (choice.tap.empty() ? "" : " at the tap " + choice.tap));
  }
  part.units.assign(units.begin(), units.end());
  for (auto& [unit, pair] : found) {
    const auto place = std::lower_bound(part.units.begin(), part.units.end(), unit);
    pair.unit = static_cast<std::size_t>(place - part.units.begin());
    if (std::isfinite(pair.value)) part.pairs.push_back(pair);
  }
  std::stable_sort(part.pairs.begin(), part.pairs.end(),
                   [](const Pair& a, const Pair& b) { return a.value > b.value; });
  return part;
}

// A unit with the gate that it stands for.
struct Ranked {
  std::size_t unit;
  bool matched = false;
  std::size_t gate = 0;  // that it is matched with, or its best
  double value = -1;
};

std::vector<Ranked> ranked(const Part& part) {
  std::vector<Ranked> units;
  for (std::size_t i = 0; i < part.units.size(); ++i) units.push_back({i});
  std::set<std::size_t> taken;
  for (const Pair& pair : part.pairs) {
    Ranked& unit = units[pair.unit];
    if (unit.value < 0) unit = {pair.unit, false, pair.gate, pair.value};
    if (pair.value <= 0 || unit.matched || taken.contains(pair.gate)) continue;
    unit = {pair.unit, true, pair.gate, pair.value};
    taken.insert(pair.gate);
  }
  return units;
}

}  // namespace

bool has_units(const Record& run, const std::string& units) {
  const auto matrix = run.tables.find("matrix");
  if (matrix == run.tables.end() || matrix->second.rows.empty()) return false;
  const std::size_t kind = columns_of(matrix->second, "phi")[kKind];
  return std::any_of(matrix->second.rows.begin(), matrix->second.rows.end(),
                     [&](const auto& row) { return row[kind] == kind_number(units); });
}

Matrix matrix_of(const Record& run, const std::vector<std::string>& taps,
                 const MatrixChoice& choice) {
  const auto table = run.tables.find("matrix");
  if (table == run.tables.end() || table->second.rows.empty()) {
    throw ConfigError("where", "the run has no table \"matrix\" of gates and units");
  }
  const Part part = part_of(table->second, choice, taps);
  std::vector<Ranked> units = ranked(part);
  std::stable_sort(units.begin(), units.end(), [](const Ranked& a, const Ranked& b) {
    return std::pair(!a.matched, -a.value) < std::pair(!b.matched, -b.value);
  });
  Matrix matrix;
  matrix.all_units = units.size();
  units.resize(std::min(units.size(), choice.most));
  std::stable_sort(units.begin(), units.end(), [](const Ranked& a, const Ranked& b) {
    return std::tuple(!a.matched, a.gate, -a.value) < std::tuple(!b.matched, b.gate, -b.value);
  });
  std::map<std::size_t, std::size_t> place;
  for (const Ranked& unit : units) {
    place[unit.unit] = matrix.units.size();
    const auto [tap, number] = part.units[unit.unit];
    matrix.units.push_back({tap, number, unit.matched});
    matrix.several_taps = matrix.several_taps || tap != matrix.units.front().tap;
  }
  const std::vector<FoundGate> named = found_gates(run);
  for (std::size_t gate = 0; gate < std::max(part.gates, named.size()); ++gate) {
    matrix.gates.push_back(gate < named.size() ? named[gate].name : "gate " + std::to_string(gate));
  }
  matrix.values.assign(matrix.gates.size(), std::vector<double>(matrix.units.size(), nothing));
  for (const Pair& pair : part.pairs) {
    const auto shown = place.find(pair.unit);
    if (shown != place.end()) matrix.values[pair.gate][shown->second] = pair.value;
  }
  return matrix;
}

}  // namespace lab
