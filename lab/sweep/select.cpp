// Parts of a plan: --only and --shard.
#include <algorithm>
#include <charconv>
#include <map>
#include <nlohmann/json.hpp>
#include <numeric>

#include "lab/core/config.h"
#include "lab/sweep/axes.h"
#include "lab/sweep/plan.h"

namespace lab {
namespace {

using Filters = std::map<std::string, std::vector<std::string>>;  // path, its alternatives

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

Filters read_filters(const std::vector<std::string>& only) {
  Filters filters;
  for (const std::string& text : only) {
    const std::size_t equals = text.find('=');
    if (equals == std::string::npos || equals == 0) {
      throw InputError("--only '" + text + "': must be path=value, as in --only 'decomposer.k=4'");
    }
    filters[text.substr(0, equals)].push_back(text.substr(equals + 1));
  }
  return filters;
}

// Whether a value is what the user typed; 4 and 4.0 are alike.
bool matches(const json& value, const std::string& typed) {
  if (value.is_string()) return value.get<std::string>() == typed;
  const json parsed = json::parse(typed, nullptr, false);
  return !parsed.is_discarded() && !value.is_null() && parsed == value;
}

bool passes(const Plan& plan, const Run& run, const Filters& filters) {
  const std::vector<json> point = point_of(plan, run);
  json raw;
  for (const auto& [path, alternatives] : filters) {
    const auto column = std::find(plan.columns.begin(), plan.columns.end(), path);
    const json* value = nullptr;
    if (column != plan.columns.end()) {
      value = &point[static_cast<std::size_t>(column - plan.columns.begin())];
    }
    if (value == nullptr || value->is_null()) {
      if (raw.is_null()) raw = raw_of(plan, run);
      value = value_at(raw, path);
    }
    const bool any = value != nullptr &&
                     std::any_of(alternatives.begin(), alternatives.end(),
                                 [&](const std::string& typed) { return matches(*value, typed); });
    if (!any) return false;
  }
  return true;
}

const std::string& first_stage(const Run& run) {
  const Stage* stage = run.last.get();
  while (!stage->needs.empty()) stage = stage->needs.front().get();
  return stage->id;
}

// Which runs of the plan lie in the shard.
std::vector<bool> in_shard(const Plan& plan, const Shard& shard) {
  const std::size_t size = plan.runs.size();
  std::vector<std::size_t> order(size);
  std::iota(order.begin(), order.end(), std::size_t{0});
  std::stable_sort(order.begin(), order.end(), [&](std::size_t a, std::size_t b) {
    return first_stage(plan.runs[a]) < first_stage(plan.runs[b]);
  });
  std::vector<bool> inside(size, false);
  const std::size_t end = size * shard.index / shard.count;
  for (std::size_t i = size * (shard.index - 1) / shard.count; i < end; ++i)
    inside[order[i]] = true;
  return inside;
}

}  // namespace

Shard parse_shard(const std::string& text) {
  Shard shard;
  const char* end = text.data() + text.size();
  const auto index = std::from_chars(text.data(), end, shard.index);
  bool good = index.ec == std::errc() && index.ptr != end && *index.ptr == '/';
  if (good) {
    const auto count = std::from_chars(index.ptr + 1, end, shard.count);
    good = count.ec == std::errc() && count.ptr == end && shard.index >= 1 &&
           shard.index <= shard.count && shard.count <= 1'000'000;
  }
  if (!good) throw InputError("--shard '" + text + "': must be i/n with 1 ≤ i ≤ n, as in 2/3");
  return shard;
}

Plan select(const Plan& plan, const std::vector<std::string>& only, const Shard& shard) {
  const Filters filters = read_filters(only);
  const std::vector<bool> inside = in_shard(plan, shard);
  Plan part{plan.name, plan.axes, plan.columns, {}};
  bool any = false;
  for (std::size_t i = 0; i < plan.runs.size(); ++i) {
    const bool wanted = filters.empty() || passes(plan, plan.runs[i], filters);
    any = any || wanted;
    if (wanted && inside[i]) part.runs.push_back(plan.runs[i]);
  }
  if (!any) {
    throw InputError("--only " + joined(only) + ": no run matches; columns: " +
                     joined(plan.columns) + " (or a path of the run's config)");
  }
  return part;
}

}  // namespace lab
