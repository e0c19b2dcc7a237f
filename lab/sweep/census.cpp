#include <algorithm>

#include "lab/sweep/execute.h"
#include "lab/sweep/work.h"

namespace lab {
namespace {

Census::Row& row_of(Census& census, const std::string& name) {
  const auto found = std::find_if(census.rows.begin(), census.rows.end(),
                                  [&](const Census::Row& row) { return row.name == name; });
  if (found != census.rows.end()) return *found;
  census.rows.push_back({name});
  return census.rows.back();
}

std::string padded(const std::string& text, std::size_t width) {
  return std::string(width - std::min(width, text.size()), ' ') + text;
}

}  // namespace

Census census(const Plan& plan, const Store& store, bool retry_failed) {
  const Work work = work_of(plan, store, retry_failed);
  Census census;
  census.runs = work.runs.size();
  for (const Status status : work.runs) {
    census.done += status == Status::done;
    census.failed += status == Status::failed;
  }
  for (const Work::Node& node : work.nodes) {
    census.different += !node.runs.empty();
    Census::Row& row = row_of(census, node.stage->name);
    ++row.stages;
    row.shared += node.users > 1;
    row.make += node.state == Work::State::make;
  }
  return census;
}

std::string text(const Census& census) {
  std::string result = std::to_string(census.runs) + " runs (" + std::to_string(census.different) +
                       " different): " + std::to_string(census.done) + " done, " +
                       std::to_string(census.failed) + " failed, " +
                       std::to_string(census.runs - census.done - census.failed) + " to do\n";
  std::size_t width = 6;
  for (const Census::Row& row : census.rows) width = std::max(width, row.name.size());
  const auto line = [&](const std::string& name, const std::string& stages,
                        const std::string& shared, const std::string& make) {
    result += name + std::string(width - name.size(), ' ') + padded(stages, 10) +
              padded(shared, 10) + padded(make, 10) + "\n";
  };
  line("stage", "different", "shared", "to make");
  for (const Census::Row& row : census.rows) {
    line(row.name, std::to_string(row.stages), std::to_string(row.shared),
         std::to_string(row.make));
  }
  return result;
}

}  // namespace lab
