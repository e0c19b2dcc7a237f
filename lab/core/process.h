// Other programs.
#pragma once

#include <string>
#include <vector>

#include "lab/core/error.h"

namespace lab {

// A program is missing or may not be started.
struct NotStarted : Failure {
  using Failure::Failure;
};

// Runs a program to its end with `input` on its standard input; gives what it writes to its standard
// output. command[0] is found on the PATH. Throws NotStarted when it cannot be started, and Failure
// with the last line of its standard error (or a word about its silence) when it does not exit with 0.
// After `seconds` (0: no limit), or when the token of this thread's StopScope is raised, it is killed with its process
// group; then Failure or Stopped is thrown.
std::string run_program(const std::vector<std::string>& command, const std::string& input,
                        double seconds = 0);

}  // namespace lab
