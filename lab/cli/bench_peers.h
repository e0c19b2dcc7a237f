// Programs of others that are measured beside ours.
#pragma once

#include <filesystem>
#include <string>
#include <vector>

namespace lab {

// Scripts that take --threads, --repeats, --steps, --patience and --only, and print a JSON object a line with
// "case" and "value".
class Peers {
 public:
  // Throws InputError where the folder lacks a script or Python lacks a package; one line that says what to
  // do.
  Peers(std::filesystem::path folder, std::string python, int threads,
        const std::vector<std::string>& scripts, const std::vector<std::string>& packages);

  // Runs one case of a script, `steps` steps a repeat (0: as many as the script likes), and gives its value.
  // Throws Failure when it does not end well, does not print the case, or prints a value that is not above 0;
  // after 300 s it is ended.
  double value(const std::string& script, const std::string& name, int repeats, int steps) const;

 private:
  std::filesystem::path folder_;
  std::string python_;
  int threads_;
};

}  // namespace lab
