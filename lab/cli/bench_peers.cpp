#include "lab/cli/bench_peers.h"

#include <nlohmann/json.hpp>
#include <sstream>
#include <utility>

#include "lab/core/error.h"
#include "lab/core/process.h"

namespace lab {
namespace {

constexpr double kImportSeconds = 120, kCaseSeconds = 300;

std::string joined(const std::vector<std::string>& words) {
  std::string all;
  for (const std::string& word : words) all += (all.empty() ? "" : ", ") + word;
  return all;
}

}  // namespace

Peers::Peers(std::filesystem::path folder, std::string python, int threads,
             const std::vector<std::string>& scripts, const std::vector<std::string>& packages)
    : folder_(std::move(folder)), python_(std::move(python)), threads_(threads) {
  for (const std::string& script : scripts) {
    if (!std::filesystem::exists(folder_ / script)) {
      throw InputError("--peers: " + folder_.string() + " has no " + script +
                       "; name the folder that holds " + joined(scripts));
    }
  }
  try {
    run_program({python_, "-c", "import " + joined(packages)}, "", kImportSeconds);
  } catch (const NotStarted& error) {
    throw InputError(std::string("--python: ") + error.what() + "; name a Python that has " +
                     joined(packages));
  } catch (const Failure& error) {
    throw InputError("--python: " + python_ + " cannot import " + joined(packages) + " (" +
                     error.what() + "); " + python_ + " -m pip install -r " +
                     (folder_ / "requirements.txt").string());
  }
}

double Peers::value(const std::string& script, const std::string& name, int repeats,
                    int steps) const {
  std::vector<std::string> command{python_,      (folder_ / script).string(),
                                   "--threads",  std::to_string(threads_),
                                   "--repeats",  std::to_string(repeats),
                                   "--patience", "0",
                                   "--only",     name};
  if (steps > 0) command.insert(command.end(), {"--steps", std::to_string(steps)});
  std::istringstream lines(run_program(command, "", kCaseSeconds));
  for (std::string text; std::getline(lines, text);) {
    const auto found = nlohmann::json::parse(text, nullptr, /*allow_exceptions=*/false);
    if (!found.is_object() || !found.contains("case") || found["case"] != name) continue;
    if (!found.contains("value") || !found["value"].is_number()) continue;
    const double value = found["value"];
    if (value > 0) return value;
    throw Failure(script + " printed a value of the case '" + name + "' that is not above 0");
  }
  throw Failure(script + " printed no value of the case '" + name + "'");
}

}  // namespace lab
