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
std::string run_program(const std::vector<std::string>& command, const std::string& input);

}  // namespace lab
