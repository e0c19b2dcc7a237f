#include "circuits/samplers/formula.h"

#include <algorithm>
#include <bit>
#include <set>

#include "circuits/evaluation/evaluate.h"
#include "circuits/samplers/cnf.h"
#include "circuits/samplers/frequencies.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

// The sets of leaves below the inner nodes of a tree of ANDs, as bit masks in ascending order.
std::string clades(const Circuit& circuit) {
  std::vector<unsigned> below(circuit.nodes(), 0);
  std::set<unsigned> sets;
  for (Node v = 0; v < circuit.nodes(); ++v) {
    if (circuit.op(v) == Op::Input) below[v] = 1U << v;
    for (const Node fanin : circuit.fanins(v)) below[v] |= below[fanin];
    if (circuit.op(v) == Op::And) sets.insert(below[v]);
  }
  std::string text;
  for (const unsigned set : sets) text += std::to_string(set) + " ";
  return text;
}

std::string gates_of(const Circuit& circuit) {
  std::string text;
  for (Node v = 0; v < circuit.nodes(); ++v) {
    text += std::string(rule(circuit.op(v)).name) + "(";
    for (const Node fanin : circuit.fanins(v)) text += std::to_string(fanin) + " ";
    text += ")";
  }
  return text + std::to_string(circuit.outputs()[0].node);
}

ReadOnceShape of_ands(std::size_t inputs, const std::string& tree) {
  return {.inputs = inputs, .tree = tree, .xor_share = 0, .or_share = 0, .not_share = 0};
}

}  // namespace

TEST_CASE("trees of read-once formulas have the documented distributions") {
  const WordSource words = splitmix(70);
  const auto draw = [&](std::size_t inputs, const std::string& tree) {
    return
        [&words, inputs, tree] { return clades(sample_read_once(of_ands(inputs, tree), words)); };
  };
  check_uniform(1, 10, draw(1, "uniform"));
  check_uniform(15, 6000, draw(4, "uniform"));
  check_uniform(105, 21'000, draw(5, "uniform"));
  check_uniform(3, 3000, draw(4, "balanced"));
  check_uniform(30, 6000, draw(5, "balanced"));  // 10 pairs of the smaller half, 3 of the larger
  check_uniform(12, 6000, draw(4, "chain"));
}

TEST_CASE("gates of read-once formulas have their shares") {
  const WordSource words = splitmix(71);
  const ReadOnceShape shape{.inputs = 2, .xor_share = 0.3, .or_share = 0.25, .not_share = 0.5};
  std::map<std::string, double> tables{{"6", 0.3}};
  for (const char* table : {"8", "4", "2", "1"}) tables[table] = 0.7 * 0.75 / 4;
  for (const char* table : {"e", "d", "b", "7"}) tables[table] = 0.7 * 0.25 / 4;
  check_frequencies(tables, 8000,
                    [&] { return output_tables(sample_read_once(shape, words))[0].hex(); });
}

TEST_CASE("read-once formulas use every input once, and all matter") {
  const WordSource words = splitmix(72);
  for (const std::string tree : {"uniform", "balanced", "chain"}) {
    for (std::size_t n = 1; n <= 12; ++n) {
      const Circuit c = sample_read_once({.inputs = n, .tree = tree}, words);
      REQUIRE(std::ranges::count(observable(c), false) == 0);
      const auto uses = fan_outs(c);
      for (Node v = 0; v < c.nodes(); ++v) REQUIRE(uses[v] == (v != c.outputs()[0].node));
    }
  }
  CHECK(depth(sample_read_once(of_ands(64, "balanced"), words)) == 6);
  CHECK(depth(sample_read_once(of_ands(20'000, "chain"), words)) == 19'999);
  CHECK_THROWS_AS(sample_read_once({.tree = "odd"}, words), Error);
}

TEST_CASE("decision trees have the documented distribution") {
  const WordSource words = splitmix(73);
  const auto draw = [&words](const DecisionTreeShape& shape) {
    return [&words, shape] { return gates_of(sample_decision_tree(shape, words)); };
  };
  check_uniform(6, 3000, draw({.inputs = 3, .leaves = 2, .depth = 1}));
  // Root, the value that is queried further, the other input or its complement, the other leaf.
  check_uniform(16, 4800, draw({.inputs = 2, .leaves = 3, .depth = 2}));
  // Both children of the root read the other input or its complement.
  check_uniform(8, 4000, [&] {
    const Circuit c = sample_decision_tree({.inputs = 2, .leaves = 4, .depth = 2}, words);
    return std::to_string(c.fanins(c.outputs()[0].node)[0]) + output_tables(c)[0].hex();
  });
}

TEST_CASE("decision trees keep to their size and depth") {
  const WordSource words = splitmix(74);
  for (const DecisionTreeShape& shape :
       {DecisionTreeShape{}, DecisionTreeShape{.inputs = 10, .leaves = 40, .depth = 6},
        DecisionTreeShape{.inputs = 6, .leaves = 64, .depth = 6}}) {
    const Circuit c = sample_decision_tree(shape, words);
    // Queries on each path, and leaves, along every input.
    const auto n = c.inputs();
    for (std::uint64_t k = 0; k < (std::uint64_t{1} << n); ++k) {
      Node at = c.outputs()[0].node;
      std::set<Node> queried;
      while (c.op(at) == Op::Mux) {
        const auto fanins = c.fanins(at);
        REQUIRE(queried.insert(fanins[0]).second);
        at = (k >> fanins[0] & 1) != 0 ? fanins[1] : fanins[2];
      }
      const bool constant = c.op(at) == Op::Zero || c.op(at) == Op::One;
      if (c.op(at) == Op::Not) at = c.fanins(at)[0];
      if (!constant) REQUIRE(queried.insert(at).second);
      REQUIRE(queried.size() <= shape.depth);
    }
  }
  CHECK_THROWS_AS(sample_decision_tree({.inputs = 3, .leaves = 9, .depth = 3}, words), Error);
  CHECK_THROWS_AS(sample_decision_tree({.inputs = 3, .leaves = 4, .depth = 4}, words), Error);
  CHECK_THROWS_AS(sample_decision_tree({.leaves = 1}, words), Error);
}

TEST_CASE("clauses are uniform, and distinct where it is asked for") {
  const WordSource words = splitmix(75);
  const auto draw = [&words](const CnfShape& shape) {
    return [&words, shape] { return gates_of(sample_cnf(shape, words)); };
  };
  check_uniform(12, 6000, draw({.inputs = 3, .clauses = 1, .k = 2}));
  check_uniform(12, 6000, draw({.inputs = 3, .clauses = 1, .k = 2, .form = "dnf"}));
  check_uniform(132, 20'000, draw({.inputs = 3, .clauses = 2, .k = 2}));
  check_uniform(144, 20'000, draw({.inputs = 3, .clauses = 2, .k = 2, .distinct = false}));
  CHECK_THROWS_AS(sample_cnf({.inputs = 3, .clauses = 7, .k = 2}, words), Error);
  CHECK_THROWS_AS(sample_cnf({.inputs = 2, .k = 3}, words), Error);
  CHECK_THROWS_AS(sample_cnf({.form = "nf"}, words), Error);
  sample_cnf({.inputs = 3, .clauses = 6, .k = 2}, words);
  sample_cnf({.inputs = 3, .clauses = 700, .k = 2, .distinct = false}, words);
}

TEST_CASE("k-CNF and k-DNF are made of clauses of k different variables") {
  for (const std::string form : {"cnf", "dnf"}) {
    for (std::size_t k = 1; k <= 5; ++k) {
      const Circuit c = sample_cnf({.inputs = 7, .clauses = 5, .k = k, .form = form}, splitmix(k));
      const Node top = c.outputs()[0].node;
      REQUIRE(c.op(top) == (form == "cnf" ? Op::And : Op::Or));
      REQUIRE(c.fanins(top).size() == 5);
      for (const Node clause : c.fanins(top)) {
        if (k > 1) REQUIRE(c.op(clause) == (form == "cnf" ? Op::Or : Op::And));
        REQUIRE(relevant_inputs(c, clause).inputs.size() == k);
      }
    }
    // One clause of k literals decides 1 of 2^k inputs.
    const TruthTable one = output_tables(sample_cnf({.clauses = 1, .form = form}, splitmix(1)))[0];
    CHECK(one.ones() == (form == "cnf" ? 256 - 32 : 32));
  }
}
