// The data of a page: tables by columns, with repeated texts once, so that 10,000 runs stay small.
#include <charconv>
#include <cmath>
#include <map>
#include <nlohmann/json.hpp>

#include "lab/core/statistics.h"
#include "lab/report/answer.h"
#include "lab/report/page.h"

namespace lab {
namespace {

constexpr std::size_t kMostSeeds = 1000;
constexpr std::size_t kMostRows = 5000;  // of a table of a run that is shown

// 6 significant digits; whole numbers without a decimal point; null for NaN.
json shown_number(double value) {
  if (!std::isfinite(value)) return json();
  char text[32];
  const auto end = std::to_chars(text, text + sizeof text, value, std::chars_format::general, 6);
  double rounded = 0;
  std::from_chars(text, end.ptr, rounded);
  const bool whole = rounded == std::floor(rounded) && std::abs(rounded) < 1e15;
  return whole ? json(static_cast<std::int64_t>(rounded)) : json(rounded);
}

// The same value with its numbers shortened, within specifications of figures.
json shortened(const json& value) {
  if (value.is_number_float()) return shown_number(value.get<double>());
  if (!value.is_structured()) return value;
  json result = value;
  for (json& part : result) part = shortened(part);
  return result;
}

// Texts by number, in the order of their first use.
class Texts {
 public:
  std::size_t number_of(const std::string& text) {
    const auto [place, is_new] = numbers_.emplace(text, list_.size());
    if (is_new) list_.push_back(text);
    return place->second;
  }
  const std::vector<std::string>& list() const { return list_; }

 private:
  std::map<std::string, std::size_t> numbers_;
  std::vector<std::string> list_;
};

// {"name", "values": each different cell once, "index": one number a row}
json point_column(const ScoreTable& table, std::size_t column) {
  std::map<std::string, std::size_t> known;
  json values = json::array(), index = json::array();
  for (const ScoreTable::Row& row : table.rows) {
    const json& cell = row.point[column];
    const auto [place, is_new] = known.emplace(cell.dump(), values.size());
    if (is_new) values.push_back(cell);
    index.push_back(place->second);
  }
  return {
      {"name", table.columns[column]}, {"values", std::move(values)}, {"index", std::move(index)}};
}

// {"name", "null": whether chance is what it speaks of, "values": numbers and nulls, "reasons": for each
// null in order the number of its reason, or one number for all of them; -1: none is known}
json score_column(const ScoreTable& table, std::size_t score, Texts& reasons) {
  json values = json::array();
  std::vector<int> empties;
  bool alike = true;
  for (const ScoreTable::Row& row : table.rows) {
    const Score& cell = row.scores[score];
    values.push_back(cell.present ? shown_number(cell.value) : json());
    if (cell.present) continue;
    empties.push_back(cell.reason.empty() ? -1 : static_cast<int>(reasons.number_of(cell.reason)));
    alike = alike && empties.back() == empties.front();
  }
  json why = empties;
  if (alike) why = empties.empty() ? -1 : empties.front();
  return {{"name", table.scores[score]},
          {"null", is_null_score(table.scores[score])},
          {"values", std::move(values)},
          {"reasons", std::move(why)}};
}

// Each stage that failed once, and each row's number of it (-1: the run did not fail).
json failures_of(const ScoreTable& table) {
  std::map<std::string, std::size_t> known;
  json stages = json::array(), index = json::array();
  for (const ScoreTable::Row& row : table.rows) {
    if (row.status != Status::failed) {
      index.push_back(-1);
      continue;
    }
    const StageFailure& failure = row.failure;
    const auto [place, is_new] = known.emplace(failure.id, stages.size());
    if (is_new) {
      stages.push_back({{"id", failure.id}, {"stage", failure.name}, {"message", failure.message}});
    }
    index.push_back(place->second);
  }
  return {{"stages", std::move(stages)}, {"index", std::move(index)}};
}

json table_data(const ScoreTable& table) {
  json ids = json::array(), states = json::array(), points = json::array(), scores = json::array();
  for (const ScoreTable::Row& row : table.rows) {
    ids.push_back(row.id);
    states.push_back(static_cast<int>(row.status));
  }
  for (std::size_t i = 0; i < table.columns.size(); ++i) points.push_back(point_column(table, i));
  Texts reasons;
  for (std::size_t i = 0; i < table.scores.size(); ++i) {
    scores.push_back(score_column(table, i, reasons));
  }
  return {{"ids", std::move(ids)},
          {"statuses",
           {status_name(Status::missing), status_name(Status::done), status_name(Status::failed)}},
          {"status", std::move(states)},
          {"points", std::move(points)},
          {"scores", std::move(scores)},
          {"reasons", reasons.list()},
          {"failures", failures_of(table)}};
}

// t(n − 1, 0.975) for n = 0, 1, 2 … values, null where there is none: the page summarises seeds, also of
// rows that its reader chose. A longer list changes the interval by less than 0.2 %.
json t_quantiles(std::size_t most) {
  json list = {nullptr, nullptr};
  for (std::size_t n = 2; n <= std::min(most, kMostSeeds); ++n) {
    std::vector<double> values(n, 0.0);  // their standard deviation is 1/√n
    values.back() = 1;
    list.push_back(shown_number(t_half_width(values) * static_cast<double>(n)));
  }
  return list;
}

std::size_t different_seeds(const ScoreTable& table) {
  std::map<std::string, int> seeds;
  for (const ScoreTable::Row& row : table.rows) seeds[row.point.back().dump()] = 1;
  return seeds.size();
}

json figures_data(const std::vector<DrawnFigure>& figures) {
  json list = json::array();
  for (const DrawnFigure& figure : figures) {
    list.push_back({{"name", figure.name},
                    {"title", figure.title},
                    {"spec", shortened(figure.spec)},
                    {"problem", figure.problem}});
  }
  return list;
}

json summary_data(const std::optional<Summary>& value) {
  if (!value) return json();
  return {{"n", value->n},
          {"mean", shown_number(value->mean)},
          {"low", shown_number(value->low)},
          {"high", shown_number(value->high)}};
}

json bound(const std::optional<double>& value) {
  return value ? shown_number(*value) : json();
}

json claims_data(const std::vector<Judged>& claims) {
  json list = json::array();
  for (const Judged& claim : claims) {
    list.push_back({{"name", claim.name},
                    {"source", claim.source},
                    {"basis", claim.basis},
                    {"kind", claim.kind},
                    {"score", claim.score},
                    {"reading", claim.reading},
                    {"accepted", claim.accepted},
                    {"value", summary_data(claim.value)},
                    {"low", bound(claim.low)},
                    {"high", bound(claim.high)},
                    {"verdict", verdict_name(claim.verdict)},
                    {"expected", verdict_name(claim.expected)},
                    {"unfinished", claim.unfinished},
                    {"few_seeds", claim.few_seeds}});
  }
  return list;
}

json answer_data(const Answer& answer) {
  json arms = json::array();
  for (const Answer::Arm& arm : answer.arms) {
    json scores = json::array();
    for (const auto& score : arm.scores) scores.push_back(summary_data(score));
    arms.push_back({{"name", arm.name}, {"scores", std::move(scores)}, {"points", arm.points}});
  }
  return {{"lines", answer.lines},
          {"column", answer.arm_column},
          {"scores", answer.scores},
          {"arms", std::move(arms)}};
}

// {"name", "rows": how many there are, "labels", "columns": the first rows, by column}
json record_table(const std::string& name, const Table& table) {
  const std::size_t shown = std::min(table.rows.size(), kMostRows);
  json labels = json::array(), columns = json::array();
  for (std::size_t i = 0; i < std::min(table.labels.size(), shown); ++i) {
    labels.push_back(table.labels[i]);
  }
  for (std::size_t k = 0; k < table.columns.size(); ++k) {
    json values = json::array();
    for (std::size_t i = 0; i < shown; ++i) values.push_back(shown_number(table.rows[i][k]));
    columns.push_back({{"name", table.columns[k]}, {"values", std::move(values)}});
  }
  return {{"name", name},
          {"rows", table.rows.size()},
          {"labels", std::move(labels)},
          {"columns", std::move(columns)}};
}

json runs_data(const std::vector<ChosenRun>& runs) {
  json list = json::array();
  for (const ChosenRun& run : runs) {
    json tables = json::array();
    for (const auto& [name, table] : run.tables) tables.push_back(record_table(name, table));
    list.push_back({{"id", run.id},
                    {"point", run.point},
                    {"figures", figures_data(run.figures)},
                    {"tables", std::move(tables)}});
  }
  return list;
}

}  // namespace

json page_data(const Page& page) {
  return {{"name", page.name},
          {"about", page.about},
          {"answer", answer_data(answer_of(page.table, page.claims))},
          {"claims", claims_data(page.claims)},
          {"figures", figures_data(page.figures)},
          {"table", table_data(page.table)},
          {"quantiles", t_quantiles(different_seeds(page.table))},
          {"runs", runs_data(page.runs)},
          {"provenance", page.provenance},
          {"commands", page.commands},
          {"config", page.config},
          {"config_path", page.config_path}};
}

}  // namespace lab
