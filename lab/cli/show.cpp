#include <iostream>
#include <nlohmann/json.hpp>
#include <set>

#include "experiments/picture_circuit.h"
#include "lab/cli/options.h"
#include "lab/cli/run_circuit.h"
#include "lab/core/error.h"
#include "lab/report/circuit.h"

namespace lab {
namespace {

namespace fs = std::filesystem;

// All run files below `folder` (one sweep's results) whose id begins with `prefix`.
std::vector<fs::path> matches(const fs::path& folder, const std::string& prefix) {
  std::vector<fs::path> found;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(folder / "store" / "runs", absent)) {
    const std::string id = entry.path().stem().string();
    if (entry.path().extension() == ".json" && id.starts_with(prefix)) {
      found.push_back(folder / id);
      if (id == prefix) break;
    }
  }
  return found;
}

void print_record(const Record& record) {
  std::cout << "scores\n";
  for (const auto& [name, score] : record.scores) {
    std::string left = "  " + name;
    left.resize(std::max<std::size_t>(left.size() + 2, 36), ' ');
    if (score.present) {
      std::cout << left << score.value << "\n";
    } else {
      std::cout << left << "(" << score.reason << ")\n";
    }
  }
  for (const auto& [name, table] : record.tables) {
    std::cout << "table " << name << ": " << table.rows.size() << " rows of";
    for (const std::string& column : table.columns) std::cout << " " << column;
    std::cout << "\n";
  }
}

void print_circuit(const CircuitRun& run) {
  std::cout << circuit_text(circuit_of(run.picture), run.record, run.threshold)
            << matrix_text(run.record, tap_names(run.picture));
}

// The run with its circuit, drawn into the files that were asked for; nothing where it has no circuit.
std::optional<CircuitRun> circuit_in(const options::variables_map& map, CircuitRun run) {
  const double threshold = run.threshold;
  if (!(threshold >= 0 && threshold <= 1)) throw InputError("--threshold: must be from 0 to 1");
  const bool asked = map.count("svg") > 0 || map.count("html") > 0;
  std::optional<Record> picture;
  try {
    picture = circuit_of_run(run.key);
  } catch (const InputError&) {  // the circuit's file is not there any more
    if (asked) throw;
  }
  if (!picture.has_value()) {
    if (asked) {
      throw InputError(
          "run " + run.id +
          " has no circuit that can be drawn: its world has none, or one of more than " +
          std::to_string(most_circuit_nodes) +
          " nodes, or another version of the laboratory made it");
    }
    return std::nullopt;
  }
  run.picture = std::move(*picture);
  if (map.count("svg") > 0) draw_circuit(run, map["svg"].as<std::string>());
  if (map.count("html") > 0) write_circuit_page(run, map["html"].as<std::string>());
  return run;
}

}  // namespace

int command_show(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("run", options::value<std::string>()->required(),
                          "a run's id or its first digits")(
      "out", options::value<std::string>(), "folder of the results (default: all of results/)")(
      "json", options::bool_switch(), "the whole file: key, record with tables, provenance");
  described.add_options()("threshold", options::value<double>()->default_value(usual_threshold),
                          "least |φ| at which a gate of the circuit counts as found")(
      "svg", options::value<std::string>(),
      "draw the circuit and the matrix of gates and units into this file (.svg, .png or .pdf)")(
      "html", options::value<std::string>(), "the same as a page, with all scores and tables");
  const auto map = parse_options(arguments, "show RUN [options]", described, {"run"});
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
  // The same run may lie in several sweeps: equal ids are equal runs.
  std::set<std::string> ids;
  for (const fs::path& path : found) ids.insert(path.filename().string());
  if (ids.size() != 1) {
    throw InputError(
        ids.empty()
            ? "no run begins with \"" + prefix + "\"; `lab table CONFIG --format json` lists ids"
            : std::to_string(ids.size()) + " runs begin with \"" + prefix + "\"; give more digits");
  }
  const Store store{found[0].parent_path() / "store"};
  const auto run = read_run_json(store, *ids.begin());
  const RunResult result = read_run(store, *ids.begin());
  if (!run.has_value() || result.status == Status::missing) {
    throw InputError("the file of run " + *ids.begin() + " in " + store.root.string() +
                     " is damaged; run the sweep again");
  }
  if (map["json"].as<bool>()) {
    std::cout << run->dump(1) << "\n";
    return kOk;
  }
  const json key = json::parse(run->at("key").get<std::string>());
  const std::optional<CircuitRun> circuit =
      circuit_in(map, {*ids.begin(), store, key, result.record, {}, map["threshold"].as<double>()});
  std::cout << "run " << *ids.begin() << " of " << found[0].parent_path().string() << ": "
            << status_name(result.status) << "\n";
  if (result.status == Status::done) print_record(result.record);
  if (circuit.has_value()) print_circuit(*circuit);
  if (result.status == Status::failed) {
    std::cout << "failed: " << result.failure.name << " " << result.failure.id << ": "
              << result.failure.message << "\n";
  }
  std::cout << "key\n"
            << key.dump(1) << "\nprovenance\n"
            << run->value("provenance", json()).dump(1) << "\n";
  return kOk;
}

}  // namespace lab
