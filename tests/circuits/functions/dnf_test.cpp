#include "circuits/functions/dnf.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <set>

#include "circuits/evaluation/evaluate.h"
#include "circuits/functions/tables.h"

using namespace circuits;

namespace {

// All products with n inputs, and of these the prime implicants, by the definition.
std::vector<Cube> primes_by_definition(const TruthTable& f) {
  std::vector<Cube> primes;
  const auto implies = [&](const Cube& cube) {
    for (std::uint64_t k = 0; k < f.size(); ++k) {
      if (cube(k) && !f[k]) return false;
    }
    return true;
  };
  for (std::uint32_t care = 0; care < f.size(); ++care) {
    for (std::uint32_t value = 0; value < f.size(); ++value) {
      if ((value & ~care) != 0 || !implies({care, value})) continue;
      bool prime = true;
      for (std::uint32_t bit = 1; bit < f.size(); bit *= 2) {
        prime = prime && ((care & bit) == 0 || !implies({care & ~bit, value & ~bit}));
      }
      if (prime) primes.push_back({care, value});
    }
  }
  return primes;
}

// Whether every cube is a prime of upper and covers something of lower alone.
void check_irredundant(const std::vector<Cube>& cubes, const TruthTable& lower,
                       const TruthTable& upper) {
  const int n = lower.inputs();
  const TruthTable cover = cover_table(cubes, n), none(n);
  CHECK((lower & ~cover) == none);
  CHECK((cover & ~upper) == none);
  for (std::size_t c = 0; c < cubes.size(); ++c) {
    std::vector<Cube> others = cubes;
    others.erase(others.begin() + static_cast<std::ptrdiff_t>(c));
    CHECK((lower & ~cover_table(others, n)) != none);
    for (int i = 0; i < n; ++i) {
      const std::uint32_t bit = 1u << i;
      if ((cubes[c].care & bit) == 0) continue;
      const std::vector<Cube> larger{{cubes[c].care & ~bit, cubes[c].value & ~bit}};
      CHECK((cover_table(larger, n) & ~upper) != none);
    }
  }
}

TruthTable made(const std::vector<Cube>& cubes, int n, bool factor) {
  Builder b;
  std::vector<Node> inputs;
  for (int i = 0; i < n; ++i) inputs.push_back(b.input());
  b.output(factor ? add_factored(b, cubes, inputs) : add_dnf(b, cubes, inputs));
  return output_tables(b.build())[0];
}

}  // namespace

TEST_CASE("irredundant sums of products cover the function with primes, all needed") {
  const WordSource words = splitmix(31);
  for (int round = 0; round < 60; ++round) {
    const int n = round % 10;
    const TruthTable f = random_table(n, words, 1 + round % 3);
    const auto cubes = isop(f);
    CHECK(cover_table(cubes, n) == f);
    check_irredundant(cubes, f, f);
  }
}

TEST_CASE("irredundant sums of products use what does not matter") {
  const WordSource words = splitmix(32);
  std::size_t fewer = 0, exact = 0;
  for (int round = 0; round < 60; ++round) {
    const int n = 1 + round % 9;
    const TruthTable lower = random_table(n, words, 2), upper = lower | random_table(n, words);
    const auto cubes = isop(lower, upper);
    check_irredundant(cubes, lower, upper);
    fewer += cubes.size();
    exact += isop(lower).size();
  }
  CHECK(fewer < exact);
  CHECK(isop(TruthTable(8), TruthTable(8, true)).empty());
  CHECK(isop(TruthTable(8, true)) == std::vector<Cube>{{}});
  CHECK_THROWS_AS(isop(TruthTable(3, true), TruthTable(3)), Error);
  CHECK_THROWS_AS(isop(TruthTable(3), TruthTable(4)), Error);
}

TEST_CASE("prime implicants are those of the definition") {
  const WordSource words = splitmix(33);
  for (int round = 0; round < 40; ++round) {
    const int n = round % 7;
    TruthTable f = random_table(n, words, 1 + round % 2);
    if (round % 4 == 0) f = ~f;
    auto expected = primes_by_definition(f);
    std::ranges::sort(expected);
    CHECK(prime_implicants(f) == expected);
  }
}

TEST_CASE("prime implicants of known functions") {
  CHECK(prime_implicants(parity(8)).size() == 128);
  CHECK(prime_implicants(at_least(9, 4)).size() == 126);  // C(9, 4)
  CHECK(prime_implicants(TruthTable(5)).empty());
  CHECK(prime_implicants(TruthTable(5, true)) == std::vector<Cube>{{}});
  CHECK(prime_implicants(TruthTable::input(20, 17)) == std::vector<Cube>{{1u << 17, 1u << 17}});
  CHECK_THROWS_AS(prime_implicants(parity(17)), Error);
}

TEST_CASE("minimum covers of up to 3 inputs are the smallest of all") {
  // Breadth first over all functions: those with a cover of t cubes and of none smaller.
  for (int n = 0; n <= 3; ++n) {
    std::vector<std::uint64_t> cubes;
    for (std::uint32_t care = 0; care < 1u << n; ++care) {
      for (std::uint32_t value = 0; value < 1u << n; ++value) {
        if ((value & ~care) != 0) continue;
        cubes.push_back(cover_table(std::vector<Cube>{{care, value}}, n).words()[0]);
      }
    }
    std::set<std::uint64_t> seen{0}, level{0};
    for (std::size_t terms = 0; !level.empty(); ++terms) {
      std::set<std::uint64_t> next;
      for (const std::uint64_t bits : level) {
        const TruthTable f = TruthTable::from_bits(n, bits);
        const auto cover = minimum_dnf(f);
        CHECK(cover.size() == terms);
        CHECK(cover_table(cover, n) == f);
        for (const std::uint64_t cube : cubes) {
          if (seen.insert(bits | cube).second) next.insert(bits | cube);
        }
      }
      level = next;
    }
    CHECK(seen.size() == std::size_t{1} << (std::size_t{1} << n));
  }
}

TEST_CASE("minimum covers consist of primes and are no larger than irredundant ones") {
  const WordSource words = splitmix(34);
  for (int round = 0; round < 60; ++round) {
    const int n = 4 + round % 3;
    const TruthTable f = ~random_table(n, words, 1 + round % 3);
    const auto cover = minimum_dnf(f), primes = prime_implicants(f);
    CHECK(cover_table(cover, n) == f);
    CHECK(cover.size() <= isop(f).size());
    for (const Cube& cube : cover) CHECK(std::ranges::binary_search(primes, cube));
  }
  CHECK(minimum_dnf(parity(6)).size() == 32);
  CHECK(minimum_dnf(~TruthTable(6)).size() == 1);
  // Not all equal: a cycle of n products x_i and not x_{i+1}.
  CHECK(minimum_dnf(at_least(6, 1) & ~at_least(6, 6)).size() == 6);
  CHECK_THROWS_AS(minimum_dnf(parity(7)), Error);
}

TEST_CASE("circuits from cubes compute their disjunction") {
  const WordSource words = splitmix(35);
  for (int round = 0; round < 40; ++round) {
    const int n = round % 8;
    const TruthTable f = random_table(n, words, 1 + round % 3);
    CHECK(made(isop(f), n, false) == f);
    CHECK(made(isop(f), n, true) == f);
    CHECK(output_tables(dnf_circuit(isop(f), static_cast<std::size_t>(n)))[0] == f);
  }
  // Cubes that contain each other, and the empty product.
  const std::vector<Cube> any{{1, 1}, {3, 1}, {3, 3}, {4, 0}}, one{{1, 1}, {}, {2, 0}};
  for (const bool factor : {false, true}) {
    CHECK(made(any, 3, factor) == cover_table(any, 3));
    CHECK(made(one, 3, factor) == TruthTable(3, true));
    CHECK(made({}, 3, factor) == TruthTable(3));
  }
  CHECK_THROWS_AS(dnf_circuit(std::vector<Cube>{{8, 8}}, 3), Error);
  CHECK_THROWS_AS(cover_table(std::vector<Cube>{{8, 8}}, 3), Error);
  // x0 (x1 + x2 + x3): one literal is divided out.
  const std::vector<Cube> shared{{3, 3}, {5, 5}, {9, 9}};
  Builder b;
  std::vector<Node> inputs;
  for (int i = 0; i < 4; ++i) inputs.push_back(b.input());
  add_factored(b, shared, inputs);
  CHECK(b.nodes() == 4 + 3);
  CHECK(add_factored(b, std::vector<Cube>{{1, 1}, {3, 3}}, inputs) == inputs[0]);
}
