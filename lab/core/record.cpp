#include "lab/core/record.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "lab/core/error.h"

namespace lab {

using nlohmann::json;

Score Score::of(double value) {
  if (!std::isfinite(value)) throw Failure("a score is not finite");
  return {true, value == 0 ? 0.0 : value, ""};
}

Score Score::absent(std::string reason) {
  return {false, 0, std::move(reason)};
}

void Record::add(const std::string& name, Score score) {
  if (!scores.emplace(name, std::move(score)).second) {
    throw std::logic_error("score " + name + " is given twice");
  }
}

void Record::add(const std::map<std::string, Score>& more) {
  for (const auto& [name, score] : more) add(name, score);
}

json to_json(const Record& record) {
  json scores = json::object();
  for (const auto& [name, score] : record.scores) {
    scores[name] = score.present ? json(score.value) : json{{"absent", score.reason}};
  }
  json tables = json::object();
  for (const auto& [name, table] : record.tables) {
    json rows = json::array();
    for (const auto& row : table.rows) {
      json cells = json::array();  // NaN, an empty cell, becomes null
      for (const double cell : row) cells.push_back(std::isfinite(cell) ? json(cell) : json());
      rows.push_back(std::move(cells));
    }
    tables[name] = {{"columns", table.columns}, {"rows", std::move(rows)}};
    if (!table.labels.empty()) tables[name]["labels"] = table.labels;
  }
  return {{"scores", std::move(scores)}, {"tables", std::move(tables)}};
}

Record record_from_json(const json& value) try {
  Record record;
  for (const auto& [name, score] : value.at("scores").items()) {
    record.add(name, score.is_number() ? Score::of(score.get<double>())
                                       : Score::absent(score.at("absent").get<std::string>()));
  }
  for (const auto& [name, stored] : value.at("tables").items()) {
    Table table;
    table.columns = stored.at("columns").get<std::vector<std::string>>();
    for (const json& cells : stored.at("rows")) {
      std::vector<double>& row = table.rows.emplace_back();
      for (const json& cell : cells) row.push_back(cell.is_null() ? NAN : cell.get<double>());
      if (row.size() != table.columns.size()) throw InputError("table " + name + ": ragged rows");
    }
    table.labels = stored.value("labels", std::vector<std::string>{});
    if (!table.labels.empty() && table.labels.size() != table.rows.size()) {
      throw InputError("table " + name + ": not one label a row");
    }
    record.tables.emplace(name, std::move(table));
  }
  return record;
} catch (const json::exception& error) {
  throw InputError(std::string("not a record: ") + error.what());
}

}  // namespace lab
