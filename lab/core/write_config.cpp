// Writing config structs: as keys (canonical text that is hashed) and as plain JSON.
#include <algorithm>

#include "lab/core/config.h"

namespace lab {
namespace {

enum class Purpose { kKey, kDump };

// Collects "name": text pairs of one object, sorted when they are put together. Writing text at
// once is several times faster than building JSON values, and a plan writes tens of thousands of
// keys.
class Writer : public Fields {
 public:
  explicit Writer(Purpose purpose) : purpose_(purpose) {}

  void add(std::string name, std::string text) {
    entries_.emplace_back(std::move(name), std::move(text));
  }

  // All of a config struct, as one object.
  std::string object(const StructView& view) {
    view.fields(*this);
    if (purpose_ == Purpose::kKey && view.stage != nullptr) {
      add("stage", std::string("\"") + view.stage + "\"");
      add("revision", std::to_string(view.revision));
    }
    std::sort(entries_.begin(), entries_.end());
    std::string text = "{";
    for (const auto& [name, value] : entries_) {
      if (text.size() > 1) text += ',';
      text.append("\"").append(name).append("\":").append(value);
    }
    return text += '}';
  }

 protected:
  void begin(const Field& field) override { field_ = field; }
  void value(bool& member) override { emit(member ? "true" : "false"); }
  void value(std::int64_t& member) override { emit(std::to_string(member)); }
  void value(double& member) override { emit(canonical(json(member))); }
  void value(std::string& member) override { emit(json(member).dump()); }
  void value(json& member) override { emit(canonical(member)); }

  void value(const StructView& view) override { emit(Writer(purpose_).object(view)); }

  void value(const KindView& view) override {
    const KindView::Kind& kind = view.kinds[view.current];
    add("kind", std::string("\"") + kind.name + "\"");
    if (purpose_ == Purpose::kKey) add("revision", std::to_string(kind.revision));
    view.fields(*this);
  }

  void value(const ListView& view) override {
    std::string text = "[";
    for (std::size_t i = 0; i < view.size; ++i) {
      Writer item(purpose_);
      view.item(i, item);
      text.append(i == 0 ? "" : ",").append(item.entries_.at(0).second);
    }
    emit(text + "]");
  }

  void value(const OptionalView& view) override {
    if (view.present) view.item(*this);
  }

 private:
  void emit(std::string text) {
    const bool unchanged = field_.legacy.value != nullptr && text == field_.legacy.value;
    if (purpose_ == Purpose::kKey && unchanged) return;
    add(field_.name, std::move(text));
  }

  Purpose purpose_;
  Field field_{"", nullptr, "", {}};
  std::vector<std::pair<std::string, std::string>> entries_;
};

}  // namespace

std::string key_text(const StructView& key) {
  return Writer(Purpose::kKey).object(key);
}

json config_json(const StructView& config) {
  return json::parse(Writer(Purpose::kDump).object(config));
}

}  // namespace lab
