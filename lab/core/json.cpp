#include "lab/core/json.h"

#include <algorithm>
#include <cmath>
#include <nlohmann/json.hpp>
#include <utility>
#include <vector>

#include "lab/core/error.h"

namespace lab {
namespace {

constexpr std::size_t kMaxDepth = 64;

// Builds a json value from parse events and refuses what nlohmann's own parser would let pass:
// duplicate keys (the last would win) and deep nesting.
class StrictBuilder {
 public:
  explicit StrictBuilder(std::string_view text) : text_(text) {}

  bool null() { return put(nullptr); }
  bool boolean(bool value) { return put(value); }
  bool number_integer(std::int64_t value) { return put(value); }
  bool number_unsigned(std::uint64_t value) { return put(value); }
  bool number_float(double value, const std::string&) { return put(value); }
  bool string(std::string& value) { return put(value); }
  bool binary(json::binary_t&) { return false; }
  bool start_object(std::size_t) { return open(json::object()); }
  bool start_array(std::size_t) { return open(json::array()); }
  bool end_object() { return close(); }
  bool end_array() { return close(); }

  bool key(std::string& key) {
    json& object = *stack_.back();
    keys_.back() = key;
    if (object.contains(key)) {
      problem_ = path() + ": this key stands twice in one object; remove one";
      return false;
    }
    slot_ = &object[key];
    return true;
  }

  bool parse_error(std::size_t position, const std::string&, const json::exception& error) {
    problem_ = error.what();
    position_ = position;
    return false;
  }

  json take() { return std::move(root_); }
  const std::string& problem() const { return problem_; }

  // "line:column" of the place where parsing failed, or "" when it is not known.
  std::string place() const {
    if (position_ == 0) return "";
    const std::string_view before = text_.substr(0, std::min(position_ - 1, text_.size()));
    const auto line = 1 + std::count(before.begin(), before.end(), '\n');
    const std::size_t start = before.rfind('\n');
    const std::size_t column =
        before.size() - (start == std::string_view::npos ? 0 : start + 1) + 1;
    return std::to_string(line) + ":" + std::to_string(column);
  }

 private:
  json* put(json value) {    // returns where it was put: never null, so true as an event's answer
    if (slot_ != nullptr) {  // the value of an object's key
      *slot_ = std::move(value);
      return std::exchange(slot_, nullptr);
    }
    if (stack_.empty()) {
      root_ = std::move(value);
      return &root_;
    }
    stack_.back()->push_back(std::move(value));
    return &stack_.back()->back();
  }

  bool open(json container) {
    if (stack_.size() == kMaxDepth) {
      problem_ = "nested deeper than " + std::to_string(kMaxDepth) + " levels";
      return false;
    }
    stack_.push_back(put(std::move(container)));
    keys_.emplace_back();
    return true;
  }

  bool close() {
    stack_.pop_back();
    keys_.pop_back();
    return true;
  }

  // Where the parser stands, as in "base.axes[2].k".
  std::string path() const {
    std::string text;
    for (std::size_t i = 0; i < stack_.size(); ++i) {
      if (stack_[i]->is_array()) {
        text += "[" + std::to_string(stack_[i]->size() - 1) + "]";
      } else {
        text += (text.empty() ? "" : ".") + keys_[i];
      }
    }
    return text;
  }

  std::string_view text_;
  json root_;
  std::vector<json*> stack_;  // open containers; a parent does not grow while its child is open
  std::vector<std::string> keys_;  // the key that each open object is at
  json* slot_ = nullptr;
  std::string problem_;
  std::size_t position_ = 0;
};

// nlohmann's "[json.exception.parse_error.101] parse error at line 1, column 2: syntax error …"
// without the parts that say nothing to a user.
std::string short_reason(const std::string& message) {
  std::size_t start = message.find("] ");
  start = start == std::string::npos ? 0 : start + 2;
  if (message.compare(start, 14, "parse error at") == 0) {
    const std::size_t colon = message.find(": ", start);
    if (colon != std::string::npos) start = colon + 2;
  }
  std::string reason = message.substr(start, 200);
  std::replace_if(
      reason.begin(), reason.end(), [](unsigned char c) { return c < 0x20 || c >= 0x7f; }, '?');
  return reason;
}

}  // namespace

json parse_json(std::string_view text, const std::string& origin) {
  // The parser would take a NUL for the end of the text, and leave what follows unread.
  if (text.find('\0') != std::string_view::npos) throw InputError(origin + ": holds a NUL byte");
  StrictBuilder builder(text);
  if (json::sax_parse(text.begin(), text.end(), &builder)) return builder.take();
  const std::string place = builder.place();
  throw InputError(origin + (place.empty() ? "" : ":" + place) + ": " +
                   short_reason(builder.problem()));
}

std::string canonical(const json& value) {
  const auto negative_zero = [](const json& x) {
    return x.is_number_float() && x.get<double>() == 0 && std::signbit(x.get<double>());
  };
  if (negative_zero(value)) return "0.0";
  if (!value.is_structured()) return value.dump();
  json copy = value;
  std::vector<json*> open{&copy};
  while (!open.empty()) {
    json& container = *open.back();
    open.pop_back();
    for (json& child : container) {
      if (negative_zero(child)) child = 0.0;
      if (child.is_structured()) open.push_back(&child);
    }
  }
  return copy.dump();
}

}  // namespace lab
