// What can be done with a config struct (fields.h): read, write, name, describe, and give its
// schema.
#pragma once

#include <nlohmann/json.hpp>
#include <string>
#include <vector>

#include "lab/core/error.h"
#include "lab/core/fields.h"

namespace lab {

// An InputError that knows where in the JSON it is: `path` as in "decomposer.k" or "seeds[2]".
struct ConfigError : InputError {
  ConfigError(std::string path, const std::string& message);
  std::string path;
  std::string message;  // without the path
};

void read_fields(const StructView& config, const json& value, const std::string& path);
json config_json(const StructView& config);
std::string key_text(const StructView& key);

// A config struct from JSON. `path` is where `value` stands, for errors. Throws ConfigError for an
// unknown key (naming the nearest known one), a wrong type, a number or word out of range, a
// missing or unknown kind, a list that is too short, and a failed check between fields.
template <Config T>
T read_config(const json& value, const std::string& path = "") {
  T config{};
  read_fields(view_of(config), value, path);
  return config;
}

// All fields with their values, defaults written out; read_config turns it back into the same
// struct.
template <Config T>
json config_json(T config) {
  return config_json(view_of(config));
}

// The canonical text of a key: all fields that are present, sorted, with the name and revision of
// the key and of each kind in it, and without fields that have their legacy value. Its hash is the
// id.
template <Config T>
std::string key_text(T key) {
  return key_text(view_of(key));
}

// One row of `lab describe`.
struct FieldDoc {
  std::string name;  // dotted below nested structs
  std::string type;  // "integer", "number", "text", "true or false", "list of …", a room's name
  std::string initial;  // the default as JSON, "" when there is none
  std::string range;    // "≥ 1", "one of relu, gelu", …
  std::string help;
};
struct KindDoc {
  std::string name, doc;
  std::int64_t revision;
  std::vector<FieldDoc> fields;  // its own, then those that its room shares
};
struct RoomDoc {
  std::string room;
  std::vector<KindDoc> kinds;
};

// Every room reachable from a config struct, each once, in the order of first use.
std::vector<RoomDoc> describe(const StructView& config);
// JSON Schema (draft 2020-12) of a config struct; adds one entry a kind ("room/kind") and one a
// room to `definitions`, which the schema refers to as "#/$defs/…".
json schema(const StructView& config, json& definitions);

// The word of `known` nearest to `word`, or "" when none is near: at most a third of its letters,
// or two, inserted, deleted, replaced or swapped with a neighbour.
std::string nearest(const std::string& word, const std::vector<std::string>& known);
// The end of an error about an unknown word: "; did you mean \"topk\"?", or where none is near
// "; known: topk, pca".
std::string suggestion(const std::string& word, const std::vector<std::string>& known);

}  // namespace lab
