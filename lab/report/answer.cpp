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
  std::size_t controls = 0, missed = 0;
  for (const Judged& claim : claims) {
    if (claim.expected != Verdict::miss) continue;
    ++controls;
    missed += claim.as_expected();
  }
  if (controls == 0) return "";
  return std::to_string(missed).append(" of ").append(counted(controls, "control", "controls")) +
         " missed, as expected of " + (controls == 1 ? "it" : "them");
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

using Rows = std::vector<const ScoreTable::Row*>;

// Of one arm: its rows by the cells that tell its points apart, in the order of the table.
std::vector<Rows> points_of(const ScoreTable& table, const Rows& rows) {
  std::vector<Rows> points;
  std::map<std::vector<std::string>, std::size_t> known;
  for (const ScoreTable::Row* row : rows) {
    std::vector<std::string> point;
    for (std::size_t k = 0; k + 1 < table.columns.size(); ++k) {
      point.push_back(cell_text(row->point[k]));
    }
    const auto [place, is_new] = known.emplace(std::move(point), points.size());
    if (is_new) points.emplace_back();
    points[place->second].push_back(row);
  }
  return points;
}

Summary summarised(const std::vector<double>& values) {
  const double centre = mean(values);
  const auto [least, greatest] = std::minmax_element(values.begin(), values.end());
  const bool alike = *greatest - *least <= 1e-9 * std::max(std::abs(*least), std::abs(*greatest));
  const double half = alike ? 0 : t_half_width(values);
  return {values.size(), centre, centre - half, centre + half};
}

void add_score(Answer::Arm& arm, const std::vector<Rows>& points, std::size_t score) {
  std::map<std::string, std::vector<double>> by_seed;
  std::size_t counted_points = 0;
  std::size_t seeds = 0;
  for (const Rows& point : points) seeds = std::max(seeds, point.size());
  for (const Rows& point : points) {
    const bool whole = point.size() == seeds &&
                       std::all_of(point.begin(), point.end(), [&](const ScoreTable::Row* row) {
                         return row->scores[score].present;
                       });
    if (!whole) continue;
    ++counted_points;
    for (const ScoreTable::Row* row : point) {
      by_seed[cell_text(row->point.back())].push_back(row->scores[score].value);
    }
  }
  std::vector<double> means;
  for (const auto& [seed, values] : by_seed) means.push_back(mean(values));
  arm.points.push_back(counted_points);
  arm.scores.push_back(means.empty() ? std::nullopt : std::optional(summarised(means)));
}

void add_arms(Answer& answer, const ScoreTable& table) {
  const auto column = arm_column(table);
  std::vector<std::size_t> scores;
  for (const char* name : kHeadlines) {
    const auto found = std::find(table.scores.begin(), table.scores.end(), name);
    if (found != table.scores.end()) {
      scores.push_back(static_cast<std::size_t>(found - table.scores.begin()));
    }
  }
  if (scores.empty()) return;
  std::vector<std::string> order;
  std::map<std::string, Rows> rows;
  for (const ScoreTable::Row& row : table.rows) {
    const std::string name = column ? cell_text(row.point[*column]) : "all runs";
    Rows& of_arm = rows[name];
    if (of_arm.empty()) order.push_back(name);
    of_arm.push_back(&row);
  }
  if (order.size() > kMostArms) return;
  answer.arm_column = column ? table.columns[*column] : "";
  for (const std::size_t score : scores) answer.scores.push_back(table.scores[score]);
  for (const std::string& name : order) {
    Answer::Arm arm{name, {}, {}};
    const std::vector<Rows> points = points_of(table, rows.at(name));
    for (const std::size_t score : scores) add_score(arm, points, score);
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
