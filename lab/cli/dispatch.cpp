#include <algorithm>
#include <iostream>

#include "lab/cli/command.h"
#include "lab/core/config.h"

namespace lab {
namespace {

void print_commands(std::ostream& out, std::span<const Command> commands,
                    const std::string& program, const std::string& about) {
  out << about << "\n\n";
  for (const Command& command : commands) {
    std::string left = program + " " + command.name + " " + command.usage;
    left.resize(std::max<std::size_t>(left.size() + 2, 46), ' ');
    out << "  " << left << command.help << "\n";
  }
  out << "\n" << program << " COMMAND --help lists a command's options.\n";
}

}  // namespace

int dispatch(std::span<const Command> commands, const std::string& program,
             const std::string& about, const Arguments& arguments) {
  if (arguments.empty()) {
    print_commands(std::cerr, commands, program, about);
    return kWrongInput;
  }
  const std::string& name = arguments[0];
  if (name == "help" || name == "--help" || name == "-h") {
    print_commands(std::cout, commands, program, about);
    return kOk;
  }
  std::vector<std::string> known;
  for (const Command& command : commands) {
    if (name == command.name) return command.run({arguments.begin() + 1, arguments.end()});
    known.emplace_back(command.name);
  }
  throw InputError("unknown command \"" + name + "\"" + suggestion(name, known));
}

}  // namespace lab
