#include "lab/report/found.h"

#include <algorithm>
#include <cmath>
#include <cstdio>

namespace lab {
namespace {

std::optional<std::size_t> column_of(const Table& table, const std::string& name) {
  const auto found = std::find(table.columns.begin(), table.columns.end(), name);
  if (found == table.columns.end()) return std::nullopt;
  return static_cast<std::size_t>(found - table.columns.begin());
}

std::optional<double> cell(const std::vector<double>& row, std::optional<std::size_t> column) {
  if (!column.has_value() || !std::isfinite(row[*column])) return std::nullopt;
  return row[*column];
}

std::optional<std::size_t> number(const std::vector<double>& row,
                                  std::optional<std::size_t> column) {
  const std::optional<double> value = cell(row, column);
  if (!value.has_value() || *value < 0) return std::nullopt;
  return static_cast<std::size_t>(*value);
}

struct WayColumns {
  std::optional<std::size_t> phi, unit, tap;
};

WayColumns columns_of(const Table& gates, Way way) {
  const std::string name = way_name(way);
  WayColumns columns{column_of(gates, name + "_phi"), column_of(gates, name),
                     column_of(gates, name + "_tap")};
  if (way == Way::latent && !columns.phi.has_value()) {
    columns.phi = column_of(gates, "phi");
    columns.unit = column_of(gates, "phi_latent");
  }
  return columns;
}

}  // namespace

const char* way_name(Way way) {
  constexpr std::array<const char*, 3> names{"neuron", "direction", "latent"};
  return names[static_cast<std::size_t>(way)];
}

bool FoundGate::tried() const {
  return std::any_of(by.begin(), by.end(), [](const auto& one) { return one.has_value(); });
}

double FoundGate::best() const {
  double best = 0;
  for (const auto& one : by) best = std::max(best, one.has_value() ? one->phi : 0);
  return best;
}

std::optional<Way> FoundGate::found(double threshold) const {
  const double largest = best();
  if (!tried() || largest < threshold) return std::nullopt;
  for (const Way one : {Way::neuron, Way::latent}) {
    if (way(one).has_value() && way(one)->phi >= std::max(threshold, largest - found_tie))
      return one;
  }
  return Way::direction;
}

std::vector<FoundGate> found_gates(const Record& run) {
  const auto table = run.tables.find("gates");
  if (table == run.tables.end()) return {};
  const Table& gates = table->second;
  const auto node = column_of(gates, "node"), rate = column_of(gates, "base_rate");
  std::vector<FoundGate> result;
  for (std::size_t i = 0; i < gates.rows.size(); ++i) {
    FoundGate gate;
    gate.name = i < gates.labels.size() ? gates.labels[i] : "gate " + std::to_string(i);
    gate.node = cell(gates.rows[i], node);
    gate.base_rate = cell(gates.rows[i], rate);
    for (const Way way : all_ways) {
      const WayColumns columns = columns_of(gates, way);
      const std::optional<double> phi = cell(gates.rows[i], columns.phi);
      if (!phi.has_value()) continue;
      gate.by[static_cast<std::size_t>(way)] =
          Finding{*phi, number(gates.rows[i], columns.unit), number(gates.rows[i], columns.tap)};
    }
    result.push_back(std::move(gate));
  }
  return result;
}

bool says_where(const Record& run) {
  const auto gates = run.tables.find("gates");
  if (gates == run.tables.end() || gates->second.rows.empty()) return false;
  return std::any_of(all_ways.begin(), all_ways.end(), [&](Way way) {
    return column_of(gates->second, std::string(way_name(way)) + "_phi").has_value();
  });
}

std::string tap_name(std::size_t tap, const std::vector<std::string>& taps) {
  return tap < taps.size() ? taps[tap] : "tap " + std::to_string(tap);
}

std::string place_text(Way way, const Finding& finding, const std::vector<std::string>& taps) {
  std::string text = finding.tap.has_value() ? tap_name(*finding.tap, taps) : "";
  if (!finding.unit.has_value() || way == Way::direction) return text;
  if (way == Way::latent || text.empty())
    text += (text.empty() ? "" : " ") + std::string(way_name(way));
  return text + " " + std::to_string(*finding.unit);
}

std::string two_digits(double phi) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", phi);
  return text;
}

}  // namespace lab
