#include "circuits/functions/analysis.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>

#include "circuits/functions/fourier.h"
#include "circuits/functions/tables.h"
#include "circuits/functions/transforms.h"

using namespace circuits;
using nlohmann::json;

namespace {

json read(const std::filesystem::path& path) {
  std::ifstream file(path);
  return json::parse(file);
}

// Every member of an entry but its name and parameters is a member of the analysis, and equal.
void check_all(const json& functions) {
  for (const json& entry : functions) {
    CAPTURE(entry["name"]);
    CAPTURE(entry["n"]);
    const int n = entry["n"];
    const json found =
        to_json(analyze(TruthTable::from_hex(n, entry["truth_table"].get<std::string>())));
    for (const auto& [member, value] : entry.items()) {
      if (member == "name" || member == "parameters") continue;
      CAPTURE(member);
      REQUIRE(found.contains(member));
      CHECK(found[member] == value);
    }
    if (!entry.contains("min_dnf_terms") && found["relevant_inputs"].size() > 6) {
      CHECK(found["left_out"].contains("min_dnf_terms"));
    }
  }
}

// What does not change when inputs are permuted or negated, or the output is negated.
json invariants(const FunctionAnalysis& a) {
  auto counts = a.influence_counts;
  std::ranges::sort(counts);
  return {a.relevant_inputs.size(),
          counts,
          a.max_sensitivity,
          *a.max_block_sensitivity,
          a.leap.leap,
          *a.certificate_complexity,
          a.degree,
          a.unate,
          a.weight_by_level,
          a.noise_stability_half,
          a.self_dual,
          std::abs(a.bias),
          a.threshold.index()};
}

}  // namespace

TEST_CASE("analysis: a few functions with known answers") {
  check_all(read(LAB_SOURCE_DIR "/tests/data/circuits/functions.json")["functions"]);
}

TEST_CASE("analysis: all functions of the fixtures, every member") {
  const std::filesystem::path path =
      LAB_SOURCE_DIR "/../shared/fixtures/circuits/functions/expected.json";
  if (!std::filesystem::exists(path)) {
    MESSAGE("skipped: no fixtures");
    return;
  }
  const json functions = read(path)["functions"];
  CHECK(functions.size() == 91);
  check_all(functions);
}

TEST_CASE("analysis: what permuting and negating does not change") {
  const WordSource words = splitmix(11);
  for (int round = 0; round < 40; ++round) {
    const int n = 1 + round % 7;
    const TruthTable f = random_table(n, words, 1 + round % 3);
    const auto all = static_cast<std::uint32_t>(f.size() - 1);
    TruthTable g = permute_inputs(flip_inputs(f, static_cast<std::uint32_t>(words()) & all),
                                  random_order(n, words));
    if (round % 2 == 1) g = ~g;
    const FunctionAnalysis a = analyze(f), b = analyze(g);
    CHECK(invariants(a) == invariants(b));
    if (round % 2 == 0) {
      CHECK(*a.prime_implicants == *b.prime_implicants);
      if (n <= 6) CHECK(*a.min_dnf_terms == *b.min_dnf_terms);
    }
    if (f.constant() || f.inputs() == 0) continue;
    if (a.gf2_degree > 1 || b.gf2_degree > 1) CHECK(a.gf2_degree == b.gf2_degree);
    CHECK(a.max_sensitivity <= *a.max_block_sensitivity);
    CHECK(*a.max_block_sensitivity <= *a.certificate_complexity);
    CHECK(a.degree <= a.max_sensitivity * a.max_sensitivity);  // Huang, Annals of Math. 2019
    CHECK(a.gf2_degree <= a.degree);
    if (a.min_dnf_terms) CHECK(*a.min_dnf_terms <= a.isop_terms);
    CHECK(a.isop_terms <= *a.prime_implicants);
  }
}

TEST_CASE("analysis: inputs that do not matter cost nothing") {
  // x3 and (x9 or x17) among 18 inputs.
  const TruthTable f =
      TruthTable::input(18, 3) & (TruthTable::input(18, 9) | TruthTable::input(18, 17));
  const FunctionAnalysis a = analyze(f);
  CHECK(a.relevant_inputs == std::vector<int>{3, 9, 17});
  CHECK(a.max_block_sensitivity == 2);
  CHECK(a.certificate_complexity == 2);
  CHECK(a.prime_implicants == 2);
  CHECK(a.min_dnf_terms == 2);
  CHECK(a.leap.leap == 1);
  const json out = to_json(a);
  CHECK(out["threshold_function"] == true);
  for (const char* name : {"truth_table", "anf", "fourier", "npn_representative"}) {
    CHECK(out["left_out"].contains(name));
    CHECK(!out.contains(name));
  }
}

TEST_CASE("analysis: more inputs than the costly measures take") {
  const WordSource words = splitmix(12);
  const FunctionAnalysis a = analyze(random_table(17, words));
  for (const auto& name :
       {"max_block_sensitivity", "certificate_complexity", "prime_implicants", "min_dnf_terms"}) {
    CHECK(a.left_out.contains(name));
  }
  CHECK(!a.certificate_complexity);
  CHECK(std::holds_alternative<NoThreshold>(a.threshold));
  CHECK(std::accumulate(a.weight_by_level.begin(), a.weight_by_level.end(), 0.0) == 1.0);
}

TEST_CASE("analysis: no inputs at all") {
  for (const bool value : {false, true}) {
    const json out = to_json(analyze(TruthTable(0, value)));
    CHECK(out["ones"] == (value ? 1 : 0));
    CHECK(out["total_influence"] == 0);
    CHECK(out["threshold_function"] == true);
    CHECK(out["symmetric"] == true);
    CHECK(out["balanced"] == false);
    CHECK(out["leap"] == 0);
    CHECK(out["min_dnf_terms"] == (value ? 1 : 0));
    CHECK(out["left_out"].empty());
  }
}
