#include "circuits/evaluation/probability.h"

#include <doctest/doctest.h>

#include <cmath>

#include "circuits/any_circuit.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

std::vector<double> numbers(std::size_t count, double least, double most, const WordSource& words) {
  std::vector<double> result;
  while (result.size() < count) {
    result.push_back(least + (most - least) * std::ldexp(static_cast<double>(words() >> 11), -53));
  }
  return result;
}

// By definition.
double expected(const TruthTable& f, const std::vector<double>& x) {
  double sum = 0;
  for (std::uint64_t k = 0; k < f.size(); ++k) {
    double weight = f[k] ? 1 : 0;
    for (std::size_t i = 0; i < x.size(); ++i) weight *= (k >> i & 1) != 0 ? x[i] : 1 - x[i];
    sum += weight;
  }
  return sum;
}

// A formula: a tree in which each input is read once, so that gates' fan-ins are independent.
Circuit read_once(std::size_t inputs, const WordSource& words) {
  Builder b;
  std::vector<Node> open;
  for (std::size_t i = 0; i < inputs; ++i) open.push_back(b.input());
  while (open.size() > 1) {
    const auto take = [&] {
      std::swap(open[below(open.size(), words)], open.back());
      const Node node = open.back();
      open.pop_back();
      return node;
    };
    const Op ops[] = {Op::And, Op::Or, Op::Xor, Op::Nand, Op::Nor, Op::Xnor};
    const bool mux = open.size() > 2 && below(3, words) == 0;
    const Node a = take(), c = take();
    open.push_back(mux ? b.add(Op::Mux, {a, c, take()}) : b.add(ops[below(6, words)], {a, c}));
  }
  b.output(open[0]);
  return b.build();
}

}  // namespace

TEST_CASE("the multilinear extension agrees with its definition at any real point") {
  const WordSource words = splitmix(41);
  for (const std::size_t n : {0, 1, 2, 5, 6, 7, 10}) {
    TruthTable f(static_cast<int>(n));
    for (std::uint64_t k = 0; k < f.size(); ++k) f.set(k, below(2, words) == 1);
    const auto x = numbers(n, -1.5, 2, words);
    CHECK(multilinear_extension(f, x) == doctest::Approx(expected(f, x)).epsilon(1e-9));
    // On the cube it is the function, and it is linear in each variable.
    std::vector<double> corner;
    const std::uint64_t k = below(f.size(), words);
    for (std::size_t i = 0; i < n; ++i) corner.push_back((k >> i & 1) != 0 ? 1 : 0);
    CHECK(multilinear_extension(f, corner) == (f[k] ? 1.0 : 0.0));
    for (std::size_t i = 0; i < n; ++i) {
      auto zero = x, one = x;
      zero[i] = 0;
      one[i] = 1;
      const double between =
          (1 - x[i]) * multilinear_extension(f, zero) + x[i] * multilinear_extension(f, one);
      CHECK(multilinear_extension(f, x) == doctest::Approx(between).epsilon(1e-9));
    }
  }
}

TEST_CASE("closed forms: and, or, parity, majority") {
  const std::vector<double> p{0.1, 0.5, 0.7};
  Builder b;
  const std::vector<Node> x{b.input(), b.input(), b.input()};
  for (const Op op : {Op::And, Op::Or, Op::Xor, Op::Maj}) b.output(b.add(op, x));
  const auto exact = exact_probabilities(b.build(), p);
  CHECK(exact[3] == doctest::Approx(0.035));
  CHECK(exact[4] == doctest::Approx(1 - 0.9 * 0.5 * 0.3));
  CHECK(exact[5] == doctest::Approx((1 - 0.8 * 0.0 * -0.4) / 2));  // (1 − Π(1 − 2p)) / 2
  CHECK(exact[6] ==
        doctest::Approx(0.1 * 0.5 * 0.3 + 0.1 * 0.5 * 0.7 + 0.9 * 0.5 * 0.7 + 0.1 * 0.5 * 0.7));
}

TEST_CASE("closed forms over several blocks: parity, and, or of 16 inputs") {
  const auto p = numbers(16, 0, 1, splitmix(45));
  Builder b;
  std::vector<Node> x;
  double all = 1, none = 1, odd = 1;
  for (const double q : p) {
    x.push_back(b.input());
    all *= q;
    none *= 1 - q;
    odd *= 1 - 2 * q;
  }
  for (const Op op : {Op::And, Op::Or, Op::Xor}) b.output(b.add(op, x));
  const Circuit c = b.build();
  const auto exact = exact_probabilities(c, p);
  CHECK(exact[16] == doctest::Approx(all));
  CHECK(exact[17] == doctest::Approx(1 - none));
  CHECK(exact[18] == doctest::Approx((1 - odd) / 2));
  CHECK(multilinear_extension(output_tables(c)[0], p) == doctest::Approx(all));
}

TEST_CASE("exact probabilities are extensions of tables; at 1/2 they count ones") {
  const WordSource words = splitmix(42);
  for (int trial = 0; trial < 25; ++trial) {
    const std::size_t n = below(11, words);
    const Circuit c = any_circuit(n, 20, words);
    const auto p = numbers(n, 0, 1, words);
    const auto tables = node_tables(c);
    const auto exact = exact_probabilities(c, p);
    const auto half = exact_probabilities(c, std::vector<double>(n, 0.5));
    for (Node v = 0; v < c.nodes(); ++v) {
      CHECK(exact[v] == doctest::Approx(expected(tables[v], p)).epsilon(1e-12));
      CHECK(half[v] == std::ldexp(static_cast<double>(tables[v].ones()), -static_cast<int>(n)));
    }
  }
}

TEST_CASE("gate by gate is exact for formulas and wrong where paths meet again") {
  const WordSource words = splitmix(43);
  for (int trial = 0; trial < 30; ++trial) {
    const Circuit c = read_once(1 + below(12, words), words);
    const auto p = numbers(c.inputs(), 0, 1, words);
    const auto exact = exact_probabilities(c, p), gatewise = gatewise_probabilities(c, p);
    for (Node v = 0; v < c.nodes(); ++v) CHECK(gatewise[v] == doctest::Approx(exact[v]));
  }
  Builder b;
  const Node x = b.input();
  Node y = b.add(Op::And, {x, b.add(Op::Not, {x})});
  const Node first = y;
  // Sums and disjunctions of such zeros are 0; the rule takes them to 1/2 and to 1.
  const Node no = b.add(Op::Not, {x});
  for (int i = 0; i < 2000; ++i) y = b.add(Op::Xor, {y, b.add(Op::And, {x, no})});
  const Circuit c = b.build();
  const std::vector<double> p{0.3};
  CHECK(exact_probabilities(c, p)[first] == 0);
  CHECK(gatewise_probabilities(c, p)[first] == doctest::Approx(0.3 * 0.7));
  CHECK(exact_probabilities(c, p)[y] == 0);
  CHECK(gatewise_probabilities(c, p)[y] == doctest::Approx(0.5));
  for (int i = 0; i < 100; ++i) y = b.add(Op::Or, {y, first});
  CHECK(exact_probabilities(b.build(), p)[y] == 0);
  CHECK(gatewise_probabilities(b.build(), p)[y] == doctest::Approx(1));
}

TEST_CASE("samples agree with exact probabilities within their standard errors") {
  const WordSource words = splitmix(44);
  std::size_t beyond = 0, nodes = 0;
  for (int trial = 0; trial < 20; ++trial) {
    const std::size_t n = 1 + below(8, words);
    const Circuit c = any_circuit(n, 20, words);
    const auto p = numbers(n, 0, 1, words);
    const auto exact = exact_probabilities(c, p);
    const auto sampled = sampled_probabilities(c, p, 400, 100 + static_cast<std::uint64_t>(trial));
    for (Node v = 0; v < c.nodes(); ++v) {
      const double off = std::abs(sampled[v].value - exact[v]);
      // One of 500 nodes is beyond 5.5 standard errors in one of 50,000 seeds.
      CHECK(off <= 5.5 * sampled[v].standard_error);
      if (off > 2 * sampled[v].standard_error) ++beyond;
      ++nodes;
      CHECK(sampled[v].standard_error < 0.5 / std::sqrt(64 * 400) + 1e-9);
    }
  }
  // Two standard errors leave 4.6 %; nodes of one circuit share samples, so twice that is allowed.
  CHECK(static_cast<double>(beyond) < 0.1 * static_cast<double>(nodes));
}

TEST_CASE("numbers that are no probabilities, or too many inputs, are refused") {
  Builder b;
  b.input();
  b.input();
  const Circuit c = b.build();
  for (const std::vector<double>& p :
       {std::vector<double>{0.5}, {0.5, -0.1}, {0.5, 1.1}, {0.5, std::nan("")}}) {
    CHECK_THROWS_AS(exact_probabilities(c, p), Error);
    CHECK_THROWS_AS(gatewise_probabilities(c, p), Error);
    CHECK_THROWS_AS(sampled_probabilities(c, p, 1, 0), Error);
  }
  CHECK_THROWS_AS(sampled_probabilities(c, std::vector<double>{0.5, 0.5}, 0, 0), Error);
  CHECK_THROWS_AS(multilinear_extension(TruthTable(2), std::vector<double>{1}), Error);
  for (int i = 0; i < 23; ++i) b.input();
  CHECK_THROWS_AS(exact_probabilities(b.build(), std::vector<double>(25, 0.5)), Error);
}
