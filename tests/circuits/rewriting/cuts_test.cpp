#include "circuits/rewriting/cuts.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "circuits/any_circuit.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/words.h"

using namespace circuits;

TEST_CASE("the cuts of a small circuit") {
  Builder b;
  const Node x = b.input(), y = b.input(), z = b.input();
  const Node both = b.add(Op::And, {x, y}), neither = b.add(Op::Nor, {x, y});
  const Node equal = b.add(Op::Or, {both, neither});
  const Node top = b.add(Op::Xor, {equal, z});
  const Circuit c = b.build();
  CHECK(small_cuts(c, top, 3, 10) == std::vector<Cut>{{z, equal}, {z, both, neither}, {x, y, z}});
  CHECK(small_cuts(c, equal, 2, 10) == std::vector<Cut>{{both, neither}, {x, y}});
  CHECK(small_cuts(c, top, 2, 10) == std::vector<Cut>{{z, equal}});
  CHECK(small_cuts(c, top, 1, 10).empty());
  CHECK(small_cuts(c, top, 4, 2).size() == 2);
  CHECK(cut_table(c, top, Cut{x, y, z}).hex() == "69");
  CHECK(cut_table(c, equal, Cut{x, y}).hex() == "9");
  CHECK(cut_table(c, equal, Cut{both, neither}).hex() == "e");
  CHECK_THROWS_AS(cut_table(c, top, Cut{equal}), Error);
  CHECK_THROWS_AS(cut_table(c, top, Cut{0, 1, 2, 3, 4, 5, 6}), Error);
  std::set<Cut> seen;
  const WordSource words = splitmix(1);
  for (int round = 0; round < 200; ++round) seen.insert(random_cut(c, top, 3, words));
  CHECK(seen.size() == 3);
  CHECK(random_cut(c, top, 1, words).empty());
}

TEST_CASE("a gate's function is that of a cut composed with its leaves") {
  const WordSource words = splitmix(2);
  for (int round = 0; round < 300; ++round) {
    const Circuit c = any_circuit(1 + below(5, words), 20, words);
    const auto tables = node_tables(c);
    const Node v = static_cast<Node>(c.inputs() + below(20, words));
    const Cut cut = random_cut(c, v, 1 + below(6, words), words);
    if (cut.empty()) continue;
    const TruthTable function = cut_table(c, v, cut);
    for (std::uint64_t k = 0; k < tables[v].size(); ++k) {
      std::uint64_t row = 0;
      for (std::size_t i = 0; i < cut.size(); ++i) row |= std::uint64_t{tables[cut[i]][k]} << i;
      REQUIRE(tables[v][k] == function[row]);
    }
  }
}
