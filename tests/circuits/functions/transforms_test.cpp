#include "circuits/functions/transforms.h"

#include <doctest/doctest.h>

#include "circuits/functions/properties.h"
#include "circuits/functions/tables.h"

using namespace circuits;

TEST_CASE("flips and swaps move each value to its place") {
  const WordSource words = splitmix(61);
  for (int n = 1; n <= 9; ++n) {
    const TruthTable f = random_table(n, words);
    for (int i = 0; i < n; ++i) {
      CHECK(flip_input(f, i) ==
            table_of(n, [&](std::uint64_t k) { return f[k ^ std::uint64_t{1} << i]; }));
      for (int j = 0; j < n; ++j) {
        CHECK(swap_inputs(f, i, j) == table_of(n, [&](std::uint64_t k) {
                const std::uint64_t differ = (k >> i ^ k >> j) & 1;
                return f[k ^ differ << i ^ (i == j ? 0 : differ << j)];
              }));
      }
    }
  }
  CHECK_THROWS_AS(flip_input(TruthTable(3), 3), Error);
  CHECK_THROWS_AS(flip_input(TruthTable(3), -1), Error);
  CHECK_THROWS_AS(flip_inputs(TruthTable(3), 8), Error);
  CHECK_THROWS_AS(swap_inputs(TruthTable(3), 0, 3), Error);
}

TEST_CASE("a junta is a function of its inputs alone") {
  const WordSource words = splitmix(62);
  const TruthTable inner = parity(3) ^ (TruthTable::input(3, 0) & TruthTable::input(3, 2));
  const std::vector<int> inputs{1, 6, 8};
  const TruthTable f = table_of(9, [&](std::uint64_t k) {
    return inner[(k >> 1 & 1) | (k >> 6 & 1) << 1 | (k >> 8 & 1) << 2];
  });
  CHECK(relevant_inputs(f) == inputs);
  CHECK(junta(f).table == inner);
  CHECK(junta_within(f, 3, "it").inputs == inputs);
  CHECK_THROWS_AS(junta_within(f, 2, "it"), Error);
  CHECK(restricted_to(f, std::vector<int>{}).inputs() == 0);
  CHECK_THROWS_AS(restricted_to(f, std::vector<int>{6, 1}), Error);
  CHECK_THROWS_AS(restricted_to(f, std::vector<int>{9}), Error);
  const TruthTable g = random_table(8, words);
  CHECK(restricted_to(g, relevant_inputs(g)).inputs() ==
        static_cast<int>(relevant_inputs(g).size()));
}

TEST_CASE("directions, symmetry and duality") {
  const TruthTable mux =
      table_of(3, [](std::uint64_t k) { return (k & 1) != 0 ? k >> 1 & 1 : k >> 2 & 1; });
  CHECK(directions(mux) == std::vector<Direction>{Direction::Both, Direction::Up, Direction::Up});
  CHECK(!is_unate(mux));
  CHECK(is_monotone(at_least(7, 3)));
  const TruthTable down = flip_input(at_least(7, 3), 6);
  CHECK(!is_monotone(down));
  CHECK(is_unate(down));
  CHECK(directions(down)[6] == Direction::Down);
  CHECK(symmetric_values(at_least(4, 3)) == std::vector<bool>{false, false, false, true, true});
  CHECK(!symmetric_values(down));
  CHECK(!symmetric_values(TruthTable::input(8, 7)));
  CHECK(is_self_dual(at_least(7, 4)));
  CHECK(!is_self_dual(at_least(8, 4)));
  CHECK(is_self_dual(TruthTable::input(3, 1)));
  CHECK(is_balanced(parity(7)));
  CHECK(!is_balanced(at_least(7, 3)));
  // The definition, on random functions.
  const WordSource words = splitmix(63);
  for (int round = 0; round < 30; ++round) {
    const TruthTable f = random_table(2 + round % 3, words, 3);
    for (int i = 0; i < f.inputs(); ++i) {
      bool up = false, turns_off = false;
      for (std::uint64_t k = 0; k < f.size(); ++k) {
        if ((k >> i & 1) != 0) continue;
        up = up || (!f[k] && f[k | std::uint64_t{1} << i]);
        turns_off = turns_off || (f[k] && !f[k | std::uint64_t{1} << i]);
      }
      const Direction expected = up ? (turns_off ? Direction::Both : Direction::Up)
                                    : (turns_off ? Direction::Down : Direction::None);
      CHECK(directions(f)[static_cast<std::size_t>(i)] == expected);
    }
  }
}
