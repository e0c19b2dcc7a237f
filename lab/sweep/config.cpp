#include "lab/sweep/config.h"

#include <algorithm>

#include "lab/core/config.h"
#include "lab/core/files.h"

namespace lab {
namespace {

// A name that can be a folder's.
bool is_plain_name(const std::string& name) {
  return !name.empty() && name.size() <= 100 && name.front() != '.' && name.front() != '-' &&
         std::all_of(name.begin(), name.end(), [](unsigned char c) {
           return std::isalnum(c) || c == '_' || c == '-' || c == '.';
         });
}

}  // namespace

void SweepConfig::fields(Fields& f) {
  f("$schema", schema, any(), "where editors find configs/schema.json; without effect");
  f("name", name, required(), "the sweep's name and, by default, its folder below results/");
  f("about", about, any(), "one line that says what the sweep is for");
  f("base", base, required(), "the experiment's config that every run starts from");
  f("axes", axes, any(),
    "list of axes; each is a list of arms {name, set: {path: value}, grid: {path: [values]}, "
    "where: {column: value or values of other axes that it stands with}}, an object {path: "
    "[values]}, "
    "or {axis: name of the column, arms: [...]}; a run is a combination of one point of each");
  f("seeds", seeds, any(), "how many seeds, from 0, or the list of them; sets the field seed");
  f("figures", figures, any(), "what `lab report` and `lab figure` draw");
  f("claims", claims, any(), "published or derived statements that `lab claims` judges");
  f.require(
      is_plain_name(name), "name",
      "must be 1 to 100 letters, digits, '_', '-' or '.', and begin with none of the last two");
  f.require(base.is_object(), "base", "must be an object: the experiment's config");
}

Sweep parse_sweep(std::string_view text, const std::string& origin) {
  const json value = parse_json(text, origin);
  try {
    return {origin, read_config<SweepConfig>(value)};
  } catch (const ConfigError& error) {
    throw InputError(origin + ": " + error.what());
  }
}

Sweep read_sweep(const fs::path& file) {
  return parse_sweep(read_file(file), file.string());
}

json sweep_schema(const json& base, const json& figure, const json& claim, json& definitions) {
  SweepConfig config;
  json result = schema(view_of(config), definitions);
  const json path_names = {{"minLength", 1}};
  const json values = {{"type", "array"},
                       {"minItems", 1},
                       {"items", {{"not", {{"type", json::array({"object", "null"})}}}}}};
  const json grid = {{"type", "object"},
                     {"minProperties", 1},
                     {"propertyNames", path_names},
                     {"additionalProperties", values}};
  const json arm = {{"type", "object"},
                    {"required", {"name"}},
                    {"additionalProperties", false},
                    {"properties",
                     {{"name", {{"type", "string"}, {"minLength", 1}}},
                      {"set", {{"type", "object"}, {"propertyNames", path_names}}},
                      {"grid", grid},
                      {"where", {{"type", "object"}, {"propertyNames", path_names}}}}}};
  const json arms = {{"type", "array"}, {"minItems", 1}, {"items", arm}};
  const json named = {
      {"type", "object"},
      {"required", {"axis", "arms"}},
      {"additionalProperties", false},
      {"properties", {{"axis", {{"type", "string"}, {"minLength", 1}}}, {"arms", arms}}}};
  const json axis = {{"if", {{"type", "array"}}},
                     {"then", arms},
                     {"else", {{"if", {{"required", {"axis"}}}}, {"then", named}, {"else", grid}}}};
  const json seed = {{"type", "integer"}, {"minimum", 0}};
  result["required"] = {"name", "base"};
  json& properties = result.at("properties");
  properties.at("name")["pattern"] = "^[A-Za-z0-9_][A-Za-z0-9_.-]{0,99}$";
  properties.at("base").update(base);
  properties.at("base")["type"] = "object";
  properties.at("figures")["items"] = figure;
  properties.at("claims")["items"] = claim;
  properties.at("axes").update({{"type", "array"}, {"items", axis}});
  properties.at("seeds").update(
      {{"oneOf",
        {{{"type", "integer"}, {"minimum", 1}},
         {{"type", "array"}, {"minItems", 1}, {"uniqueItems", true}, {"items", seed}}}}});
  return result;
}

}  // namespace lab
