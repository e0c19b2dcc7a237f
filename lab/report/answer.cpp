#include "lab/report/answer.h"

#include <algorithm>
#include <map>
#include <nlohmann/json.hpp>

#include "lab/core/statistics.h"

namespace lab {
namespace {

constexpr const char* kHeadlines[] = {"mcc", "f1", "fvu"};
constexpr std::size_t kMostArms = 24;

std::string counted(std::size_t n, const std::string& one, const std::string& many) {
  return std::to_string(n).append(" ").append(n == 1 ? one : many);
}

std::string claims_line(const std::vector<Judged>& claims) {
  std::size_t hit = 0, miss = 0, undecided = 0;
  for (const Judged& claim : claims) {
    if (claim.expected == Verdict::miss) continue;
    hit += claim.verdict == Verdict::hit;
    miss += claim.verdict == Verdict::miss;
    undecided += claim.verdict == Verdict::undecided;
  }
  if (hit + miss + undecided == 0) return "";
  std::string text = counted(hit + miss + undecided, "claim: ", "claims: ");
  text.append(std::to_string(hit)).append(" HIT, ").append(std::to_string(miss));
  return text.append(" MISS, ").append(std::to_string(undecided)).append(" UNDECIDED");
}

std::string controls_line(const std::vector<Judged>& claims) {
  std::size_t controls = 0, missed = 0, hit = 0;
  for (const Judged& claim : claims) {
    if (claim.expected != Verdict::miss) continue;
    ++controls;
    missed += claim.verdict == Verdict::miss;
    hit += claim.verdict == Verdict::hit;
  }
  if (controls == 0) return "";
  const auto more = [](std::size_t count, const char* what) {
    return count == 0 ? std::string()
                      : std::string(", ").append(std::to_string(count)).append(what);
  };
  std::string text = counted(controls, "control: ", "controls: ");
  text.append(std::to_string(missed)).append(" missed, as expected");
  return text + more(hit, " HIT against expectation") + more(controls - missed - hit, " undecided");
}

std::string runs_line(const ScoreTable& table) {
  std::map<Status, std::size_t> states;
  for (const ScoreTable::Row& row : table.rows) ++states[row.status];
  std::string text = counted(table.rows.size(), "run: ", "runs: ");
  text.append(std::to_string(states[Status::done])).append(" done");
  if (states[Status::failed] > 0) {
    text.append(", ").append(std::to_string(states[Status::failed])).append(" failed");
  }
  if (states[Status::missing] > 0) {
    text.append(", ").append(std::to_string(states[Status::missing])).append(" not made yet");
  }
  return text;
}

// The column that tells arms apart; nothing for a sweep of seeds alone.
std::optional<std::size_t> arm_column(const ScoreTable& table) {
  const auto named = std::find(table.columns.begin(), table.columns.end(), "arm");
  if (named != table.columns.end()) {
    return static_cast<std::size_t>(named - table.columns.begin());
  }
  return table.columns.size() > 1 ? std::optional<std::size_t>(0) : std::nullopt;
}

using Groups = std::vector<const PointGroup*>;

void add_score(Answer::Arm& arm, const ScoreTable& table, const Groups& points, std::size_t score) {
  std::size_t seeds = 0, whole_points = 0;
  for (const PointGroup* point : points) seeds = std::max(seeds, point->rows.size());
  std::map<std::string, std::vector<double>> by_seed;
  for (const PointGroup* point : points) {
    const auto has_it = [&](std::size_t row) { return table.rows[row].scores[score].present; };
    const bool whole =
        point->rows.size() == seeds && std::all_of(point->rows.begin(), point->rows.end(), has_it);
    if (!whole) continue;
    ++whole_points;
    for (const std::size_t row : point->rows) {
      const ScoreTable::Row& run = table.rows[row];
      by_seed[cell_text(run.point.back())].push_back(run.scores[score].value);
    }
  }
  std::vector<double> means;
  for (const auto& [seed, values] : by_seed) means.push_back(mean(values));
  arm.points.push_back(whole_points);
  arm.scores.push_back(means.empty() ? std::nullopt : std::optional(summary_of(means)));
}

void add_arms(Answer& answer, const ScoreTable& table) {
  std::vector<std::size_t> scores;
  for (const char* name : kHeadlines) {
    const auto found = std::find(table.scores.begin(), table.scores.end(), name);
    if (found == table.scores.end()) continue;
    scores.push_back(static_cast<std::size_t>(found - table.scores.begin()));
  }
  const auto column = arm_column(table);
  const std::vector<PointGroup> points = by_point(table);
  std::vector<std::string> order;
  std::map<std::string, Groups> arms;
  for (const PointGroup& point : points) {
    const std::string name = column ? cell_text(point.point[*column]) : "all runs";
    Groups& of_arm = arms[name];
    if (of_arm.empty()) order.push_back(name);
    of_arm.push_back(&point);
  }
  if (scores.empty() || order.size() > kMostArms) return;
  answer.arm_column = column ? table.columns[*column] : "";
  for (const std::size_t score : scores) answer.scores.push_back(table.scores[score]);
  for (const std::string& name : order) {
    Answer::Arm arm{name, {}, {}};
    for (const std::size_t score : scores) add_score(arm, table, arms.at(name), score);
    answer.arms.push_back(std::move(arm));
  }
}

}  // namespace

Answer answer_of(const ScoreTable& table, const std::vector<Judged>& claims) {
  Answer answer;
  for (const std::string& line : {claims_line(claims), controls_line(claims), runs_line(table)}) {
    if (!line.empty()) answer.lines.push_back(line);
  }
  if (claims.empty()) add_arms(answer, table);
  return answer;
}

}  // namespace lab
