#include "circuits/functions/gates.h"

#include <doctest/doctest.h>

#include <cmath>

#include "circuits/any_circuit.h"
#include "circuits/compose.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/functions/tables.h"
#include "circuits/views.h"

using namespace circuits;

namespace {

// One input at a time: whether flipping v changes an output.
bool flip_is_seen(const Circuit& c, Node v, std::vector<bool> inputs) {
  const auto before = evaluate_nodes(c, Bools{}, inputs);
  auto after = before;
  after[v] = !after[v];
  evaluate_from(c, v + 1, Bools{}, after);
  for (const Output& output : c.outputs()) {
    if (before[output.node] != after[output.node]) return true;
  }
  return false;
}

std::vector<bool> input_bits(std::size_t n, std::uint64_t k) {
  std::vector<bool> bits;
  for (std::size_t i = 0; i < n; ++i) bits.push_back(k >> i & 1);
  return bits;
}

Circuit last_gates_only(const Circuit& c) {
  const std::vector<Node> last{static_cast<Node>(c.nodes() - 1), static_cast<Node>(c.nodes() - 2)};
  return with_outputs(c, last);
}

}  // namespace

TEST_CASE("gates: counts over all inputs are those of the definitions") {
  const WordSource words = splitmix(71);
  for (int round = 0; round < 20; ++round) {
    const std::size_t n = static_cast<std::size_t>(round) % 11;
    const Circuit c = last_gates_only(any_circuit(n, 12, words));
    const Patterns all = Patterns::all(n);
    CHECK(all.exact());
    const auto ones = count_ones(c, all), observed = count_observed(c, all);
    const auto tables = node_tables(c);
    const auto is_observable = observable(c);
    for (Node v = 0; v < c.nodes(); ++v) {
      CHECK(ones[v] == tables[v].ones());
      std::uint64_t count = 0;
      for (std::uint64_t k = 0; k < all.count(); ++k) count += flip_is_seen(c, v, input_bits(n, k));
      CHECK(observed[v] == count);
      CHECK(is_observable[v] == (count > 0));
    }
  }
}

TEST_CASE("gates: joint tables and correlations") {
  const WordSource words = splitmix(72);
  const Circuit c = any_circuit(7, 10, words);
  const std::vector<Node> nodes{16, 3, 9, 12, 0};
  const auto joint = joint_tables(c, nodes, Patterns::all(7));
  const auto tables = node_tables(c);
  for (std::size_t a = 0; a < nodes.size(); ++a) {
    for (std::size_t b = 0; b < nodes.size(); ++b) {
      JointTable expected;
      for (std::uint64_t k = 0; k < 128; ++k) {
        ++expected.counts[tables[nodes[a]][k]][tables[nodes[b]][k]];
      }
      CHECK(joint[a * nodes.size() + b] == expected);
    }
  }
  CHECK(phi({{{{10, 0}, {0, 6}}}}) == doctest::Approx(1));
  CHECK(phi({{{{0, 10}, {6, 0}}}}) == doctest::Approx(-1));
  CHECK(phi({{{{4, 4}, {4, 4}}}}) == 0);
  CHECK(phi({{{{3, 1}, {1, 3}}}}) == doctest::Approx(0.5));
  CHECK(std::isnan(phi({{{{3, 1}, {0, 0}}}})));
  CHECK_THROWS_AS(joint_tables(c, std::vector<Node>{17}, Patterns::all(7)), Error);
}

TEST_CASE("gates: a sample counts its patterns and nothing else") {
  const WordSource words = splitmix(73);
  const Circuit c = last_gates_only(any_circuit(30, 15, words));
  const std::uint64_t count = 64 * 9 + 17;
  std::vector<std::uint64_t> rows(30 * 10);
  for (std::uint64_t& word : rows) word = words();
  const Patterns sample = Patterns::given(30, rows, count);
  CHECK(!sample.exact());
  const auto ones = count_ones(c, sample), observed = count_observed(c, sample);
  std::vector<std::uint64_t> expected_ones(c.nodes(), 0), expected_observed(c.nodes(), 0);
  for (std::uint64_t p = 0; p < count; ++p) {
    std::vector<bool> inputs;
    for (std::size_t i = 0; i < 30; ++i) inputs.push_back(rows[i * 10 + p / 64] >> (p % 64) & 1);
    const auto values = evaluate_nodes(c, Bools{}, inputs);
    for (Node v = 0; v < c.nodes(); ++v) {
      expected_ones[v] += values[v];
      expected_observed[v] += flip_is_seen(c, v, inputs);
    }
  }
  CHECK(ones == expected_ones);
  CHECK(observed == expected_observed);
  CHECK_THROWS_AS(Patterns::all(25), Error);
  CHECK_THROWS_AS(Patterns::given(30, rows, 64 * 10 + 1), Error);
  CHECK_THROWS_AS(Patterns::given(30, rows, 0), Error);
  CHECK_THROWS_AS(Patterns::given(0, {}, ~std::uint64_t{0}), Error);
  CHECK_THROWS_AS(count_ones(c, Patterns::all(7)), Error);
}
