// What a run leaves behind: numbers by name, and small tables.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

namespace lab {

// One score: a finite number, or absent with the reason why it does not apply. Never NaN.
struct Score {
  bool present = false;
  double value = 0;    // finite when present
  std::string reason;  // why it is absent; empty when present

  static Score of(double value);  // throws Failure when `value` is not finite
  static Score absent(std::string reason);
};

// A table of numbers, one row a latent, a feature, a training step …; NaN stands for an empty cell.
struct Table {
  std::vector<std::string> columns;
  std::vector<std::vector<double>> rows;  // each as long as `columns`
  std::vector<std::string> labels;        // what each row is about ("monday"); empty, or one a row
};

struct Record {
  std::map<std::string, Score> scores;
  std::map<std::string, Table> tables;

  void add(const std::string& name, Score score);  // throws std::logic_error when it exists
  void add(const std::map<std::string, Score>& more);
};

nlohmann::json to_json(const Record& record);
// Throws InputError when `value` is no record.
Record record_from_json(const nlohmann::json& value);

}  // namespace lab
