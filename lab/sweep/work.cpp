#include "lab/sweep/work.h"

#include <tbb/parallel_for.h>

#include <unordered_map>

namespace lab {
namespace {

using Indices = std::unordered_map<const Stage*, std::size_t>;

std::vector<Work::Node> all_nodes(const Plan& plan, Indices& index) {
  std::vector<Work::Node> nodes;
  for (const StagePtr& stage : stages_of(plan)) {
    index[stage.get()] = nodes.size();
    Work::Node& node = nodes.emplace_back();
    node.stage = stage;
    node.stored = false;
    for (const StagePtr& need : stage->needs) {
      node.needs.push_back(index.at(need.get()));
      nodes[node.needs.back()].stored = true;
    }
  }
  return nodes;
}

void count_users(const Plan& plan, const Indices& index, std::vector<Work::Node>& nodes) {
  std::vector<std::size_t> seen(nodes.size(), plan.runs.size());  // the run that counted it last
  std::vector<std::size_t> open;
  for (std::size_t run = 0; run < plan.runs.size(); ++run) {
    open.push_back(index.at(plan.runs[run].last.get()));
    nodes[open.back()].runs.push_back(run);
    while (!open.empty()) {
      const std::size_t i = open.back();
      open.pop_back();
      if (seen[i] == run) continue;
      seen[i] = run;
      ++nodes[i].users;
      open.insert(open.end(), nodes[i].needs.begin(), nodes[i].needs.end());
    }
  }
}

Work::State look_up(const Store& store, const std::string& id, bool retry_failed) {
  if (has_stage(store, id)) return Work::State::available;
  if (!retry_failed && read_failure(store, id).has_value()) return Work::State::failed;
  return Work::State::make;
}

// Looks the wanted stages up, then what the missing ones of these need, and so on: whatever stands
// behind an available stage is not read.
void look_up_needed(Work& work, const Store& store, std::vector<std::size_t> wave,
                    bool retry_failed) {
  std::vector<bool> met(work.nodes.size(), false);
  for (const std::size_t i : wave) met[i] = true;
  while (!wave.empty()) {
    tbb::parallel_for(std::size_t{0}, wave.size(), [&](std::size_t k) {
      Work::Node& node = work.nodes[wave[k]];
      node.state = look_up(store, node.stage->id, retry_failed);
    });
    std::vector<std::size_t> next;
    for (const std::size_t i : wave) {
      if (work.nodes[i].state != Work::State::make) continue;
      for (const std::size_t need : work.nodes[i].needs) {
        work.nodes[need].dependents.push_back(i);
        if (met[need]) continue;
        met[need] = true;
        next.push_back(need);
      }
    }
    wave = std::move(next);
  }
}

}  // namespace

Work work_of(const Plan& plan, const Store& store, bool retry_failed) {
  Work work;
  Indices index;
  work.nodes = all_nodes(plan, index);
  count_users(plan, index, work.nodes);
  work.runs = run_states(store, plan);
  const Status wanted = retry_failed ? Status::failed : Status::missing;
  std::vector<std::size_t> wave;
  for (std::size_t i = 0; i < work.nodes.size(); ++i) {
    const std::vector<std::size_t>& runs = work.nodes[i].runs;
    if (runs.empty()) continue;
    // Others may be writing: runs with the same last stage are given one state.
    for (const std::size_t run : runs) work.runs[run] = work.runs[runs.front()];
    if (work.runs[runs.front()] == wanted) wave.push_back(i);
  }
  for (const Status status : work.runs) work.wanted.push_back(status == wanted);
  look_up_needed(work, store, std::move(wave), retry_failed);
  return work;
}

}  // namespace lab
