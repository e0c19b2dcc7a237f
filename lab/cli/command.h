// The subcommands of `lab`, one file each.
#pragma once

#include <span>
#include <string>
#include <vector>

namespace lab {

using Arguments = std::vector<std::string>;

struct Command {
  const char* name;
  const char* usage;                       // what follows the name
  const char* help;                        // one line
  int (*run)(const Arguments& arguments);  // returns the exit code; throws InputError for bad usage
};

// Runs the command that the first argument names with those after it. Without one, prints the list of
// commands to stderr (exit code 2); "help" prints it. `program` is what stands before a command, `about`
// the list's first line. Throws InputError for an unknown command.
int dispatch(std::span<const Command> commands, const std::string& program,
             const std::string& about, const Arguments& arguments);

// Exit codes of the program.
constexpr int kOk = 0;
constexpr int kFailed = 1;      // some runs failed
constexpr int kWrongInput = 2;  // the command or a config is wrong; nothing was written
constexpr int kInterrupted =
    130;  // Ctrl-C; what was finished is kept, and the same command goes on

int command_run(const Arguments& arguments);
int command_status(const Arguments& arguments);
int command_table(const Arguments& arguments);
int command_report(const Arguments& arguments);
int command_figure(const Arguments& arguments);
int command_claims(const Arguments& arguments);
int command_show(const Arguments& arguments);
int command_describe(const Arguments& arguments);
int command_schema(const Arguments& arguments);
int command_check(const Arguments& arguments);
int command_circuit(const Arguments& arguments);
int command_sae(const Arguments& arguments);
int command_export(const Arguments& arguments);
int command_doctor(const Arguments& arguments);
int command_bench(const Arguments& arguments);

}  // namespace lab
