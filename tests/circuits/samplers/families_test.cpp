#include "circuits/samplers/families.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>

#include "circuits/evaluation/evaluate.h"
#include "circuits/formats/json.h"
#include "circuits/words.h"

using namespace circuits;
using nlohmann::json;

namespace {

// FNV-1a (Fowler, Noll and Vo) of a text, as hex.
std::string fnv1a(const std::string& text) {
  std::uint64_t hash = 0xcbf29ce484222325;
  for (const char c : text) hash = (hash ^ static_cast<unsigned char>(c)) * 0x100000001b3;
  std::string digits;
  for (int shift = 60; shift >= 0; shift -= 4) digits += "0123456789abcdef"[hash >> shift & 15];
  return digits;
}

// What the golden file has of a family with its defaults.
json summary(const std::string& family) {
  const Sampled sampled = sample_family(family, {}, splitmix(1));
  const Circuit& circuit = sampled.circuit;
  json tables = json::array();
  if (circuit.inputs() <= 7) {
    for (const TruthTable& table : output_tables(circuit)) tables.push_back(table.hex());
  }
  return {{"inputs", circuit.inputs()},
          {"nodes", circuit.nodes()},
          {"attempts", sampled.attempts},
          {"tables", tables},
          {"fnv1a", fnv1a(to_json(circuit).dump())}};
}

std::string message_of(const std::string& family, const FamilyParameters& parameters) {
  try {
    sample_family(family, parameters, splitmix(1));
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

}  // namespace

TEST_CASE("every family gives the same circuit on every machine") {
  json all;
  for (const Family& family : families()) all[family.name] = summary(family.name);
  std::ifstream file(LAB_SOURCE_DIR "/tests/data/circuits/families.json");
  const json golden = json::parse(file);
  CHECK(golden.size() == families().size());
  for (const Family& family : families()) {
    CAPTURE(family.name);
    INFO("computed: ", all[family.name].dump());
    REQUIRE(golden.contains(family.name));
    CHECK(all[family.name] == golden[family.name]);
  }
}

TEST_CASE("parameters that are written as their defaults change nothing") {
  for (const Family& family : families()) {
    CAPTURE(family.name);
    CHECK(!family.doc.empty());
    FamilyParameters written;
    for (const FamilyParameter& parameter : family.parameters) {
      CHECK(!parameter.doc.empty());
      written[parameter.name] = parameter.value;
    }
    CHECK(sample_family(family.name, written, splitmix(5)).circuit ==
          sample_family(family.name, {}, splitmix(5)).circuit);
  }
}

TEST_CASE("every parameter matters to its reader: nonsense is refused by name") {
  for (const Family& family : families()) {
    for (const FamilyParameter& parameter : family.parameters) {
      CAPTURE(family.name);
      CAPTURE(parameter.name);
      for (const std::string text : {"?", "-3", "1e99", "nan", "18446744073709551616"}) {
        CHECK(message_of(family.name, {{parameter.name, text}}) != "");
      }
    }
  }
}

TEST_CASE("families and parameters that do not exist") {
  CHECK(message_of("dags", {}).starts_with("there is no family \"dags\", only random, layered"));
  CHECK(message_of("parity", {{"n", "3"}}) ==
        "parity has no parameter \"n\", only inputs, k, fan_in");
  CHECK(message_of("parity", {{"k", "0"}}).starts_with("parity: k must be"));
  CHECK(message_of("parity", {{"k", "9"}}) == "parity: k must be at most inputs");
}

TEST_CASE("parameters reach their family, and the family inside copies") {
  const Sampled adder = sample_family("adder", {{"bits", "7"}}, splitmix(1));
  CHECK(adder.circuit.inputs() == 14);
  CHECK(adder.attempts == 1);
  CHECK(sample_family("staircase", {{"leaps", "2,2"}}, splitmix(1)).circuit.outputs().size() == 2);
  const FamilyParameters copies{{"of", "parity"}, {"of.inputs", "5"}, {"copies", "3"}};
  CHECK(sample_family("copies", copies, splitmix(1)).circuit.inputs() == 15);
  CHECK(message_of("copies", {{"of", "copies"}}) != "");
  CHECK(message_of("copies", {{"of", "adder"}, {"of.bit", "3"}}) ==
        "adder has no parameter \"bit\", only bits");
  CHECK(message_of("copies", {{"bits", "3"}}).starts_with("copies has no parameter"));
}
