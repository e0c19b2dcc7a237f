// Texts of lines and words: what the readers of BLIF and PLA have in common.
#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "circuits/error.h"

namespace circuits {

struct TextLine {
  std::size_t number = 0;  // of its first line, from 1
  std::vector<std::string_view> words;
};

enum class Continuation { None, Backslash };

// Goes through the lines of `text` that have words. Words are separated by spaces, tabs and carriage
// returns; a comment runs from the character `comment` to the end of the line. With Backslash, a "\"
// at the end of a line, comment apart, joins the next line to it as if by a space.
class Lines {
 public:
  Lines(std::string_view text, char comment, Continuation continuation)
      : text_(text), comment_(comment), continuation_(continuation) {}

  bool next(TextLine& line);  // false at the end

 private:
  std::string_view text_;  // what is left
  char comment_;
  Continuation continuation_;
  std::size_t number_ = 0;
};

// Throw Error "line <number>: <reason>".
[[noreturn]] void refuse(std::size_t line, const std::string& reason);
[[noreturn]] inline void refuse(const TextLine& line, const std::string& reason) {
  refuse(line.number, reason);
}

// In quotes, shortened, without control characters: fit for a message of one line.
std::string quoted(std::string_view text);

}  // namespace circuits
