#include "circuits/evaluation/benchmark.h"

#include <doctest/doctest.h>

#include "circuits/aig.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

TEST_CASE("a random and-inverter graph is one, of the size asked for, with nothing idle") {
  const Circuit c = random_aig(5, 40, splitmix(51));
  CHECK(is_and_inverter_graph(c));
  CHECK(c.inputs() == 5);
  std::size_t ands = 0;
  std::vector<Node> roots;
  for (const Output& output : c.outputs()) roots.push_back(output.node);
  const auto reached = in_cone(c, roots);
  for (Node v = 0; v < c.nodes(); ++v) {
    if (c.op(v) == Op::And) {
      ++ands;
      CHECK(reached[v]);
      CHECK(c.fanins(v)[0] != c.fanins(v)[1]);
    }
  }
  CHECK(ands == 40);
  CHECK_THROWS_AS(random_aig(1, 3, splitmix(1)), Error);
}

TEST_CASE("the benchmark of the simulator gives rates") {
  const Circuit c = random_aig(8, 200, splitmix(52));
  for (const bool every_node : {false, true}) {
    const BenchRow row = bench_simulator(c, every_node, 0.001);
    CHECK(row.gates == 200);
    CHECK(row.evaluations > 0);
    CHECK(row.bound > 0);
    CHECK(row.share() > 0);
  }
}
