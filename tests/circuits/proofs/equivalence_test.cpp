#include "circuits/proofs/equivalence.h"

#include <doctest/doctest.h>

#include <bit>
#include <chrono>
#include <cmath>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>

#include "circuits/any_circuit.h"
#include "circuits/builder.h"
#include "circuits/compose.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/formats/files.h"
#include "circuits/proofs/cnf.h"
#include "circuits/proofs/sweep.h"
#include "circuits/words.h"

using namespace circuits;
using nlohmann::json;

namespace {

const std::filesystem::path kPairs = LAB_SOURCE_DIR "/../shared/fixtures/circuits/equivalence";

// Never by exhaustion, and without luck.
EquivalenceLimits by_solver() {
  EquivalenceLimits limits;
  limits.exhaustive_inputs = -1;
  limits.random_words = 0;
  return limits;
}

Circuit tables_only(const Circuit& c) {  // the same functions from tables, as Shannon trees
  Builder b(Sharing::Structural);
  std::vector<Node> inputs;
  for (std::size_t i = 0; i < c.inputs(); ++i) inputs.push_back(b.input());
  const Node zero = b.add(Op::Zero, {}), one = b.add(Op::One, {});
  for (const TruthTable& table : output_tables(c)) {
    std::vector<Node> row;
    for (std::uint64_t k = 0; k < table.size(); ++k) row.push_back(table[k] ? one : zero);
    for (const Node input : inputs) {
      for (std::size_t k = 0; k < row.size() / 2; ++k) {
        row[k] = b.add(Op::Mux, {input, row[2 * k + 1], row[2 * k]});
      }
      row.resize(row.size() / 2);
    }
    b.output(row[0]);
  }
  return b.build();
}

// n-bit multiplier by adding shifted rows, or with its factors exchanged.
Circuit multiplier(std::size_t n, bool exchanged) {
  Builder b;
  std::vector<Node> x, y;
  for (std::size_t i = 0; i < n; ++i) x.push_back(b.input());
  for (std::size_t i = 0; i < n; ++i) y.push_back(b.input());
  if (exchanged) std::swap(x, y);
  const Node zero = b.add(Op::Zero, {});
  std::vector<Node> sum(2 * n, zero);
  for (std::size_t i = 0; i < n; ++i) {
    Node carry = zero;
    for (std::size_t j = 0; j < n; ++j) {
      const Node term = b.add(Op::And, {x[i], y[j]});
      const Node old = sum[i + j];
      sum[i + j] = b.add(Op::Xor, {old, term, carry});
      carry = b.add(Op::Maj, {old, term, carry});
    }
    sum[i + n] = carry;
  }
  for (const Node bit : sum) b.output(bit);
  return b.build();
}

}  // namespace

TEST_CASE("pairs of the fixtures are decided, counted, and within ten seconds") {
  if (!std::filesystem::exists(kPairs)) {
    MESSAGE("skipped: no fixtures");
    return;
  }
  std::ifstream file(kPairs / "expected.json");
  const json expected = json::parse(file);
  for (const json& entry : expected["pairs"]) {
    const std::string name = entry["name"];
    CAPTURE(name);
    const Circuit left = read_circuit(kPairs / (name + ".left.aig"));
    const Circuit right = read_circuit(kPairs / (name + ".right.aig"));
    for (const bool exhaustive : {true, false}) {
      const auto start = std::chrono::steady_clock::now();
      const Equivalence result =
          equivalent(left, right, exhaustive ? EquivalenceLimits{} : by_solver());
      const std::chrono::duration<double> taken = std::chrono::steady_clock::now() - start;
      CHECK(taken.count() < 10);
      CHECK((result.verdict == Verdict::Equivalent) == entry["equivalent"].get<bool>());
      CHECK(result.verdict != Verdict::Unknown);
      if (result.verdict == Verdict::Different) {
        CHECK(evaluate(left, Bools{}, *result.counterexample) !=
              evaluate(right, Bools{}, *result.counterexample));
      }
      if (result.method == ProofMethod::Sat && result.differing) {
        CHECK(result.differing == entry["differing_inputs"].get<std::uint64_t>());
      }
      if (left.inputs() > 24) CHECK(result.differing.has_value());
      if (!exhaustive || left.inputs() > 24) continue;
      CHECK(result.method == ProofMethod::Exhaustion);
      CHECK(result.differing == entry["differing_inputs"].get<std::uint64_t>());
      CHECK(json(result.differing_per_output) == entry["differing_per_output"]);
      if (!entry.contains("counterexample")) continue;
      std::string bits;
      for (const bool bit : *result.counterexample) bits += bit ? '1' : '0';
      CHECK(bits == entry["counterexample"]["bits"]);
    }
  }
}

TEST_CASE("pairs of another shape are an error; names play no part") {
  if (!std::filesystem::exists(kPairs)) {
    MESSAGE("skipped: no fixtures");
    return;
  }
  const auto decide = [](const std::string& name) {
    return equivalent(read_circuit(kPairs / (name + ".left.aig")),
                      read_circuit(kPairs / (name + ".right.aig")));
  };
  CHECK_THROWS_WITH_AS(decide("shape_inputs"), doctest::Contains("inputs"), Error);
  CHECK_THROWS_WITH_AS(decide("shape_outputs"), doctest::Contains("outputs"), Error);
  CHECK(decide("order_or_names").verdict == Verdict::Different);
}

TEST_CASE("any circuit equals its tables, by every method; one flipped entry is found") {
  const WordSource words = splitmix(31);
  for (int trial = 0; trial < 40; ++trial) {
    const Circuit a = any_circuit(below(8, words), 1 + below(20, words), words);
    const Circuit b = tables_only(a);
    const Equivalence counted = equivalent(a, b);
    CHECK(counted.verdict == Verdict::Equivalent);
    CHECK(counted.method == ProofMethod::Exhaustion);
    CHECK(counted.differing == 0);
    CHECK(equivalent(a, b, by_solver()).verdict == Verdict::Equivalent);
    CHECK(equivalent(a, a, by_solver()).method == ProofMethod::Structure);
    if (a.inputs() == 0) continue;
    // The same but for one input vector: output 0 is complemented there.
    const std::uint64_t k = below(std::uint64_t{1} << a.inputs(), words);
    Builder builder;
    std::vector<Node> inputs, literals;
    for (std::size_t i = 0; i < a.inputs(); ++i) inputs.push_back(builder.input());
    const auto place = copy_into(builder, b, inputs);
    for (std::size_t i = 0; i < a.inputs(); ++i) {
      literals.push_back((k >> i & 1) != 0 ? inputs[i] : builder.add(Op::Not, {inputs[i]}));
    }
    const Node there = literals.size() == 1 ? literals[0] : builder.add(Op::And, literals);
    for (std::size_t i = 0; i < b.outputs().size(); ++i) {
      const Node node = place[b.outputs()[i].node];
      builder.output(i == 0 ? builder.add(Op::Xor, {node, there}) : node);
    }
    const Circuit c = builder.build();
    const Equivalence once = equivalent(a, c), found = equivalent(a, c, by_solver());
    CHECK(once.verdict == Verdict::Different);
    CHECK(once.differing == 1);
    CHECK(once.differing_per_output[0] == 1);
    CHECK(found.verdict == Verdict::Different);
    CHECK(found.method == ProofMethod::Sat);
    for (std::size_t i = 0; i < a.inputs(); ++i) {
      CHECK((*once.counterexample)[i] == ((k >> i & 1) != 0));
      CHECK((*found.counterexample)[i] == ((k >> i & 1) != 0));
    }
  }
}

TEST_CASE("counts agree with tables") {
  const WordSource words = splitmix(32);
  for (int trial = 0; trial < 30; ++trial) {
    const std::size_t n = below(10, words);
    Circuit a = any_circuit(n, 12, words), b = any_circuit(n, 12, words);
    const auto left = output_tables(a), right = output_tables(b);
    TruthTable any(static_cast<int>(n));
    std::vector<std::uint64_t> each;
    for (std::size_t i = 0; i < left.size(); ++i) {
      any |= left[i] ^ right[i];
      each.push_back((left[i] ^ right[i]).ones());
    }
    const Equivalence result = equivalent(a, b);
    CHECK(result.differing == any.ones());
    CHECK(result.differing_per_output == each);
    CHECK((result.verdict == Verdict::Equivalent) == (any.ones() == 0));
  }
}

TEST_CASE("the last of 2^17 inputs is found and counted") {
  Builder a, b;
  std::vector<Node> x;
  for (int i = 0; i < 17; ++i) {
    x.push_back(a.input());
    b.input();
  }
  a.output(a.add(Op::And, x));
  b.output(b.add(Op::Zero, {}));
  const Equivalence result = equivalent(a.build(), b.build());
  CHECK(result.differing == 1);
  CHECK(result.counterexample == std::vector<bool>(17, true));
}

TEST_CASE("the solver counts the differing inputs of wide circuits, up to a limit") {
  // 40 inputs: all of the first 36 must be 1, and not all of the last four equal: 14 inputs.
  Builder a, b;
  std::vector<Node> first, last;
  for (int i = 0; i < 40; ++i) {
    (i < 36 ? first : last).push_back(a.input());
    b.input();
  }
  const Node all = a.add(Op::And, first);
  const Node mixed = a.add(Op::And, {a.add(Op::Nand, last), a.add(Op::Or, last)});
  a.output(a.add(Op::And, {all, mixed}));
  a.output(all);
  b.output(b.add(Op::Zero, {}));
  b.output(b.add(Op::And, first));
  const Equivalence result = equivalent(a.build(), b.build());
  CHECK(result.method == ProofMethod::Sat);
  CHECK(result.differing == 14);
  CHECK(result.differing_per_output == std::vector<std::uint64_t>{14, 0});
  EquivalenceLimits limits;
  limits.counted = 13;
  CHECK(!equivalent(a.build(), b.build(), limits).differing);
  limits.counted = 14;
  CHECK(equivalent(a.build(), b.build(), limits).differing == 14);
}

TEST_CASE("random inputs tell wide circuits apart without the solver") {
  Builder a, b;
  std::vector<Node> x, y;
  for (int i = 0; i < 40; ++i) {
    x.push_back(a.input());
    y.push_back(b.input());
  }
  a.output(a.add(Op::Xor, x));
  y.pop_back();
  b.output(b.add(Op::Xor, y));
  const Equivalence result = equivalent(a.build(), b.build());
  CHECK(result.verdict == Verdict::Different);
  CHECK(result.method == ProofMethod::Simulation);
  CHECK(!result.differing);
  CHECK(result.counterexample->at(39));
}

TEST_CASE("limits that are hit are named") {
  // Exchanged factors are hard for solvers and have no equal inner nodes to merge.
  const Circuit a = multiplier(16, false), b = multiplier(16, true);
  EquivalenceLimits limits;
  limits.seconds = 0.3;
  const Equivalence timed = equivalent(a, b, limits);
  CHECK(timed.verdict == Verdict::Unknown);
  CHECK(timed.limit == "time: 0.3 s");
  CHECK(!timed.counterexample);
  limits = by_solver();
  limits.conflicts = 3;
  const Equivalence counted = equivalent(multiplier(6, false), multiplier(6, true), limits);
  CHECK(counted.verdict == Verdict::Unknown);
  CHECK(counted.limit == "conflicts: 3");
  CHECK(equivalent(multiplier(6, false), multiplier(6, true)).verdict == Verdict::Equivalent);
}

TEST_CASE("edges: no inputs, no outputs, impossible limits") {
  CHECK(equivalent(Circuit{}, Circuit{}).verdict == Verdict::Equivalent);
  CHECK(equivalent(Circuit{}, Circuit{}, by_solver()).method == ProofMethod::Structure);
  Builder zero, one;
  zero.output(zero.add(Op::Zero, {}));
  one.output(one.add(Op::One, {}));
  const Equivalence result = equivalent(zero.build(), one.build());
  CHECK(result.verdict == Verdict::Different);
  CHECK(result.counterexample->empty());
  CHECK(result.differing == 1);
  CHECK(equivalent(zero.build(), one.build(), by_solver()).verdict == Verdict::Different);
  EquivalenceLimits limits;
  limits.seconds = 0;
  CHECK_THROWS_AS(equivalent(Circuit{}, Circuit{}, limits), Error);
  limits.seconds = std::nan("");
  CHECK_THROWS_AS(equivalent(Circuit{}, Circuit{}, limits), Error);
  limits = {};
  limits.exhaustive_inputs = 25;
  CHECK_THROWS_AS(equivalent(Circuit{}, Circuit{}, limits), Error);
}

TEST_CASE("clauses of a graph are satisfied by its values alone") {
  const WordSource words = splitmix(33);
  for (int trial = 0; trial < 20; ++trial) {
    const Circuit c = any_circuit(1 + below(5, words), 12, words);
    AigBuilder graph(c.inputs());
    std::vector<Signal> inputs;
    for (std::size_t i = 0; i < c.inputs(); ++i) inputs.push_back(graph.input(i));
    const auto signals = graph.add(c, inputs);
    const auto tables = node_tables(c);
    SatSolver solver(SatSolver::Effort::Plain);
    Cnf cnf(graph, solver);
    const Deadline never(1e12);
    for (std::uint64_t k = 0; k < (std::uint64_t{1} << c.inputs()); ++k) {
      std::vector<int> assumed;
      for (std::size_t i = 0; i < c.inputs(); ++i) {
        const int literal = cnf.literal(inputs[i]);
        assumed.push_back((k >> i & 1) != 0 ? literal : -literal);
      }
      for (Node v = 0; v < c.nodes(); ++v) {
        const int literal = cnf.literal(signals[v]);
        assumed.push_back(tables[v][k] ? literal : -literal);
        CHECK(solver.solve(assumed, -1, never) == SatSolver::Answer::Satisfiable);
        assumed.back() = -assumed.back();
        CHECK(solver.solve(assumed, -1, never) == SatSolver::Answer::Unsatisfiable);
        assumed.pop_back();
      }
    }
  }
}

TEST_CASE("sweeping keeps functions and leaves no two nodes of the same one") {
  const WordSource words = splitmix(34);
  for (int trial = 0; trial < 20; ++trial) {
    const Circuit c = any_circuit(1 + below(6, words), 30, words);
    AigBuilder graph(c.inputs());
    std::vector<Signal> inputs;
    for (std::size_t i = 0; i < c.inputs(); ++i) inputs.push_back(graph.input(i));
    const auto signals = graph.add(c, inputs);
    const Swept swept = sweep(graph, 4, 1000, Deadline(60));
    CHECK(swept.finished);
    const auto tables = node_tables(c);
    const auto image = [&](Signal s) { return swept.image[s >> 1] ^ (s & 1); };
    for (Node v = 0; v < c.nodes(); ++v) {
      for (Node w = 0; w < v; ++w) {
        CHECK((image(signals[v]) == image(signals[w])) == (tables[v] == tables[w]));
      }
    }
  }
}
