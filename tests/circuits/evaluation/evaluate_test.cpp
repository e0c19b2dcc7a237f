#include "circuits/evaluation/evaluate.h"

#include <doctest/doctest.h>

#include <algorithm>

#include "circuits/any_circuit.h"
#include "circuits/builder.h"
#include "circuits/samplers/dag.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

// By definition, one node at a time and without the generic function.
bool value(const Circuit& c, Node v, std::uint64_t input) {
  std::vector<bool> in;
  for (const Node fanin : c.fanins(v)) in.push_back(value(c, fanin, input));
  const auto ones = static_cast<std::size_t>(std::ranges::count(in, true));
  const auto parameters = c.parameters(v);
  switch (c.op(v)) {
    case Op::Input:
      return (input >> v & 1) != 0;
    case Op::Zero:
      return false;
    case Op::One:
      return true;
    case Op::Not:
      return ones == 0;
    case Op::Buf:
      return ones == 1;
    case Op::And:
      return ones == in.size();
    case Op::Nand:
      return ones < in.size();
    case Op::Or:
      return ones > 0;
    case Op::Nor:
      return ones == 0;
    case Op::Xor:
      return ones % 2 == 1;
    case Op::Xnor:
      return ones % 2 == 0;
    case Op::Maj:
      return 2 * ones > in.size();
    case Op::Mux:
      return in[0] ? in[1] : in[2];
    case Op::Threshold: {
      std::int64_t sum = 0;
      for (std::size_t i = 0; i < in.size(); ++i) {
        if (in[i]) sum += parameters.size() == 1 ? 1 : parameters[i + 1];
      }
      return sum >= parameters[0];
    }
    case Op::Lut: {
      unsigned index = 0;
      for (std::size_t i = 0; i < in.size(); ++i) index |= static_cast<unsigned>(in[i]) << i;
      return static_cast<std::uint64_t>(parameters[0]) >> index & 1;
    }
  }
  return false;
}

TruthTable table_of(const Circuit& c) {
  return output_tables(c)[0];
}

}  // namespace

TEST_CASE("a full adder adds") {
  Builder b;
  const Node x = b.input(), y = b.input(), carry = b.input();
  const Node half = b.add(Op::Xor, {x, y});
  b.output(b.add(Op::Xor, {half, carry}), "sum");
  b.output(b.add(Op::Or, {b.add(Op::And, {x, y}), b.add(Op::And, {half, carry})}), "carry");
  const Circuit adder = b.build();
  for (std::uint64_t k = 0; k < 8; ++k) {
    const std::vector<bool> bits{(k & 1) != 0, (k & 2) != 0, (k & 4) != 0};
    const std::vector<bool> out = evaluate(adder, Bools{}, bits);
    CHECK(out[0] + 2 * out[1] == bits[0] + bits[1] + bits[2]);
  }
  CHECK(output_tables(adder)[0].hex() == "96");
  CHECK(output_tables(adder)[1].hex() == "e8");
}

TEST_CASE("De Morgan: the complement of an AND is the OR of complements") {
  for (const std::size_t n : {2, 3, 7}) {
    const auto both = [n](bool outside) {
      Builder b;
      std::vector<Node> fanins;
      for (std::size_t i = 0; i < n; ++i) fanins.push_back(b.input());
      if (outside) {
        b.output(b.add(Op::Not, {b.add(Op::And, fanins)}));
      } else {
        for (Node& fanin : fanins) fanin = b.add(Op::Not, {fanin});
        b.output(b.add(Op::Or, fanins));
      }
      return table_of(b.build());
    };
    CHECK(both(true) == both(false));
    CHECK(both(true).ones() == both(true).size() - 1);
  }
}

TEST_CASE("all domains agree with the definition") {
  const WordSource words = splitmix(3);
  for (int trial = 0; trial < 60; ++trial) {
    const std::size_t n = below(9, words);
    const Circuit c = any_circuit(n, 1 + below(14, words), words);
    const std::size_t size = std::size_t{1} << n;
    const std::size_t each = (size + 63) / 64;
    std::vector<std::uint64_t> inputs;
    for (std::size_t i = 0; i < n; ++i) {
      for (std::size_t w = 0; w < each; ++w)
        inputs.push_back(counting_word(static_cast<int>(i), w));
    }
    const auto packed = evaluate_words(c, inputs, each);
    const auto tables = node_tables(c);
    for (std::uint64_t k = 0; k < size; ++k) {
      std::vector<bool> bits;
      for (std::size_t i = 0; i < n; ++i) bits.push_back((k >> i & 1) != 0);
      const std::vector<bool> values = evaluate_nodes(c, Bools{}, bits);
      for (Node v = 0; v < c.nodes(); ++v) {
        const bool truth = value(c, v, k);
        REQUIRE(values[v] == truth);
        REQUIRE(tables[v][k] == truth);
        REQUIRE((packed[v * each + k / 64] >> (k % 64) & 1) == truth);
      }
    }
  }
}

TEST_CASE("batches of any width agree with single words") {
  const WordSource words = splitmix(4);
  const Circuit c = sample_dag({.inputs = 6, .gates = 20}, words).circuit;
  for (const std::size_t width : {0, 1, 15, 16, 17, 100}) {
    std::vector<std::uint64_t> inputs(c.inputs() * width);
    for (std::uint64_t& word : inputs) word = words();
    const auto packed = evaluate_words(c, inputs, width);
    REQUIRE(packed.size() == c.nodes() * width);
    for (std::size_t w = 0; w < width; ++w) {
      std::vector<Words::Value> single;
      for (std::size_t i = 0; i < c.inputs(); ++i) single.push_back({inputs[i * width + w]});
      const auto values = evaluate_nodes(c, Words{}, single);
      for (Node v = 0; v < c.nodes(); ++v) REQUIRE(packed[v * width + w] == values[v][0]);
    }
  }
}

TEST_CASE("a changed value is carried on from where it was changed") {
  const WordSource words = splitmix(5);
  const Circuit c = sample_dag({.inputs = 5, .gates = 12}, words).circuit;
  for (Node changed = 0; changed < c.nodes(); ++changed) {
    std::vector<bool> values = evaluate_nodes(c, Bools{}, {true, false, true, true, false});
    values[changed] = !values[changed];
    const std::vector<bool> before = values;
    evaluate_from(c, changed + 1, Bools{}, values);
    for (Node v = 0; v <= changed; ++v) CHECK(values[v] == before[v]);
    for (Node v = changed + 1; v < c.nodes(); ++v) {
      if (c.op(v) == Op::Input) continue;
      std::vector<bool> fanins;
      for (const Node fanin : c.fanins(v)) fanins.push_back(values[fanin]);
      CHECK(values[v] == apply(c.op(v), c.parameters(v), Bools{}, fanins.size(),
                               [&](std::size_t i) { return static_cast<bool>(fanins[i]); }));
    }
  }
}

TEST_CASE("wrong numbers of inputs are refused") {
  Builder b;
  for (int i = 0; i < 25; ++i) b.input();
  b.output(0);
  const Circuit c = b.build();
  CHECK_THROWS_AS(evaluate(c, Bools{}, {true}), Error);
  CHECK_THROWS_AS(evaluate_words(c, std::vector<std::uint64_t>(24), 1), Error);
  CHECK_THROWS_AS(node_tables(c), Error);
}
