#include "lab/report/table.h"

#include <iostream>
#include <nlohmann/json.hpp>

#include "lab/cli/options.h"
#include "lab/core/error.h"

namespace lab {
namespace {

// Scores without what chance gives for them, which would triple the columns; --scores '*' shows all.
ScoreTable without_nulls(const ScoreTable& table) {
  std::vector<std::string> plain;
  for (const std::string& name : table.scores) {
    if (!is_null_score(name)) plain.push_back(name);
  }
  return with_scores(table, plain);
}

}  // namespace

int command_table(const Arguments& arguments) {
  options::options_description described("options");
  add_sweep_options(described);
  described.add_options()("format", options::value<std::string>()->default_value("text"),
                          "text or md: means over seeds; csv or json: every run")(
      "scores", options::value<std::vector<std::string>>()->multitoken(),
      "only these scores, in this order; a name may end in *, and * alone shows nulls, too")(
      "only", options::value<std::vector<std::string>>()->default_value({}, "all"),
      "path=value: only these runs; may be repeated");
  const auto map = parse_options(arguments, "table CONFIG [options]", described, {"config"});
  if (map.count("help") > 0) return kOk;
  const std::string format = map["format"].as<std::string>();
  OpenSweep open = open_sweep(map);
  open.plan = select(open.plan, map["only"].as<std::vector<std::string>>(), {});
  ScoreTable table = score_table(open.plan, open.store);
  const bool for_people = format == "text" || format == "md";
  if (map.count("scores") > 0) {
    table = with_scores(table, map["scores"].as<std::vector<std::string>>());
  } else if (for_people) {
    table = without_nulls(table);
  }
  if (format == "csv") {
    std::cout << csv(table);
  } else if (format == "json") {
    std::cout << table_json(table).dump(1) << "\n";
  } else if (for_people) {
    std::cout << grouped_text(table, format == "md" ? Layout::markdown : Layout::aligned);
  } else {
    throw InputError("--format: unknown word \"" + format + "\"; known: text, md, csv, json");
  }
  return kOk;
}

}  // namespace lab
