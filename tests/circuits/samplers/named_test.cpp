// Families against tables that were computed elsewhere; skipped where these are not at hand.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "circuits/evaluation/evaluate.h"
#include "circuits/samplers/families.h"
#include "circuits/words.h"

using namespace circuits;
using nlohmann::json;

namespace {

// The family and parameters of a named function of the fixtures; no family for some.
std::pair<std::string, FamilyParameters> family_of(const json& entry) {
  const std::string name = entry["name"], n = entry["n"].dump();
  const json& parameters = entry["parameters"];
  if (name == "majority") return {name, {{"inputs", n}}};
  if (name == "threshold") return {name, {{"inputs", n}, {"bound", parameters["k"].dump()}}};
  if (name == "parity") return {name, {{"inputs", n}, {"k", n}}};
  if (name == "address") return {"multiplexer", {{"address", parameters["address_first"].dump()}}};
  if (name == "inner_product") {
    return {name, {{"pairs", std::to_string(entry["n"].get<int>() / 2)}}};
  }
  if (name == "tribes") {
    return {name, {{"width", parameters["width"].dump()}, {"tribes", parameters["tribes"].dump()}}};
  }
  return {};
}

}  // namespace

TEST_CASE("families give the named functions of the fixtures") {
  const std::filesystem::path path =
      LAB_SOURCE_DIR "/../shared/fixtures/circuits/functions/expected.json";
  if (!std::filesystem::exists(path)) {
    MESSAGE("skipped: no fixtures");
    return;
  }
  std::ifstream file(path);
  const json fixtures = json::parse(file);
  int compared = 0;
  for (const json& entry : fixtures["functions"]) {
    const auto [family, parameters] = family_of(entry);
    if (family.empty()) continue;
    CAPTURE(entry["name"]);
    CAPTURE(entry["parameters"]);
    const Circuit circuit = sample_family(family, parameters, splitmix(0)).circuit;
    CHECK(output_tables(circuit)[0].hex() == entry["truth_table"]);
    ++compared;
  }
  CHECK(compared > 30);
}
