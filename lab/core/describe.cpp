// Describing config structs: the rows of `lab describe`, and JSON Schema for editors.
#include <algorithm>
#include <cmath>

#include "lab/core/config.h"

namespace lab {
namespace {

std::string number_text(double x) {
  const bool whole = x == std::floor(x) && std::abs(x) < 1e15;
  return whole ? std::to_string(static_cast<std::int64_t>(x)) : json(x).dump();
}

std::string range_text(const Check& check) {
  if (!check.one_of.empty()) {
    std::string text;
    for (const std::string& word : check.one_of) text += (text.empty() ? "" : " | ") + word;
    return text;
  }
  std::string text;
  if (std::isfinite(check.min)) text = (check.open_min ? "> " : "≥ ") + number_text(check.min);
  if (std::isfinite(check.max)) {
    text += (text.empty() ? "" : ", ") + std::string(check.open_max ? "< " : "≤ ");
    text += number_text(check.max);
  }
  if (check.min_items > 0) {
    text += (text.empty() ? "" : "; ") + std::to_string(check.min_items) + " items or more";
  }
  return text;
}

// Collects the documentation of one struct's fields, and descends into the rooms it meets first.
class Describer : public Fields {
 public:
  Describer(std::vector<RoomDoc>& rooms, std::string prefix)
      : rooms_(rooms), prefix_(std::move(prefix)) {}

  std::vector<FieldDoc> rows;
  std::vector<KindDoc> kinds;  // of the struct, when it is a room's

 protected:
  void begin(const Field& field) override {
    rows.push_back({prefix_ + field.name, "", "", range_text(*field.check), field.help});
    if (field.check->required) rows.back().initial = "(required)";
  }
  void value(bool& member) override { type("true or false", json(member).dump()); }
  void value(std::int64_t& member) override { type("integer", std::to_string(member)); }
  void value(double& member) override { type("number", json(member).dump()); }
  void value(std::string& member) override { type("text", json(member).dump()); }
  void value(json& member) override { type("JSON", member.is_null() ? "" : member.dump()); }

  void value(const StructView& view) override {
    if (view.room != nullptr) {
      enter(view);
      type(view.room, config_json(view).value("kind", ""));
      return;
    }
    type("object", "");
    Describer inner(rooms_, rows.back().name + ".");
    view.fields(inner);
    rows.insert(rows.end(), inner.rows.begin(), inner.rows.end());
  }

  void value(const KindView& view) override {
    for (std::size_t i = 0; i < view.kinds.size(); ++i) {
      view.choose(i);
      Describer own(rooms_, prefix_);
      view.fields(own);
      const KindView::Kind& kind = view.kinds[i];
      kinds.push_back({kind.name, kind.doc, kind.revision, own.rows});
    }
    view.choose(view.current);
  }

  void value(const ListView& view) override {
    const std::size_t row = rows.size() - 1;
    view.prototype(*this);
    rows[row].type = "list of " + rows[row].type;
    if (rows[row].initial != "(required)") rows[row].initial = view.size == 0 ? "[]" : items(view);
  }

  void value(const OptionalView& view) override {
    const std::size_t row = rows.size() - 1;
    view.prototype(*this);
    rows[row].initial = "(none)";
  }

 private:
  void type(const char* name, std::string initial) {
    FieldDoc& row = rows.back();
    row.type = name;
    if (row.initial.empty()) row.initial = std::move(initial);
  }

  static std::string items(const ListView& view) {
    std::vector<RoomDoc> ignored;
    std::string text = "[";
    const Check none;
    for (std::size_t i = 0; i < view.size; ++i) {
      Describer item(ignored, "");
      item.begin({"", &none, "", {}});
      view.item(i, item);
      text += (i == 0 ? "" : ",") + item.rows.at(0).initial;
    }
    return text + "]";
  }

  void enter(const StructView& view) {
    const std::string room = view.room;
    const auto same = [&](const RoomDoc& known) { return known.room == room; };
    if (std::any_of(rooms_.begin(), rooms_.end(), same)) return;
    const std::size_t at = rooms_.size();
    rooms_.push_back({room, {}});  // before descending: a room may contain itself
    Describer inner(rooms_, "");
    view.fields(inner);
    for (KindDoc& kind : inner.kinds) {
      kind.fields.insert(kind.fields.end(), inner.rows.begin(), inner.rows.end());
    }
    rooms_[at].kinds = std::move(inner.kinds);
  }

  std::vector<RoomDoc>& rooms_;
  std::string prefix_;
};

// A field that holds the whole config, so that the config itself is met like any nested struct.
class Entrance : public Describer {
 public:
  using Describer::Describer;
  void look(const StructView& config) {
    const Check none;
    begin({"", &none, "", {}});
    value(config);
  }
};

}  // namespace

std::vector<RoomDoc> describe(const StructView& config) {
  std::vector<RoomDoc> rooms;
  Entrance(rooms, "").look(config);
  return rooms;
}

}  // namespace lab
