#include "circuits/views.h"

#include <doctest/doctest.h>

#include "circuits/builder.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/samplers/dag.h"
#include "circuits/words.h"

using namespace circuits;

TEST_CASE("levels, depth, fan-outs and cones of a small circuit") {
  Builder b;
  const Node x = b.input(), y = b.input(), z = b.input();
  const Node one = b.add(Op::One, {});
  const Node both = b.add(Op::And, {x, y});
  const Node neither = b.add(Op::Not, {both});  // free
  const Node deep = b.add(Op::Or, {neither, x, x});
  const Node idle = b.add(Op::Xor, {deep, z, one});
  b.output(deep);
  const Circuit c = b.build();
  CHECK(levels(c) == std::vector<std::size_t>{0, 0, 0, 0, 1, 1, 2, 3});
  CHECK(depth(c) == 2);
  CHECK(depth(Circuit()) == 0);
  CHECK(fan_outs(c) == std::vector<std::size_t>{3, 1, 1, 1, 1, 1, 1, 0});
  const std::vector<Node> roots{deep};
  CHECK(in_cone(c, roots) == std::vector<bool>{true, true, false, false, true, true, true, false});
  CHECK(!observable(c)[idle]);
  CHECK(!observable(c)[z]);
}

TEST_CASE("relevance is exact where tables are small and structural beyond") {
  Builder b;
  const Node x = b.input(), y = b.input();
  b.input();
  // x or (x and y) is x: absorption makes y irrelevant though it is in the cone.
  const Node top = b.add(Op::Or, {x, b.add(Op::And, {x, y})});
  b.output(top);
  const Circuit c = b.build();
  const Relevance exact = relevant_inputs(c, top);
  CHECK(exact.exact);
  CHECK(exact.inputs == std::vector<Node>{x});
  const Relevance structural = relevant_inputs(c, top, 2);
  CHECK(!structural.exact);
  CHECK(structural.inputs == std::vector<Node>{x, y});
  // The AND adds nothing, yet flipping it where x is 0 is seen.
  CHECK(observable(c) == std::vector<bool>{true, false, false, true, true});
}

TEST_CASE("observable inputs are those on which an output's table depends") {
  const WordSource words = splitmix(6);
  for (int trial = 0; trial < 200; ++trial) {
    const std::size_t n = 1 + below(11, words);
    Builder b;
    for (std::size_t i = 0; i < n; ++i) b.input();
    for (int i = 0; i < 10; ++i) {
      const Op op = below(2, words) == 0 ? Op::And : Op::Or;
      const Node first = static_cast<Node>(below(b.nodes(), words));
      b.add(op, {first, static_cast<Node>(below(b.nodes(), words))});
    }
    b.output(static_cast<Node>(b.nodes() - 1));
    b.output(static_cast<Node>(b.nodes() - 2));
    const Circuit c = b.build();
    const std::vector<bool> seen = observable(c);
    const auto tables = output_tables(c);
    for (int i = 0; i < static_cast<int>(n); ++i) {
      const bool depends = tables[0].depends_on(i) || tables[1].depends_on(i);
      CHECK(seen[static_cast<std::size_t>(i)] == depends);
    }
  }
}

TEST_CASE("exhaustion finds the few inputs on which an AND of many shows a flip") {
  Builder b;
  std::vector<Node> fanins;
  for (int i = 0; i < 14; ++i) fanins.push_back(b.input());
  b.output(b.add(Op::And, fanins));
  const std::vector<bool> seen = observable(b.build());
  CHECK(seen == std::vector<bool>(15, true));
}
