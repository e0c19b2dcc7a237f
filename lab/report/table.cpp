#include "lab/report/table.h"

#include <tbb/parallel_for.h>

#include <algorithm>
#include <nlohmann/json.hpp>
#include <set>

#include "lab/core/config.h"

namespace lab {
namespace {

// RFC 4180: quoted where needed, quotes doubled.
std::string csv_field(const std::string& text) {
  if (text.find_first_of(",\"\r\n") == std::string::npos) return text;
  std::string quoted = "\"";
  for (const char c : text) quoted += c == '"' ? std::string("\"\"") : std::string(1, c);
  return quoted + "\"";
}

std::string number_text(double value) {
  return json(value).dump();  // the fewest digits that read back as the same double
}

// The table's scores that a pattern names, in their order.
std::vector<std::size_t> named_scores(const ScoreTable& table, const std::string& pattern) {
  const bool open = pattern.ends_with("*");
  const std::string start = pattern.substr(0, pattern.size() - (open ? 1 : 0));
  std::vector<std::size_t> found;
  for (std::size_t i = 0; i < table.scores.size(); ++i) {
    const std::string& name = table.scores[i];
    if (open ? name.starts_with(start) : name == start) found.push_back(i);
  }
  return found;
}

}  // namespace

ScoreTable score_table(const Plan& plan, const Store& store) {
  std::vector<RunResult> results(plan.runs.size());
  tbb::parallel_for(std::size_t{0}, results.size(), [&](std::size_t i) {
    results[i] = read_run(store, plan.runs[i].last->id);
    results[i].record.tables.clear();
  });
  std::set<std::string> names;
  for (const RunResult& result : results) {
    for (const auto& [name, score] : result.record.scores) names.insert(name);
  }
  ScoreTable table{plan.columns, {names.begin(), names.end()}, {}};
  for (std::size_t i = 0; i < results.size(); ++i) {
    const Run& run = plan.runs[i];
    ScoreTable::Row row{
        point_of(plan, run), run.last->id, results[i].status, std::move(results[i].failure), {}};
    for (const std::string& name : table.scores) {
      const auto found = results[i].record.scores.find(name);
      row.scores.push_back(found == results[i].record.scores.end() ? Score{} : found->second);
    }
    table.rows.push_back(std::move(row));
  }
  return table;
}

ScoreTable with_scores(const ScoreTable& table, const std::vector<std::string>& names) {
  std::vector<std::size_t> chosen;
  for (const std::string& name : names) {
    const std::vector<std::size_t> found = named_scores(table, name);
    if (found.empty()) {
      throw InputError("no score is called \"" + name + "\"" + suggestion(name, table.scores));
    }
    for (const std::size_t i : found) {
      if (std::find(chosen.begin(), chosen.end(), i) == chosen.end()) chosen.push_back(i);
    }
  }
  ScoreTable part{table.columns, {}, table.rows};
  for (const std::size_t i : chosen) part.scores.push_back(table.scores[i]);
  for (ScoreTable::Row& row : part.rows) {
    std::vector<Score> scores;
    for (const std::size_t i : chosen) scores.push_back(row.scores[i]);
    row.scores = std::move(scores);
  }
  return part;
}

bool is_null_score(const std::string& name) {
  return name.find("_null") != std::string::npos || name.ends_with("_p") ||
         name.find("_p_") != std::string::npos;
}

std::string csv(const ScoreTable& table) {
  std::string text;
  for (const std::string& column : table.columns) text.append(csv_field(column)).append(",");
  text += "status";
  for (const std::string& score : table.scores) text.append(",").append(csv_field(score));
  text += "\n";
  for (const ScoreTable::Row& row : table.rows) {
    for (const json& value : row.point) text.append(csv_field(cell_text(value))).append(",");
    text += status_name(row.status);
    for (const Score& score : row.scores) {
      text += ",";
      if (score.present) text += number_text(score.value);
    }
    text += "\n";
  }
  return text;
}

json table_json(const ScoreTable& table) {
  json rows = json::array();
  for (const ScoreTable::Row& row : table.rows) {
    json point = json::object(), scores = json::object(), reasons = json::object();
    for (std::size_t i = 0; i < row.point.size(); ++i) point[table.columns[i]] = row.point[i];
    for (std::size_t i = 0; i < row.scores.size(); ++i) {
      const Score& score = row.scores[i];
      scores[table.scores[i]] = score.present ? json(score.value) : json();
      if (!score.reason.empty()) reasons[table.scores[i]] = score.reason;
    }
    json line = {{"id", row.id},
                 {"point", std::move(point)},
                 {"status", status_name(row.status)},
                 {"scores", std::move(scores)},
                 {"reasons", std::move(reasons)}};
    if (row.status == Status::failed) {
      line["failure"] = {
          {"id", row.failure.id}, {"name", row.failure.name}, {"message", row.failure.message}};
    }
    rows.push_back(std::move(line));
  }
  return {{"columns", table.columns}, {"scores", table.scores}, {"rows", std::move(rows)}};
}

}  // namespace lab
