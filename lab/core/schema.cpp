// JSON Schema (draft 2020-12) of config structs.
#include <cmath>

#include "lab/core/config.h"

namespace lab {
namespace {

// "#/$defs/decomposers~1topk": a slash inside a name is written ~1 in a JSON pointer.
json reference(const std::string& name) {
  std::string pointer = "#/$defs/";
  for (const char c : name) pointer += c == '/' ? std::string("~1") : std::string(1, c);
  return {{"$ref", pointer}};
}

class SchemaWriter : public Fields {
 public:
  explicit SchemaWriter(json& definitions) : definitions_(definitions) {}

  // The schema of one value under the given check.
  json of(const Check& check, void (*put)(Fields&)) {
    SchemaWriter inner(definitions_);
    inner.begin({"", &check, "", {}});
    put(inner);
    return inner.properties_.at("");
  }

  json of_struct(const StructView& view) {
    if (view.room == nullptr) {
      SchemaWriter inner(definitions_);
      view.fields(inner);
      return inner.closed_object();
    }
    if (!definitions_.contains(view.room)) {
      definitions_[view.room] = nullptr;  // before descending: a room may contain itself
      SchemaWriter inner(definitions_);
      view.fields(inner);
      inner.define_room(view.room);
    }
    return reference(view.room);
  }

 protected:
  void begin(const Field& field) override { field_ = field; }

  void value(bool& member) override { emit({{"type", "boolean"}, {"default", member}}); }
  void value(std::int64_t& member) override { number("integer", json(member)); }
  void value(double& member) override { number("number", json(member)); }
  void value(std::string& member) override {
    json schema = {{"type", "string"}, {"default", member}};
    if (!field_.check->one_of.empty()) schema["enum"] = field_.check->one_of;
    emit(std::move(schema));
  }
  void value(json&) override { emit(json::object()); }
  void value(const StructView& view) override {
    const Field field = field_;
    json schema = of_struct(view);
    field_ = field;
    emit(std::move(schema));
  }

  void value(const KindView& view) override {
    for (std::size_t i = 0; i < view.kinds.size(); ++i) {
      view.choose(i);
      SchemaWriter own(definitions_);
      view.fields(own);
      kinds_.push_back({view.kinds[i], own.properties_});
    }
    view.choose(view.current);
  }

  void value(const ListView& view) override {
    Check each = *field_.check;
    each.min_items = 0;
    json schema = {{"type", "array"}, {"items", of(each, view.prototype)}};
    if (field_.check->min_items > 0) schema["minItems"] = field_.check->min_items;
    emit(std::move(schema));
  }

  void value(const OptionalView& view) override {
    emit({{"anyOf", {of(*field_.check, view.prototype), {{"type", "null"}}}}});
  }

 private:
  struct OwnFields {
    KindView::Kind kind;
    json properties;
  };

  void emit(json schema) {
    if (field_.help[0] != '\0') schema["description"] = field_.help;
    properties_[field_.name] = std::move(schema);
  }

  void number(const char* type, json initial) {
    const Check& check = *field_.check;
    json schema = {{"type", type}, {"default", std::move(initial)}};
    if (std::isfinite(check.min))
      schema[check.open_min ? "exclusiveMinimum" : "minimum"] = check.min;
    if (std::isfinite(check.max))
      schema[check.open_max ? "exclusiveMaximum" : "maximum"] = check.max;
    emit(std::move(schema));
  }

  json closed_object() const {
    return {{"type", "object"}, {"properties", properties_}, {"additionalProperties", false}};
  }

  // One definition a kind, and one for the room that chooses among them by "kind".
  void define_room(const std::string& room) {
    json names = json::array();
    json choices = json::array();
    for (auto& [kind, properties] : kinds_) {
      const std::string name = room + "/" + kind.name;
      properties.update(properties_);
      properties["kind"] = {{"const", kind.name}};
      definitions_[name] = {{"type", "object"},
                            {"description", kind.doc},
                            {"properties", properties},
                            {"additionalProperties", false}};
      names.push_back(kind.name);
      choices.push_back({{"if", {{"properties", {{"kind", {{"const", kind.name}}}}}}},
                         {"then", reference(name)}});
    }
    definitions_[room] = {{"if", {{"type", "string"}}},
                          {"then", {{"enum", names}}},
                          {"else",
                           {{"type", "object"},
                            {"required", {"kind"}},
                            {"properties", {{"kind", {{"enum", names}}}}},
                            {"allOf", choices}}}};
  }

  json& definitions_;
  Field field_{"", nullptr, "", {}};
  json properties_ = json::object();
  std::vector<OwnFields> kinds_;
};

}  // namespace

json schema(const StructView& config, json& definitions) {
  return SchemaWriter(definitions).of_struct(config);
}

}  // namespace lab
