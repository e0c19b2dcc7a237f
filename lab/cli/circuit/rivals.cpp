#include "circuits/rewriting/rivals.h"

#include <cstdio>
#include <filesystem>
#include <iostream>

#include "circuits/formats/files.h"
#include "lab/cli/aligned.h"
#include "lab/cli/circuit/verbs.h"
#include "lab/cli/options.h"
#include "lab/core/error.h"
#include "lab/core/rng.h"

namespace lab {
namespace {

namespace fs = std::filesystem;

std::string share_text(const std::optional<double>& share) {
  char text[32];
  std::snprintf(text, sizeof text, "%.2f", share.value_or(0));
  return share ? text : "";
}

circuits::RivalOptions options_of(const options::variables_map& map) {
  const auto positive = [&](const char* name) {
    const auto value = map[name].as<std::int64_t>();
    if (value < 1) throw InputError(std::string("--") + name + ": must be at least 1");
    return static_cast<std::size_t>(value);
  };
  circuits::RivalOptions options;
  options.count = positive("count");
  options.steps = positive("steps");
  options.attempts = positive("attempts");
  if (map.count("most-gates") > 0) options.most_gates = positive("most-gates");
  options.most_shared = map["most-shared"].as<double>();
  return options;
}

std::string file_of(std::size_t rival) {
  char name[32];
  std::snprintf(name, sizeof name, "rival%04zu.json", rival);
  return name;
}

void print(const circuits::Rivals& found) {
  std::vector<std::vector<std::string>> rows{
      {"rival", "gates", "depth", "shared", "from", "steps", "proof"}};
  for (std::size_t i = 0; i < found.rivals.size(); ++i) {
    const circuits::Rival& rival = found.rivals[i];
    rows.push_back({std::to_string(i), std::to_string(rival.gates), std::to_string(rival.depth),
                    share_text(rival.shared), rival.start, std::to_string(rival.steps.size()),
                    rival.proof});
  }
  std::cout << aligned(rows) << found.rivals.size() << " rivals of " << found.attempts
            << " attempts; refused: " << found.wrong_size << " by size, " << found.known_structure
            << " known structures, " << found.too_similar << " too similar, " << found.not_proven
            << " not proven\n";
}

}  // namespace

int circuit_rivals(const Arguments& arguments) {
  const circuits::RivalOptions defaults;
  const auto number = [](std::size_t value) {
    return options::value<std::int64_t>()->default_value(static_cast<std::int64_t>(value));
  };
  options::options_description described("options");
  described.add_options()("file", options::value<std::string>()->required(), "the circuit's file")(
      "count", number(defaults.count), "how many rivals")(
      "steps", number(defaults.steps), "random equivalent rewritings of an attempt")(
      "attempts", number(defaults.attempts), "attempts to make at most")(
      "most-gates", options::value<std::int64_t>(),
      "largest number of gates (default: twice the circuit's, and 8)")(
      "most-shared", options::value<double>()->default_value(defaults.most_shared),
      "largest share of a rival's inner functions that the circuit computes too")(
      "seed", options::value<std::int64_t>()->default_value(0), "equal seeds give equal rivals")(
      "out", options::value<std::string>(), "a folder for the rivals, one .json each");
  const auto map =
      parse_options(arguments, "circuit rivals FILE [--count N] [options]", described, {"file"});
  if (map.count("help") > 0) return kOk;
  const circuits::RivalOptions how = options_of(map);
  const circuits::Circuit circuit = circuits::read_circuit(map["file"].as<std::string>());
  const fs::path folder = map.count("out") > 0 ? map["out"].as<std::string>() : "";
  if (!folder.empty()) {
    std::error_code failed;
    fs::create_directories(folder, failed);
    if (failed) throw InputError("--out: " + folder.string() + ": " + failed.message());
  }
  Words drawn = Draw("circuit/rivals", map["seed"].as<std::int64_t>()).at(0);
  const circuits::Rivals found = circuits::find_rivals(circuit, how, [&drawn] { return drawn(); });
  print(found);
  if (folder.empty()) return kOk;
  for (std::size_t i = 0; i < found.rivals.size(); ++i) {
    circuits::write_circuit(folder / file_of(i), found.rivals[i].circuit);
  }
  return kOk;
}

}  // namespace lab
