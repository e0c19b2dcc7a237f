#include "circuits/formats/lines.h"

#include <algorithm>

namespace circuits {

bool Lines::next(TextLine& line) {
  constexpr std::string_view kBlank = " \t\r";
  line.words.clear();
  bool joined = false;
  while (!text_.empty() && (joined || line.words.empty())) {
    const std::size_t end = std::min(text_.find('\n'), text_.size());
    std::string_view rest = text_.substr(0, end);
    text_.remove_prefix(std::min(end + 1, text_.size()));
    ++number_;
    if (line.words.empty()) line.number = number_;
    const std::size_t comment = rest.find(comment_);
    rest = rest.substr(0, comment);
    rest.remove_suffix(rest.size() - (rest.find_last_not_of(kBlank) + 1));
    joined = continuation_ == Continuation::Backslash && comment == std::string_view::npos &&
             rest.ends_with('\\');
    if (joined) rest.remove_suffix(1);
    while (true) {
      rest.remove_prefix(std::min(rest.find_first_not_of(kBlank), rest.size()));
      if (rest.empty()) break;
      const std::size_t length = std::min(rest.find_first_of(kBlank), rest.size());
      line.words.push_back(rest.substr(0, length));
      rest.remove_prefix(length);
    }
  }
  return !line.words.empty();
}

void refuse(std::size_t line, const std::string& reason) {
  throw Error("line " + std::to_string(line) + ": " + reason);
}

std::string quoted(std::string_view text) {
  constexpr std::size_t kShown = 60;
  std::string shown(text.substr(0, kShown));
  for (char& byte : shown) {
    const auto code = static_cast<unsigned char>(byte);
    if (code < 0x20 || code == 0x7f) byte = '?';
  }
  return "\"" + shown + (text.size() > kShown ? "…\"" : "\"");
}

}  // namespace circuits
