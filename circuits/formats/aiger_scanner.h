// The words of an AIGER file; for aiger_read.cpp.
#pragma once

#include <algorithm>
#include <charconv>
#include <cstdint>
#include <string>
#include <string_view>

#include "circuits/error.h"

namespace circuits::aiger {

using Literal = std::uint64_t;  // 2v: variable v, 2v + 1: its complement; v = 0 is the constant

// Reads from the front; every error says where it is.
class Scanner {
 public:
  explicit Scanner(std::string_view bytes) : bytes_(bytes) {}

  std::size_t left() const { return bytes_.size() - at_; }
  std::size_t line() const { return line_; }

  [[noreturn]] void refuse(const std::string& reason) const {
    throw Error((binary_ ? "byte " + std::to_string(at_) : "line " + std::to_string(line_)) + ": " +
                reason);
  }

  bool take(char c) {
    if (left() == 0 || bytes_[at_] != c) return false;
    ++at_;
    if (c == '\n') ++line_;
    return true;
  }
  bool next_is(char c) const { return left() > 0 && bytes_[at_] == c; }
  void expect(char c, const char* what) {
    if (!take(c))
      refuse(std::string("expected ") + what + (left() == 0 ? ", but the file ends" : ""));
  }

  // A number without sign and leading zeros, at most `most`.
  Literal number(const std::string& what, Literal most) {
    std::size_t digits = 0;
    while (digits < left() && bytes_[at_ + digits] >= '0' && bytes_[at_ + digits] <= '9') ++digits;
    if (digits == 0) refuse("expected " + what + ", a number");
    if (digits > 1 && bytes_[at_] == '0') refuse(what + " has a leading zero");
    Literal value = 0;
    const char* begin = bytes_.data() + at_;
    const auto [end, status] = std::from_chars(begin, begin + digits, value);
    if (status != std::errc() || value > most) {
      refuse(what + " " + std::string(begin, std::min<std::size_t>(digits, 30)) + " is beyond " +
             std::to_string(most));
    }
    at_ += digits;
    return value;
  }

  void begin_binary() { binary_ = true; }
  void end_binary() { binary_ = false; }

  // Groups of 7 bits, the lowest first; the highest bit of a byte says that another one follows.
  Literal delta() {
    Literal value = 0;
    for (unsigned shift = 0; shift <= 28; shift += 7) {
      if (left() == 0) refuse("the file ends inside an AND");
      const auto byte = static_cast<unsigned char>(bytes_[at_]);
      if (shift == 28 && byte > 0x0f) refuse("a difference of more than 32 bits");
      if (shift > 0 && byte == 0) refuse("a difference is written with a redundant zero byte");
      ++at_;
      value |= static_cast<Literal>(byte & 0x7f) << shift;
      if (byte < 0x80) return value;
    }
    refuse("a difference of more than 32 bits");
  }

  std::string rest_of_line(const std::string& what) {
    const std::size_t end = bytes_.find('\n', at_);
    if (end == std::string_view::npos) refuse("the file ends inside " + what);
    std::string text(bytes_.substr(at_, end - at_));
    at_ = end + 1;
    ++line_;
    return text;
  }
  std::string rest() {
    std::string text(bytes_.substr(at_));
    at_ = bytes_.size();
    return text;
  }

 private:
  std::string_view bytes_;
  std::size_t at_ = 0;
  std::size_t line_ = 1;
  bool binary_ = false;
};

}  // namespace circuits::aiger
