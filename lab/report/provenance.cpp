#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "lab/report/page.h"
#include "lab/sweep/plan.h"

namespace lab {
namespace {

constexpr std::size_t kMostValues = 6;

using Values = std::map<std::string, std::pair<json, std::size_t>>;  // text: value, runs

void collect(const json& value, const std::string& path, std::map<std::string, Values>& found) {
  if (value.is_object()) {
    for (const auto& [key, part] : value.items()) {
      collect(part, path.empty() ? key : path + "." + key, found);
    }
    return;
  }
  auto& [first, runs] = found[path].emplace(value.dump(), std::pair(value, 0)).first->second;
  ++runs;
}

std::string listed(const Values& values) {
  std::string text;
  for (const auto& [dumped, value] : values) {
    text.append(text.empty() ? "" : ", ").append(cell_text(value.first));
    text.append(" (").append(std::to_string(value.second));
    text.append(value.second == 1 ? " run)" : " runs)");
  }
  return text;
}

std::string range(const Values& values) {
  const auto less = [](const auto& a, const auto& b) { return a.second.first < b.second.first; };
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end(), less);
  return "from " + cell_text(least->second.first) + " to " + cell_text(greatest->second.first);
}

}  // namespace

json provenance_summary(const std::vector<json>& of_runs) {
  std::map<std::string, Values> found;
  std::size_t runs = 0;
  for (const json& provenance : of_runs) {
    if (!provenance.is_object()) continue;
    collect(provenance, "", found);
    ++runs;
  }
  json same = json::object(), differs = json::object();
  for (const auto& [path, values] : found) {
    const bool alike = values.size() == 1 && values.begin()->second.second == runs;
    if (alike) {
      same[path] = values.begin()->second.first;
    } else {
      differs[path] = values.size() > kMostValues ? range(values) : listed(values);
    }
  }
  return {{"same", std::move(same)}, {"differs", std::move(differs)}};
}

}  // namespace lab
