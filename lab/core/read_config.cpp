// Reading config structs strictly: whatever is not understood is an error.
#include <algorithm>
#include <cmath>
#include <numeric>

#include "lab/core/config.h"

namespace lab {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

std::string short_text(const json& value) {
  std::string text = value.dump(-1, ' ', true);
  if (text.size() > 60) text = text.substr(0, 57) + "...";
  return text;
}

// Reads one JSON object into one config struct.
class Reader : public Fields {
 public:
  Reader(const json& object, std::string path) : object_(&object), path_(std::move(path)) {}

  void require(bool holds, const char* name, const char* message) override {
    if (!holds && !broken_.has_value()) broken_ = {below(name), message};
  }

  // After all fields were listed. A misspelt key is reported before what follows from its absence.
  void finish() const {
    for (const auto& [key, value] : object_->items()) {
      if (std::find(known_.begin(), known_.end(), key) == known_.end()) {
        throw ConfigError(below(key), "unknown key" + suggestion(key, known_));
      }
    }
    if (broken_.has_value()) throw ConfigError(broken_->first, broken_->second);
    if (missing_.has_value()) throw ConfigError(*missing_, "is missing; it has no default");
  }

 protected:
  void begin(const Field& field) override {
    known_.emplace_back(field.name);
    check_ = field.check;
    here_ = below(field.name);
    const auto found = object_->find(field.name);
    value_ = found == object_->end() ? nullptr : &*found;
    if (value_ == nullptr && check_->required && !missing_.has_value()) missing_ = here_;
  }

  void value(bool& member) override {
    if (value_ == nullptr) return;
    if (!value_->is_boolean()) wrong_type("true or false");
    member = value_->get<bool>();
  }

  void value(std::int64_t& member) override {
    if (value_ == nullptr) return;
    if (!value_->is_number()) wrong_type("an integer");
    if (value_->is_number_float()) {  // 1.0 is 1
      const double number = value_->get<double>();
      if (number != std::floor(number)) wrong_type("an integer");
      if (std::abs(number) > 9007199254740992.0)
        fail("is too large for an integer: " + short_text(*value_));
      member = static_cast<std::int64_t>(number);
    } else {
      if (value_->is_number_unsigned() && value_->get<std::uint64_t>() > std::uint64_t{INT64_MAX}) {
        fail("is too large for an integer: " + short_text(*value_));
      }
      member = value_->get<std::int64_t>();
    }
    check_range(static_cast<double>(member));
  }

  void value(double& member) override {
    if (value_ == nullptr) return;
    if (!value_->is_number()) wrong_type("a number");
    member = value_->get<double>() + 0.0;  // -0.0 becomes 0.0
    check_range(member);
  }

  void value(std::string& member) override {
    if (value_ == nullptr) return;
    if (!value_->is_string()) wrong_type("a text");
    member = value_->get<std::string>();
    const std::vector<std::string>& words = check_->one_of;
    if (!words.empty() && std::find(words.begin(), words.end(), member) == words.end()) {
      fail("unknown word " + short_text(*value_) + suggestion(member, words));
    }
  }

  void value(json& member) override {
    if (value_ != nullptr) member = *value_;
  }

  void value(const StructView& view) override {
    if (value_ != nullptr) read_fields(view, *value_, here_);
  }

  void value(const KindView& view) override {
    known_.emplace_back("kind");
    std::vector<std::string> names;
    for (const KindView::Kind& kind : view.kinds) names.emplace_back(kind.name);
    const auto found = object_->find("kind");
    if (found == object_->end()) {
      throw ConfigError(below("kind"), "is missing; one of " + joined(names));
    }
    if (!found->is_string()) {
      throw ConfigError(below("kind"), "must be a text, got " + short_text(*found));
    }
    const auto name = std::find(names.begin(), names.end(), found->get<std::string>());
    if (name == names.end()) {
      throw ConfigError(below("kind"), "unknown kind " + short_text(*found) +
                                           suggestion(found->get<std::string>(), names));
    }
    view.choose(static_cast<std::size_t>(name - names.begin()));
    view.fields(*this);
  }

  void value(const ListView& view) override {
    if (value_ == nullptr) return;
    if (!value_->is_array()) wrong_type("a list");
    const json& list = *value_;
    if (list.size() < check_->min_items) {
      fail("needs at least " + std::to_string(check_->min_items) + " items, got " +
           std::to_string(list.size()));
    }
    view.resize(list.size());
    const std::string path = here_;
    for (std::size_t i = 0; i < list.size(); ++i) {
      here_ = path + "[" + std::to_string(i) + "]";
      value_ = &list[i];
      view.item(i, *this);
    }
  }

  void value(const OptionalView& view) override {
    if (value_ == nullptr) return;
    view.set(!value_->is_null());
    if (!value_->is_null()) view.item(*this);
  }

 private:
  std::string below(const std::string& key) const {
    return path_.empty() ? key : path_ + "." + key;
  }
  [[noreturn]] void fail(const std::string& message) const { throw ConfigError(here_, message); }
  [[noreturn]] void wrong_type(const char* wanted) const {
    fail(std::string("must be ") + wanted + ", got " + short_text(*value_));
  }

  void check_range(double number) const {
    const Check& c = *check_;
    const auto bound = [](double b) {
      return short_text(
          b == std::floor(b) && std::abs(b) < 1e15 ? json(static_cast<std::int64_t>(b)) : json(b));
    };
    const std::string got = ", got " + short_text(*value_);
    if (c.open_min ? number <= c.min : number < c.min) {
      fail(std::string("must be ") + (c.open_min ? "> " : "≥ ") + bound(c.min) + got);
    }
    if (c.open_max ? number >= c.max : number > c.max) {
      fail(std::string("must be ") + (c.open_max ? "< " : "≤ ") + bound(c.max) + got);
    }
  }

  const json* object_;
  std::string path_;                // of the object
  const Check* check_ = nullptr;    // of the field that is being read
  const json* value_ = nullptr;     // its value, or nullptr when it keeps its default
  std::string here_;                // its path
  std::vector<std::string> known_;  // names of all fields so far
  std::optional<std::string> missing_;
  std::optional<std::pair<std::string, std::string>> broken_;
};

}  // namespace

ConfigError::ConfigError(std::string where, const std::string& what)
    : InputError(where.empty() ? what : where + ": " + what),
      path(std::move(where)),
      message(what) {}

void read_fields(const StructView& config, const json& value, const std::string& path) {
  if (config.room != nullptr && value.is_string()) {  // "pca" is {"kind": "pca"}
    const json object = {{"kind", value}};
    return read_fields(config, object, path);
  }
  if (!value.is_object()) {
    throw ConfigError(path, std::string("must be an object") +
                                (config.room != nullptr ? " or the name of a kind" : "") +
                                ", got " + short_text(value));
  }
  Reader reader(value, path);
  config.fields(reader);
  reader.finish();
}

std::string nearest(const std::string& word, const std::vector<std::string>& known) {
  std::string best;
  std::size_t best_distance = std::max<std::size_t>(2, word.size() / 3) + 1;
  for (const std::string& other : known) {  // optimal string alignment, three rows
    std::vector<std::size_t> before, last(other.size() + 1), now(other.size() + 1);
    std::iota(last.begin(), last.end(), std::size_t{0});
    for (std::size_t i = 1; i <= word.size(); ++i) {
      now[0] = i;
      for (std::size_t j = 1; j <= other.size(); ++j) {
        now[j] =
            std::min({last[j] + 1, now[j - 1] + 1, last[j - 1] + (word[i - 1] != other[j - 1])});
        const bool swapped =
            i > 1 && j > 1 && word[i - 1] == other[j - 2] && word[i - 2] == other[j - 1];
        if (swapped) now[j] = std::min(now[j], before[j - 2] + 1);
      }
      before = last;
      last.swap(now);
    }
    if (last.back() < best_distance && last.back() < std::max(word.size(), other.size())) {
      best_distance = last.back();
      best = other;
    }
  }
  return best;
}

std::string suggestion(const std::string& word, const std::vector<std::string>& known) {
  const std::string near = nearest(word, known);
  if (!near.empty()) return "; did you mean \"" + near + "\"?";
  return known.empty() ? "" : "; known: " + joined(known);
}

}  // namespace lab
