#include "circuits/rewriting/rewrite.h"

#include <doctest/doctest.h>

#include <map>
#include <set>

#include "circuits/any_circuit.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/netlist.h"
#include "circuits/rewriting/canonical.h"
#include "circuits/rewriting/resynthesis.h"
#include "circuits/rewriting/simplify.h"
#include "circuits/samplers/dag.h"
#include "circuits/statistics.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

std::string shown(const Circuit& c, Node v) {
  if (c.op(v) == Op::Input) return c.name(v);
  std::string text(rule(c.op(v)).name);
  text += "(";
  for (const Node fanin : c.fanins(v)) text += (text.back() == '(' ? "" : " ") + shown(c, fanin);
  return text + ")";
}

// All texts that a step at the last gate of a circuit over a, b, c, d may give.
std::set<std::string> results(Rule rule, const std::vector<Netlist::Gate>& gates) {
  const Circuit c = link({{"a", "b", "c", "d"}, gates, {{"y", gates.back().name}}});
  std::set<std::string> found;
  for (std::uint64_t seed = 0; seed < 200; ++seed) {
    const Circuit after = apply_step(c, {rule, static_cast<Node>(c.nodes() - 1)}, splitmix(seed));
    REQUIRE(output_tables(after) == output_tables(c));
    found.insert(shown(after, after.outputs()[0].node));
  }
  return found;
}

using Texts = std::set<std::string>;

}  // namespace

TEST_CASE("identities of complements and De Morgan") {
  CHECK(results(Rule::Complement, {{"y", Op::Nand, {"a", "b"}}}) == Texts{"not(and(a b))"});
  CHECK(results(Rule::Complement, {{"p", Op::Or, {"a", "b"}}, {"y", Op::Not, {"p"}}}) ==
        Texts{"nor(a b)"});
  CHECK(results(Rule::DeMorgan, {{"p", Op::Not, {"a"}}, {"y", Op::And, {"p", "b"}}}) ==
        Texts{"not(or(a not(b)))"});
  CHECK(results(Rule::DeMorgan, {{"y", Op::Nor, {"a", "b"}}}) == Texts{"and(not(a) not(b))"});
  CHECK(results(Rule::DeMorgan, {{"y", Op::Xor, {"a", "b", "c"}}}) ==
        Texts{"xor(not(a) not(b) c)", "xor(not(a) b not(c))", "xor(a not(b) not(c))"});
}

TEST_CASE("identities of distribution and factoring are inverse") {
  const std::vector<Netlist::Gate> product{{"p", Op::Or, {"b", "c"}}, {"y", Op::And, {"a", "p"}}};
  const std::vector<Netlist::Gate> sum{
      {"p", Op::And, {"b", "a"}}, {"q", Op::And, {"c", "a"}}, {"y", Op::Or, {"p", "q"}}};
  CHECK(results(Rule::Distribute, product) == Texts{"or(and(b a) and(c a))"});
  CHECK(results(Rule::Factor, sum) == Texts{"and(a or(b c))"});
  const std::vector<Netlist::Gate> with_rest{
      {"p", Op::Or, {"a", "b", "c"}}, {"q", Op::Or, {"d", "a"}}, {"y", Op::And, {"p", "b", "q"}}};
  CHECK(results(Rule::Factor, with_rest) == Texts{"and(b or(a and(or(b c) d)))"});
  const std::vector<Netlist::Gate> parity{{"p", Op::Xor, {"b", "c"}}, {"y", Op::And, {"a", "p"}}};
  CHECK(results(Rule::Distribute, parity) == Texts{"xor(and(b a) and(c a))"});
}

TEST_CASE("identities of grouping") {
  CHECK(results(Rule::Split, {{"y", Op::Nand, {"a", "b", "c"}}}) ==
        Texts{"nand(c and(a b))", "nand(b and(a c))", "nand(a and(b c))"});
  const std::vector<Netlist::Gate> nested{{"p", Op::Xor, {"a", "b"}}, {"y", Op::Xor, {"p", "c"}}};
  CHECK(results(Rule::Merge, nested) == Texts{"xor(c a b)"});
  CHECK(results(Rule::Regroup, nested) ==
        Texts{"xor(b xor(c a))", "xor(a xor(c b))", "xor(c xor(a b))"});
}

TEST_CASE("XOR, MUX and MAJ from and to ANDs and ORs") {
  CHECK(results(Rule::XorToAndOr, {{"y", Op::Xor, {"a", "b"}}}) ==
        Texts{"or(and(a not(b)) and(not(a) b))", "or(and(b not(a)) and(not(b) a))",
              "and(or(a b) not(and(a b)))", "and(or(b a) not(and(b a)))"});
  const std::vector<Netlist::Gate> parity{
      {"p", Op::Or, {"a", "b"}}, {"q", Op::Nand, {"a", "b"}}, {"y", Op::And, {"p", "q"}}};
  CHECK(results(Rule::Recognize, parity) == Texts{"xor(a b)"});
  const std::vector<Netlist::Gate> majority{{"p", Op::And, {"a", "b"}},
                                            {"q", Op::Or, {"a", "b"}},
                                            {"r", Op::And, {"q", "c"}},
                                            {"y", Op::Or, {"p", "r"}}};
  CHECK(results(Rule::Recognize, majority).contains("maj(a b c)"));
  const std::vector<Netlist::Gate> selection{{"n", Op::Not, {"a"}},
                                             {"p", Op::And, {"a", "b"}},
                                             {"q", Op::And, {"n", "c"}},
                                             {"y", Op::Nor, {"p", "q"}}};
  CHECK(results(Rule::Recognize, selection) == Texts{"mux(a not(b) not(c))"});
  CHECK(results(Rule::ExpandGate, {{"y", Op::Maj, {"a", "b", "c"}}})
            .contains("or(and(a or(b c)) and(not(a) and(b c)))"));
  CHECK(results(Rule::ExpandGate, {{"y", Op::Mux, {"a", "b", "c"}}})
            .contains("or(and(a b) and(not(a) c))"));
  CHECK(results(Rule::ExpandGate, {{"y", Gate::lut(0x2), {"a", "b"}}}) ==
        Texts{"and(a not(b))", "and(not(b) a)"});
}

TEST_CASE("Shannon's expansion of an output on one of its inputs") {
  const std::vector<Netlist::Gate> gates{{"p", Op::Xor, {"a", "b"}}, {"y", Op::And, {"p", "c"}}};
  CHECK(results(Rule::Shannon, gates) == Texts{"or(and(a and(not(b) c)) and(not(a) and(b c)))",
                                               "or(and(b and(not(a) c)) and(not(b) and(a c)))",
                                               "and(c xor(a b))"});
  const Circuit c = link({{"a"},
                          {{"p", Op::One, {}}, {"q", Op::Buf, {"p"}}, {"r", Op::Not, {"a"}}},
                          {{"y", "q"}, {"z", "a"}}});
  CHECK(!applies(c, Rule::Shannon, 0));
  CHECK(!applies(c, Rule::Shannon, 1));
  CHECK(!applies(c, Rule::Shannon, 2));  // a constant
  CHECK(!applies(c, Rule::Shannon, 3));  // no output
}

TEST_CASE("every rule keeps the functions wherever it applies in any circuit") {
  const WordSource words = splitmix(71);
  std::map<Rule, int> applied;
  for (int trial = 0; trial < 500; ++trial) {
    const Circuit c = any_circuit(below(6, words), 1 + below(25, words), words);
    const auto tables = output_tables(c);
    for (const Rule rule : all_rules()) {
      for (Node v = 0; v < c.nodes(); ++v) {
        if (!applies(c, rule, v)) continue;
        ++applied[rule];
        const Circuit after = apply_step(c, {rule, v}, words);
        CAPTURE(name(rule));
        REQUIRE(output_tables(after) == tables);
        REQUIRE(after.outputs()[0].name == c.outputs()[0].name);
      }
    }
  }
  for (const Rule rule : all_rules()) {
    CAPTURE(name(rule));
    CHECK(applied[rule] >= 10);
  }
}

TEST_CASE("in a sampled circuit every rule comes to apply, is proven and changes the structure") {
  const WordSource words = splitmix(72);
  for (const Rule rule : all_rules()) {
    CAPTURE(name(rule));
    int changed = 0;
    for (int trial = 0; trial < 20; ++trial) {
      Circuit c = sample_dag({.inputs = 6, .gates = 10, .outputs = 2}, words).circuit;
      for (int i = 0; i < 3; ++i) {  // makes room for the inverse rules
        if (auto next = rewrite_once(c, words)) c = next->circuit;
      }
      const auto next = rewrite_once(c, words, std::span(&rule, 1));
      if (!next) continue;
      CHECK(next->step.rule == rule);
      CHECK(next->proof == "exhaustion");
      REQUIRE(output_tables(next->circuit) == output_tables(c));
      changed += !isomorphic(next->circuit, c);
    }
    CHECK(changed > 0);
  }
}

TEST_CASE("names of inputs and outputs stay, gates that no longer matter go") {
  const Circuit c = link({{"left", "right"},
                          {{"p", Op::And, {"left", "right"}},
                           {"q", Op::And, {"p", "left"}},
                           {"idle", Op::Or, {"left", "right"}}},
                          {{"result", "q"}}});
  const Rule rule = Rule::Merge;
  const auto next = rewrite_once(c, splitmix(1), std::span(&rule, 1));
  REQUIRE(next);
  CHECK(next->step == RewriteStep{Rule::Merge, 3});
  CHECK(
      next->circuit ==
      link({{"left", "right"}, {{"g2", Op::And, {"left", "left", "right"}}}, {{"result", "g2"}}}));
}

TEST_CASE("wide circuits are proven too") {
  const WordSource words = splitmix(73);
  Builder b;
  for (int i = 0; i < 40; ++i) b.input();
  for (int i = 0; i < 100; ++i) {
    const Node first = static_cast<Node>(b.nodes() - 1 - below(30, words));
    const Node second = static_cast<Node>(below(b.nodes(), words));
    b.add(i % 3 == 0 ? Op::Xor : i % 3 == 1 ? Op::And : Op::Or, {first, second});
  }
  for (int i = 1; i < 6; ++i) b.output(static_cast<Node>(b.nodes() - i));
  Circuit c = b.build();
  int steps = 0;
  for (int i = 0; i < 20; ++i) {
    const auto next = rewrite_once(c, words);
    if (!next) continue;
    CHECK(next->proof != "exhaustion");
    c = next->circuit;
    ++steps;
  }
  CHECK(steps >= 18);
}

TEST_CASE("what cannot be is refused") {
  const Circuit c = link({{"a", "b"}, {{"p", Op::And, {"a", "b"}}}, {{"y", "p"}}});
  const WordSource words = splitmix(0);
  CHECK_THROWS_AS(apply_step(c, {Rule::Merge, 2}, words), Error);
  CHECK_THROWS_AS(apply_step(c, {Rule::Merge, 0}, words), Error);
  CHECK_THROWS_AS(apply_step(c, {Rule::Merge, 3}, words), Error);
  CHECK_THROWS_AS(rewrite_once(c, words, {}), Error);
  const Rule merge = Rule::Merge;
  CHECK(!rewrite_once(c, words, std::span(&merge, 1)));
  CHECK(!rewrite_once(Circuit(), words));
}

TEST_CASE("outputs made anew in each style compute the same, in that style") {
  const WordSource words = splitmix(74);
  for (int trial = 0; trial < 60; ++trial) {
    const Circuit c = any_circuit(1 + below(7, words), 12, words);
    for (const Style style : kStyles) {
      const auto anew = resynthesize(c, style);
      REQUIRE(anew);
      REQUIRE(output_tables(*anew) == output_tables(c));
      CHECK(anew->name(0) == c.name(0));
      for (Node v = 0; v < anew->nodes(); ++v) {
        if (style == Style::Anf) CHECK(anew->op(v) != Op::Or);
        if (style == Style::Factored) CHECK(anew->fanins(v).size() <= 2);
      }
    }
  }
  Builder wide;
  std::vector<Node> all;
  for (std::size_t i = 0; i <= kMostStyleInputs; ++i) all.push_back(wide.input());
  wide.output(wide.add(Op::And, all));
  CHECK(!resynthesize(wide.build(), Style::Dnf));
}
