#include "circuits/builder.h"
#include "circuits/rewriting/rivals.h"

#include <doctest/doctest.h>

#include <fstream>
#include <nlohmann/json.hpp>
#include <set>

#include "circuits/builder.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/formats/json.h"
#include "circuits/netlist.h"
#include "circuits/rewriting/node_functions.h"
#include "circuits/rewriting/simplify.h"
#include "circuits/samplers/dag.h"
#include "circuits/samplers/parity.h"
#include "circuits/statistics.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;
using nlohmann::json;

namespace {

TruthTable up_to_complement(const TruthTable& table) {
  return table[0] ? ~table : table;
}

// The share of inner functions by their definition.
double share_of(const Circuit& rival, const Circuit& original) {
  std::set<TruthTable> known, inner;
  for (const TruthTable& table : node_tables(original)) known.insert(up_to_complement(table));
  const auto tables = node_tables(rival);
  for (const TruthTable& table : tables) {
    if (!table.constant()) inner.insert(up_to_complement(table));
  }
  for (std::size_t i = 0; i < rival.inputs(); ++i) inner.erase(up_to_complement(tables[i]));
  for (const TruthTable& table : output_tables(rival)) inner.erase(up_to_complement(table));
  double common = 0;
  for (const TruthTable& table : inner) common += known.contains(table);
  return inner.empty() ? 0 : common / static_cast<double>(inner.size());
}

json summary(const Rivals& found) {
  json list = json::array();
  for (const Rival& rival : found.rivals) {
    json steps = json::array();
    for (const RewriteStep& step : rival.steps) {
      steps.push_back(std::string(name(step.rule)) + " " + std::to_string(step.node));
    }
    list.push_back({{"start", rival.start},
                    {"form", canonical_form(rival.circuit)},
                    {"steps", steps},
                    {"shared", rival.shared.value_or(-1)}});
  }
  return {{"rivals", list}, {"computed_by", found.computed_by}, {"attempts", found.attempts}};
}

}  // namespace

TEST_CASE("rivals compute the same by other circuits, and their numbers are what they say") {
  const WordSource words = splitmix(81);
  for (int trial = 0; trial < 6; ++trial) {
    const Circuit c =
        sample_dag({.inputs = 5, .gates = 8, .outputs = 2, .depth = 3}, words).circuit;
    const Rivals found = find_rivals(c, {.count = 12, .steps = 8}, words);
    REQUIRE(found.rivals.size() == 12);
    CHECK(found.original == simplify(c));
    CHECK(found.attempts == found.rivals.size() + found.wrong_size + found.known_structure +
                                found.too_similar + found.not_proven);
    std::set<std::string> forms{canonical_form(simplify(c))};
    std::vector<std::size_t> computed_by(found.original.nodes(), 0);
    const auto original_tables = node_tables(found.original);
    for (const Rival& rival : found.rivals) {
      REQUIRE(output_tables(rival.circuit) == output_tables(c));
      CHECK(rival.circuit.outputs()[1].name == c.outputs()[1].name);
      CHECK(forms.insert(canonical_form(rival.circuit)).second);
      CHECK(rival.proof == "exhaustion");
      CHECK(rival.gates == gate_count(rival.circuit));
      CHECK(rival.gates <= 2 * gate_count(found.original) + 8);
      CHECK(rival.depth == depth(rival.circuit));
      REQUIRE(rival.shared);
      CHECK(*rival.shared == share_of(rival.circuit, found.original));
      CHECK(rival.steps.size() <= 8);
      std::set<TruthTable> computed;
      for (const TruthTable& table : node_tables(rival.circuit)) {
        computed.insert(up_to_complement(table));
      }
      for (std::size_t v = 0; v < original_tables.size(); ++v) {
        computed_by[v] += computed.contains(up_to_complement(original_tables[v]));
      }
    }
    CHECK(found.computed_by == computed_by);
    for (Node v = 0; v < found.original.inputs(); ++v) CHECK(found.computed_by[v] == 12);
  }
}

TEST_CASE("bounds on size and share are kept, and what they refuse is counted") {
  const WordSource words = splitmix(82);
  const Circuit c = sample_dag({.inputs = 6, .gates = 10, .outputs = 1, .depth = 5}, words).circuit;
  const Rivals found = find_rivals(c,
                                   {.count = 5,
                                    .steps = 15,
                                    .least_gates = 8,
                                    .most_gates = 30,
                                    .most_shared = 0.25,
                                    .styles = false},
                                   words);
  CHECK(found.too_similar > 0);
  CHECK(found.rivals.size() > 0);
  for (const Rival& rival : found.rivals) {
    CHECK(*rival.shared <= 0.25);
    CHECK(rival.gates >= 8);
    CHECK(rival.gates <= 30);
  }
  const Rivals few =
      find_rivals(c, {.count = 100, .steps = 1, .attempts = 20, .most_gates = 10}, words);
  CHECK(few.attempts == 20);
  CHECK(few.wrong_size > 0);
}

TEST_CASE("a parity of three with three inputs: rivals share no inner gate or one") {
  const Circuit c = sample_parity({.inputs = 3, .k = 3}, splitmix(1));
  const Rivals found = find_rivals(
      c, {.count = 5, .steps = 4, .most_shared = 0, .rules = {Rule::Regroup}, .styles = false},
      splitmix(2));
  // Without other rules there are three circuits, of which one is the original.
  REQUIRE(found.rivals.size() == 2);
  CHECK(found.attempts == 500);
  for (const Rival& rival : found.rivals) {
    CHECK(rival.start == "original");
    CHECK(rival.gates == 2);
    CHECK(*rival.shared == 0);
  }
  CHECK(found.computed_by[3] == 0);  // the first XOR is a choice
  CHECK(found.computed_by[4] == 2);  // the output is not
  const Rivals one = find_rivals(c,
                                 {.count = 5,
                                  .steps = 4,
                                  .distinct = InputOrder::AnyOrder,
                                  .rules = {Rule::Regroup},
                                  .styles = false},
                                 splitmix(2));
  CHECK(one.rivals.empty());  // all three are alike up to the order of inputs
  CHECK(one.known_structure == 500);
}

TEST_CASE("rivals of wide circuits are proven, without shares") {
  const Circuit c = sample_parity({.inputs = 30, .k = 20}, splitmix(3));
  const Rivals found = find_rivals(c, {.count = 3, .steps = 5}, splitmix(4));
  REQUIRE(found.rivals.size() == 3);
  for (const Rival& rival : found.rivals) {
    CHECK(!rival.shared);
    CHECK(rival.start == "original");
    CHECK(rival.proof != "exhaustion");
  }
  CHECK(found.computed_by.empty());
}

TEST_CASE("function hashes tell functions apart up to complement") {
  const WordSource words = splitmix(83);
  for (const std::size_t n : {1, 3, 5, 6, 8, 11}) {
    Builder b;
    for (std::size_t i = 0; i < n; ++i) b.input();
    for (int i = 0; i < 60; ++i) {
      const Node first = static_cast<Node>(below(b.nodes(), words));
      const Op op = i % 3 == 0 ? Op::Xor : i % 3 == 1 ? Op::Nand : Op::Or;
      b.add(op, {first, static_cast<Node>(below(b.nodes(), words))});
    }
    const Circuit c = b.build();
    const auto tables = node_tables(c);
    const auto hashes = function_hashes(c);
    for (std::size_t u = 0; u < c.nodes(); ++u) {
      for (std::size_t v = 0; v < u; ++v) {
        const bool same = up_to_complement(tables[u]) == up_to_complement(tables[v]);
        REQUIRE((hashes[u] == hashes[v]) == same);
      }
    }
  }
  Builder wide;
  for (int i = 0; i < 25; ++i) wide.input();
  CHECK_THROWS_AS(function_hashes(wide.build()), Error);
}

TEST_CASE("rivals that cannot be asked for") {
  const Circuit c = sample_parity({.inputs = 30, .k = 3}, splitmix(5));
  const auto refused = [&](const RivalOptions& options) {
    CHECK_THROWS_AS(find_rivals(c, options, splitmix(0)), Error);
  };
  refused({.count = 0});
  refused({.attempts = 0});
  refused({.most_shared = 0.5});
  refused({.most_shared = 1.5});
  refused({.least_gates = 4, .most_gates = 3});
  refused({.rules = {}});
}

TEST_CASE("rivals are the same on every machine") {
  const Circuit c =
      sample_dag({.inputs = 5, .gates = 7, .outputs = 2, .depth = 3}, splitmix(6)).circuit;
  const json made = summary(find_rivals(c, {.count = 8, .steps = 6}, splitmix(7)));
  std::ifstream file(LAB_SOURCE_DIR "/tests/data/circuits/rivals.json");
  REQUIRE(file);
  CHECK(made.dump() == json::parse(file).dump());
}
