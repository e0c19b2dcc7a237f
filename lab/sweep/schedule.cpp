#include "lab/sweep/schedule.h"

#include <algorithm>

namespace lab {
namespace {

using End = Schedule::End;
using State = Work::State;

void count(Outcome::Counts& counts, End end, std::size_t number) {
  switch (end) {
    case End::made:
      counts.done += number;
      break;
    case End::reused:
      counts.reused += number;
      break;
    case End::failed:
      counts.failed += number;
      break;
    case End::skipped:
      counts.skipped += number;
      break;
    case End::pending:
      counts.left += number;
      break;
  }
}

}  // namespace

Schedule::Schedule(const Work& work, int workers)
    : work_(work),
      workers_(workers),
      ends_(work.nodes.size(), End::pending),
      waiting_(work.nodes.size(), 0) {
  tick_.total = work.runs.size();
  for (std::size_t i = 0; i < work.runs.size(); ++i) {
    tick_.done += work.runs[i] == Status::done;
    tick_.failed += work.runs[i] == Status::failed && !work.wanted[i];
  }
  for (std::size_t i = 0; i < work.nodes.size(); ++i) {
    if (work.nodes[i].state != State::make) continue;
    ++times_[work.nodes[i].stage->name].remaining;
    waiting_[i] = work.nodes[i].needs.size();
  }
}

void Schedule::push(std::size_t node) {
  const std::lock_guard lock(mutex_);
  ready_.push(node);
}

std::size_t Schedule::pop() {
  const std::lock_guard lock(mutex_);
  const std::size_t first = ready_.top();
  ready_.pop();
  return first;
}

Schedule::Next Schedule::succeed(std::size_t node, End how, double seconds) {
  const std::lock_guard lock(mutex_);
  if (how == End::made) {
    Times& times = times_[work_.nodes[node].stage->name];
    ++times.made;
    times.seconds += seconds;
    ++tick_.made;
  }
  return end(node, how);
}

Schedule::Next Schedule::fail(std::size_t node, End how, const StageFailure& failure) {
  const std::lock_guard lock(mutex_);
  blame_[node] = failure;
  return end(node, how);
}

Schedule::Next Schedule::end(std::size_t node, End how) {
  const Work::Node& ended = work_.nodes[node];
  ends_[node] = how;
  if (ended.state == State::make) --times_[ended.stage->name].remaining;
  if (wanted(ended)) (blame_.contains(node) ? tick_.failed : tick_.done) += ended.runs.size();
  Next next;
  for (const std::size_t dependent : ended.dependents) {
    if (--waiting_[dependent] > 0) continue;
    std::size_t cause = work_.nodes.size();
    for (const std::size_t need : work_.nodes[dependent].needs) {
      if (blame_.contains(need)) cause = std::min(cause, need);
    }
    if (cause == work_.nodes.size()) {
      next.ready.push_back(dependent);
    } else {
      next.lost.push_back({dependent, blame_.at(cause)});
    }
  }
  return next;
}

bool Schedule::wanted(const Work::Node& node) const {
  return !node.runs.empty() && work_.wanted[node.runs.front()];
}

void Schedule::begin(std::string current) {
  const std::lock_guard lock(mutex_);
  tick_.current = std::move(current);
}

Tick Schedule::tick() const {
  const std::lock_guard lock(mutex_);
  Tick tick = tick_;
  tick.seconds = seconds();
  tick.left = time_left();
  return tick;
}

double Schedule::seconds() const {
  return std::chrono::duration<double>(std::chrono::steady_clock::now() - begin_).count();
}

double Schedule::time_left() const {
  Times all;
  for (const auto& [name, times] : times_) {
    all.made += times.made;
    all.seconds += times.seconds;
  }
  if (all.made == 0) return -1;
  double left = 0;
  for (const auto& [name, times] : times_) {
    const Times& known = times.made > 0 ? times : all;
    left += static_cast<double>(times.remaining) * known.seconds / static_cast<double>(known.made);
  }
  return left / workers_;
}

Outcome Schedule::outcome(const std::vector<Status>& runs) const {
  const std::lock_guard lock(mutex_);
  Outcome outcome;
  for (std::size_t i = 0; i < work_.nodes.size(); ++i) {
    const Work::Node& node = work_.nodes[i];
    if (node.state != State::unneeded) count(outcome.stages, ends_[i], 1);
    if (ends_[i] == End::failed) outcome.failures.push_back(blame_.at(i));
    if (node.runs.empty()) continue;
    End end = ends_[i];
    if (!wanted(node)) {
      const Status status = runs[node.runs.front()];
      end = status == Status::done     ? End::reused
            : status == Status::failed ? End::failed
                                       : End::pending;
    }
    count(outcome.runs, end, node.runs.size());
  }
  outcome.seconds = seconds();
  return outcome;
}

}  // namespace lab
