#include <exception>
#include <iostream>
#include <stdexcept>

#include "lab/cli/command.h"
#include "lab/core/config.h"

namespace {

constexpr lab::Command kCommands[] = {
    {"run", "CONFIG [options]", "run what is not done yet of a sweep", lab::command_run},
    {"status", "CONFIG [--out DIR]", "what is done, failed and missing", lab::command_status},
    {"table", "CONFIG [--format md|text|csv|json]", "the scored table of a sweep",
     lab::command_table},
    {"report", "CONFIG [--out DIR]", "report.html, table.csv, claims.json, figures/ of a sweep",
     lab::command_report},
    {"figure", "CONFIG [NAME] [--format svg|png|pdf]", "draws the figures of a sweep, or one",
     lab::command_figure},
    {"claims", "CONFIG [--strict]", "the verdicts on what a sweep claims", lab::command_claims},
    {"show", "RUN [--out DIR]", "one run: scores, tables, key, provenance", lab::command_show},
    {"check", "CONFIG…", "whether configs are right, without running them", lab::command_check},
    {"describe", "[ROOM[/KIND]]", "kinds and their fields: default, range, meaning",
     lab::command_describe},
    {"schema", "", "the JSON Schema of configs, for editors", lab::command_schema},
    {"doctor", "", "what this build and machine have", lab::command_doctor},
    {"bench", "[--quick]", "speed of this build on this machine", lab::command_bench},
};

void print_help(std::ostream& out) {
  out << "lab: a toy-model laboratory with ground truth\n\n";
  for (const lab::Command& command : kCommands) {
    std::string left = std::string("lab ") + command.name + " " + command.usage;
    left.resize(std::max<std::size_t>(left.size() + 2, 46), ' ');
    out << "  " << left << command.help << "\n";
  }
  out << "\nlab COMMAND --help lists a command's options.\n";
}

int dispatch(int count, char** words) {
  if (count < 2) {
    print_help(std::cerr);
    return lab::kWrongInput;
  }
  const std::string name = words[1];
  if (name == "help" || name == "--help" || name == "-h") {
    print_help(std::cout);
    return lab::kOk;
  }
  std::vector<std::string> known;
  for (const lab::Command& command : kCommands) {
    if (name == command.name) return command.run({words + 2, words + count});
    known.emplace_back(command.name);
  }
  throw lab::InputError("unknown command \"" + name + "\"" + lab::suggestion(name, known));
}

}  // namespace

int main(int count, char** words) {
  try {
    const int code = dispatch(count, words);
    if (!std::cout.flush()) throw std::runtime_error("the output could not be written");
    return code;
  } catch (const lab::InputError& error) {
    std::cerr << "lab: " << lab::one_line(error.what()) << "\n";
    return lab::kWrongInput;
  } catch (const lab::Stopped&) {
    return lab::kInterrupted;
  } catch (const std::exception& error) {
    std::cerr << "lab: " << lab::one_line(error.what()) << "\n";
    return lab::kFailed;
  }
}
