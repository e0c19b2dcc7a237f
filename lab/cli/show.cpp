#include <iostream>
#include <nlohmann/json.hpp>

#include "lab/cli/options.h"
#include "lab/core/error.h"

namespace lab {
namespace {

namespace fs = std::filesystem;

// All run files below `folder` (one sweep's results) whose id begins with `prefix`.
std::vector<fs::path> matches(const fs::path& folder, const std::string& prefix) {
  std::vector<fs::path> found;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(folder / "store" / "runs", absent)) {
    const std::string id = entry.path().stem().string();
    if (entry.path().extension() == ".json" && id.starts_with(prefix)) found.push_back(folder / id);
  }
  return found;
}

void print_record(const json& record) {
  std::cout << "scores\n";
  for (const auto& [name, score] : record.at("scores").items()) {
    std::string left = "  " + name;
    left.resize(std::max<std::size_t>(left.size() + 2, 36), ' ');
    if (score.is_number()) {
      std::cout << left << score.get<double>() << "\n";
    } else {
      std::cout << left << "(" << score.at("absent").get<std::string>() << ")\n";
    }
  }
  for (const auto& [name, table] : record.at("tables").items()) {
    std::cout << "table " << name << ": " << table.at("rows").size() << " rows of";
    for (const auto& column : table.at("columns")) std::cout << " " << column.get<std::string>();
    std::cout << "\n";
  }
}

}  // namespace

int command_show(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("run", options::value<std::string>()->required(),
                          "a run's id or its first digits")(
      "out", options::value<std::string>(), "folder of the results (default: all of results/)")(
      "json", options::bool_switch(), "the whole file: key, record with tables, provenance");
  const auto map = parse_options(arguments, "show RUN [--out DIR] [--json]", described, {"run"});
  if (map.count("help") > 0) return kOk;
  const std::string prefix = map["run"].as<std::string>();

  std::vector<fs::path> found;
  if (map.count("out") > 0) {
    found = matches(map["out"].as<std::string>(), prefix);
  } else {
    std::error_code absent;
    for (const auto& folder : fs::directory_iterator("results", absent)) {
      for (fs::path& path : matches(folder.path(), prefix)) found.push_back(std::move(path));
    }
  }
  if (found.size() != 1) {
    throw InputError(found.empty() ? "no run begins with \"" + prefix +
                                         "\"; `lab table CONFIG --format json` lists ids"
                                   : std::to_string(found.size()) + " runs begin with \"" + prefix +
                                         "\"; give more digits");
  }
  const Store store{found[0].parent_path() / "store"};
  const auto run = read_run_json(store, found[0].filename().string());
  if (!run.has_value())
    throw InputError("the file of run " + found[0].string() + " is damaged; run the sweep again");
  if (map["json"].as<bool>()) {
    std::cout << run->dump(1) << "\n";
    return kOk;
  }
  std::cout << "run " << found[0].filename().string() << " of " << found[0].parent_path().string()
            << ": " << run->at("status").get<std::string>() << "\n";
  if (run->contains("record")) print_record(run->at("record"));
  if (run->contains("failed")) std::cout << "failed " << run->at("failed").dump() << "\n";
  std::cout << "key\n"
            << run->at("key").dump(1) << "\nprovenance\n"
            << run->at("provenance").dump(1) << "\n";
  return kOk;
}

}  // namespace lab
