#include "circuits/functions/truth_table.h"

#include <doctest/doctest.h>

#include "circuits/words.h"

using namespace circuits;

namespace {

TruthTable random_table(int n, const WordSource& words) {
  std::string digits(std::max<std::size_t>(1, (std::size_t{1} << n) / 4), '0');
  const std::uint64_t limit = n >= 2 ? 16 : 1 << (1 << n);
  for (char& digit : digits) digit = "0123456789abcdef"[below(limit, words)];
  return TruthTable::from_hex(n, digits);
}

}  // namespace

TEST_CASE("input 0 is the fastest") {
  CHECK(TruthTable::input(3, 0).hex() == "aa");
  CHECK(TruthTable::input(3, 2).hex() == "f0");
  CHECK(TruthTable::input(1, 0).hex() == "2");
  CHECK((~TruthTable::input(1, 0)).hex() == "1");
  CHECK(TruthTable(0, true).hex() == "1");
  CHECK(TruthTable(2, true).hex() == "f");
  for (int n = 1; n <= 9; ++n) {
    for (int i = 0; i < n; ++i) {
      const TruthTable table = TruthTable::input(n, i);
      for (std::uint64_t k = 0; k < table.size(); ++k) CHECK(table[k] == ((k >> i) & 1));
    }
  }
}

TEST_CASE("hex round trips, counts and complements are those of the bits") {
  const WordSource words = splitmix(1);
  for (int n = 0; n <= 10; ++n) {
    const TruthTable table = random_table(n, words);
    CHECK(TruthTable::from_hex(n, table.hex()) == table);
    std::uint64_t ones = 0;
    for (std::uint64_t k = 0; k < table.size(); ++k) {
      ones += table[k];
      CHECK((~table)[k] != table[k]);
    }
    CHECK(table.ones() == ones);
    CHECK((~table).ones() == table.size() - ones);
    CHECK(~~table == table);
    CHECK((table ^ table) == TruthTable(n));
    CHECK((table | ~table).constant());
  }
}

TEST_CASE("dependence is what flipping an input says") {
  const WordSource words = splitmix(2);
  for (int n = 1; n <= 9; ++n) {
    TruthTable table = random_table(n, words);
    // Made independent of one input: the same value with it 0 and 1.
    const int ignored = static_cast<int>(below(static_cast<std::uint64_t>(n), words));
    std::string bits(table.size(), '0');
    TruthTable smoothed(n);
    for (std::uint64_t k = 0; k < table.size(); ++k) {
      if (!table[k & ~(std::uint64_t{1} << ignored)]) continue;
      TruthTable point(n, true);
      for (int i = 0; i < n; ++i) {
        const TruthTable x = TruthTable::input(n, i);
        point &= (k >> i & 1) != 0 ? x : ~x;
      }
      smoothed |= point;
    }
    CHECK(!smoothed.depends_on(ignored));
    for (int i = 0; i < n; ++i) {
      bool depends = false;
      for (std::uint64_t k = 0; k < table.size(); ++k) {
        depends = depends || smoothed[k] != smoothed[k ^ (std::uint64_t{1} << i)];
      }
      CHECK(smoothed.depends_on(i) == depends);
      CHECK(TruthTable::input(n, i).depends_on(i));
    }
  }
}

TEST_CASE("what is no truth table is refused") {
  CHECK_THROWS_AS(TruthTable(25), Error);
  CHECK_THROWS_AS(TruthTable(-1), Error);
  CHECK_THROWS_AS(TruthTable::input(3, 3), Error);
  CHECK_THROWS_AS(TruthTable::input(3, -1), Error);
  CHECK_THROWS_AS(TruthTable::from_hex(3, "a"), Error);
  CHECK_THROWS_AS(TruthTable::from_hex(3, "aaa"), Error);
  CHECK_THROWS_AS(TruthTable::from_hex(3, "ag"), Error);
  CHECK_THROWS_AS(TruthTable::from_hex(1, "4"), Error);
  CHECK_THROWS_AS(TruthTable(2) & TruthTable(3), Error);
  CHECK(TruthTable(24).words().size() == std::size_t{1} << 18);
}
