// Circuits and functions whose tables were computed elsewhere; skipped where they are not at hand.
#include <doctest/doctest.h>

#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <sstream>

#include "circuits/evaluation/evaluate.h"
#include "circuits/netlist.h"
#include "circuits/views.h"

using namespace circuits;
using nlohmann::json;

namespace {

const std::filesystem::path kFixtures = LAB_SOURCE_DIR "/../shared/fixtures/circuits";

bool absent() {
  if (std::filesystem::exists(kFixtures)) return false;
  MESSAGE("skipped: no fixtures");
  return true;
}

json read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return json::parse(file);
}

// An and-inverter graph in ASCII: literals 2v and 2v+1 are variable v and its complement, which
// here are nodes of the names "2v" and "2v+1".
Circuit and_inverter_graph(const std::filesystem::path& path) {
  std::ifstream file(path);
  std::string format;
  std::size_t variables = 0, inputs = 0, latches = 0, outputs = 0, ands = 0;
  file >> format >> variables >> inputs >> latches >> outputs >> ands;
  const auto literal = [&file] {
    std::string text;
    file >> text;
    return text;
  };
  Netlist list;
  const auto define = [&](const std::string& even, std::vector<Netlist::Gate>& inverters) {
    inverters.push_back({std::to_string(std::stoul(even) + 1), Op::Not, {even}});
  };
  list.gates.push_back({"0", Op::Zero, {}});
  define("0", list.gates);
  for (std::size_t i = 0; i < inputs; ++i) {
    list.inputs.push_back(literal());
    define(list.inputs.back(), list.gates);
  }
  for (std::size_t i = 0; i < outputs; ++i) {
    list.outputs.push_back({std::to_string(i), literal()});
  }
  for (std::size_t i = 0; i < ands; ++i) {
    const std::string name = literal(), left = literal(), right = literal();
    list.gates.push_back({name, Op::And, {left, right}});
    define(name, list.gates);
  }
  return link(list);
}

}  // namespace

TEST_CASE("and-inverter graphs have the tables, supports and depths of the fixtures") {
  if (absent()) return;
  const json expected = read(kFixtures / "aiger" / "expected.json");
  for (const json& entry : expected["circuits"]) {
    const std::string name = entry["name"];
    CAPTURE(name);
    const Circuit c = and_inverter_graph(kFixtures / "aiger" / (name + ".aag"));
    REQUIRE(c.inputs() == entry["inputs"].get<std::size_t>());
    CHECK(depth(c) == entry["depth"].get<std::size_t>());
    const auto tables = output_tables(c);
    REQUIRE(tables.size() == entry["outputs"].get<std::size_t>());
    for (std::size_t i = 0; i < tables.size(); ++i) {
      if (entry.contains("truth_tables")) CHECK(tables[i].hex() == entry["truth_tables"][i]);
      const Relevance relevance = relevant_inputs(c, c.outputs()[i].node);
      CHECK(json(relevance.inputs) == entry["supports"][i]);
    }
  }
}

TEST_CASE("named functions: hexadecimal tables, ones, and inputs without influence") {
  if (absent()) return;
  const json expected = read(kFixtures / "functions" / "expected.json");
  for (const json& entry : expected["functions"]) {
    const int n = entry["n"];
    CAPTURE(entry["name"]);
    const TruthTable table = TruthTable::from_hex(n, entry["truth_table"].get<std::string>());
    CHECK(table.hex() == entry["truth_table"]);
    CHECK(table.ones() == entry["ones"].get<std::uint64_t>());
    for (int i = 0; i < n; ++i) {
      CHECK(table.depends_on(i) == (entry["influence_counts"][static_cast<std::size_t>(i)] != 0));
    }
    TruthTable built(n, entry["name"] == "and");
    for (int i = 0; i < n; ++i) {
      if (entry["name"] == "and") built &= TruthTable::input(n, i);
      if (entry["name"] == "or") built |= TruthTable::input(n, i);
      if (entry["name"] == "parity") built ^= TruthTable::input(n, i);
    }
    const bool known = entry["name"] == "and" || entry["name"] == "or" || entry["name"] == "parity";
    if (known) CHECK(built == table);
  }
}
