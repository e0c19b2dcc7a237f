// The two ways in which work ends early, told apart by who can mend it.
#pragma once

#include <stdexcept>
#include <string>

namespace lab {

// A text as one line: control characters, which users may have written, are shown as '?'.
inline std::string one_line(std::string text) {
  for (char& c : text) {
    const auto code = static_cast<unsigned char>(c);
    if (code < 0x20 || code == 0x7f) c = '?';
  }
  return text;
}

// Somebody's input is wrong: a config, an option, a file. The message is one line that says what,
// where and what to do; the program prints it and exits with code 2.
struct InputError : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// A computation could not be finished: NaN in a loss, too few samples, a singular matrix. Inside a
// stage it is recorded as that stage's failure and the sweep goes on.
struct Failure : std::runtime_error {
  using std::runtime_error::runtime_error;
};

// The user asked to stop (Ctrl-C). Nothing is recorded; what was finished is kept.
struct Stopped : std::runtime_error {
  Stopped() : std::runtime_error("stopped") {}
};

}  // namespace lab
