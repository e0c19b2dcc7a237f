#pragma once

#include <stdexcept>

namespace circuits {

// What was asked for is no circuit, no truth table, or cannot be sampled. The message is one line
// that says what is wrong and where.
struct Error : std::runtime_error {
  using std::runtime_error::runtime_error;
};

}  // namespace circuits
