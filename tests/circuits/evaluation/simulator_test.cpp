#include "circuits/evaluation/simulator.h"

#include <doctest/doctest.h>
#include <hwy/targets.h>

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <set>

#include "circuits/any_circuit.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/evaluation/kernel.h"
#include "circuits/samplers/dag.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

// A circuit of two-input gates on `inputs` inputs; every gate reads the two nodes before it or older
// ones, and all gates are outputs or only the last.
Circuit two_input(std::size_t inputs, std::size_t gates, const WordSource& words, bool all_out) {
  Builder b;
  for (std::size_t i = 0; i < inputs; ++i) b.input();
  for (std::size_t g = 0; g < gates; ++g) {
    const auto fanin = [&] { return static_cast<Node>(below(b.nodes(), words)); };
    const Op op = std::array{Op::And, Op::Xor, Op::Nor, Op::Or, Op::Xnor}[below(5, words)];
    const Node node = b.add(op, {fanin(), fanin()});
    if (all_out || g + 1 == gates) b.output(node);
  }
  return b.build();
}

void agrees(const Circuit& c, std::size_t width, const WordSource& words) {
  std::vector<std::uint64_t> inputs(c.inputs() * width);
  for (std::uint64_t& word : inputs) word = words();
  const auto outputs = Simulator(c).run(inputs, width);
  const auto nodes = evaluate_words(c, inputs, width);
  REQUIRE(outputs.size() == c.outputs().size() * width);
  REQUIRE(nodes.size() == c.nodes() * width);
  for (std::size_t w = 0; w < width; ++w) {
    std::vector<Words::Value> single;
    for (std::size_t i = 0; i < c.inputs(); ++i) single.push_back({inputs[i * width + w]});
    const auto values = evaluate_nodes(c, Words{}, single);
    for (Node v = 0; v < c.nodes(); ++v) REQUIRE(nodes[v * width + w] == values[v][0]);
    for (std::size_t i = 0; i < c.outputs().size(); ++i) {
      REQUIRE(outputs[i * width + w] == values[c.outputs()[i].node][0]);
    }
  }
}

// Puts the instruction set back.
struct Restore {
  ~Restore() { hwy::SetSupportedTargetsForTest(0); }
};

}  // namespace

TEST_CASE("the simulator agrees with single words: any gates, any width, every instruction set") {
  const Restore restore;
  std::set<std::string> seen;
  const std::int64_t supported = hwy::SupportedTargets();
  for (int bit = 0; bit < 63; ++bit) {
    const std::int64_t target = std::int64_t{1} << bit;
    if ((supported & target) == 0) continue;
    hwy::SetSupportedTargetsForTest(target);
    seen.insert(instruction_set());
    const WordSource words = splitmix(11);
    for (int trial = 0; trial < 12; ++trial) {
      const Circuit c = any_circuit(below(9, words), below(40, words), words);
      for (const std::size_t width : {0, 1, 7, 8, 9, 15, 17, 31, 33, 100, 513}) {
        agrees(c, width, words);
      }
    }
    // Blocks of 2 and of 4 lines.
    agrees(two_input(20, 6000, words, false), 67, words);
    agrees(two_input(20, 1500, words, true), 67, words);
  }
  CHECK(seen.size() >= 1);
  std::string names;
  for (const std::string& name : seen) names += " " + name;
  MESSAGE("instruction sets:" << names);
}

TEST_CASE("a circuit too large for the caches: blocks of a line") {
  const WordSource words = splitmix(12);
  Builder b;
  for (int i = 0; i < 64; ++i) b.input();
  std::vector<Node> kept;
  for (int g = 0; g < 140'000; ++g) {
    const auto fanin = [&] { return static_cast<Node>(below(b.nodes(), words)); };
    kept.push_back(b.add(g % 3 == 0 ? Op::Xor : Op::Nor, {fanin(), fanin()}));
  }
  const Circuit c = b.build();
  const Simulator simulator(c, kept);
  CHECK(simulator.block_words() == 8);
  std::vector<std::uint64_t> inputs(64 * 9);
  for (std::uint64_t& word : inputs) word = words();
  const auto rows = simulator.run(inputs, 9);
  for (const std::size_t w : {std::size_t{0}, std::size_t{8}}) {
    std::vector<Words::Value> single;
    for (std::size_t i = 0; i < 64; ++i) single.push_back({inputs[i * 9 + w]});
    const auto values = evaluate_nodes(c, Words{}, single);
    bool same = true;
    for (std::size_t i = 0; i < kept.size(); ++i) {
      same = same && rows[i * 9 + w] == values[kept[i]][0];
    }
    CHECK(same);
  }
}

TEST_CASE("no nodes, no inputs, no outputs, constants and repeated rows") {
  CHECK(Simulator(Circuit{}).run({}, 5).empty());
  Builder b;
  const Node x = b.input();
  const Node one = b.add(Op::One, {}), zero = b.add(Op::Zero, {});
  const Node no = b.add(Op::Not, {x});
  const Circuit c = b.build();
  CHECK(Simulator(c).rows() == 0);
  CHECK(Simulator(c).run(std::vector<std::uint64_t>{6, 7}, 2).empty());
  const Simulator rows(c, std::vector<Node>{one, zero, no, x, no, one});
  CHECK(rows.steps() == 1);
  CHECK(rows.run(std::vector<std::uint64_t>{6}, 1) ==
        std::vector<std::uint64_t>{~0ull, 0, ~6ull, 6, ~6ull, ~0ull});
}

TEST_CASE("what a row does not need takes no step; slots are used again") {
  const WordSource words = splitmix(13);
  Builder b;
  Node last = b.input();
  const Node other = b.input();
  b.input();
  for (int i = 0; i < 1000; ++i) {
    last = b.add(i % 2 == 0 ? Op::Nand : Op::Xor, {last, other});
    b.add(Op::Or, {last, other});
  }
  b.output(last);
  const Circuit c = b.build();
  const Simulator simulator(c);
  CHECK(simulator.steps() <= 1001);
  CHECK(simulator.table_bytes() <= 4 * 8 * simulator.block_words());
  // The third input matters to nothing, so nobody asks for it.
  simulator.stream([](std::size_t input, std::size_t, auto) { CHECK(input < 2); }, 3,
                   [](const Simulator::Block&) { return true; });
}

TEST_CASE("streams: blocks in order, the same words as a run, an end on request") {
  const WordSource words = splitmix(14);
  const Circuit c = any_circuit(10, 60, words);
  const Simulator simulator(c);
  const std::size_t width = 3 * simulator.block_words() + 5;
  std::vector<std::uint64_t> inputs;
  const InputWords words_of = uniform_inputs(77);
  for (std::size_t i = 0; i < c.inputs(); ++i) {
    std::vector<std::uint64_t> row(width);
    words_of(i, 0, row);
    inputs.insert(inputs.end(), row.begin(), row.end());
  }
  const auto expected = simulator.run(inputs, width);
  std::size_t next = 0, blocks = 0;
  simulator.stream(words_of, width, [&](const Simulator::Block& block) {
    CHECK(block.first == next);
    next += block.words;
    for (std::size_t i = 0; i < simulator.rows(); ++i) {
      CHECK(std::ranges::equal(block.row(i),
                               std::span(expected).subspan(i * width + block.first, block.words)));
    }
    ++blocks;
    return true;
  });
  CHECK(next == width);
  CHECK(blocks == 4);
  blocks = 0;
  simulator.stream(words_of, width, [&](const Simulator::Block&) { return ++blocks < 2; });
  CHECK(blocks == 2);
}

TEST_CASE("counting inputs give truth tables") {
  const WordSource words = splitmix(15);
  for (const std::size_t n : {6, 9, 13}) {
    const Circuit c = any_circuit(n, 30, words);
    const Simulator simulator(c);
    const auto tables = output_tables(c);
    simulator.stream(counting_inputs(), std::size_t{1} << (n - 6), [&](const auto& block) {
      for (std::size_t i = 0; i < tables.size(); ++i) {
        CHECK(
            std::ranges::equal(block.row(i), tables[i].words().subspan(block.first, block.words)));
      }
      return true;
    });
  }
}

TEST_CASE("random inputs have their probabilities and do not depend on the cut into blocks") {
  const std::vector<double> p{0, 1, 0.5, 0.25, 0.3, 0.999, 1e-3};
  const InputWords words_of = random_inputs(p, 5);
  constexpr std::size_t kWidth = 1 << 12;
  std::vector<std::vector<std::uint64_t>> rows;
  for (std::size_t i = 0; i < p.size(); ++i) {
    std::vector<std::uint64_t> row(kWidth), part(100);
    words_of(i, 0, row);
    words_of(i, 1234, part);
    CHECK(std::ranges::equal(part, std::span(row).subspan(1234, 100)));
    double ones = 0;
    for (const std::uint64_t word : row) ones += std::popcount(word);
    // Beyond 5 standard errors in one of a million runs; the seed is fixed.
    const double samples = 64.0 * kWidth, error = std::sqrt(p[i] * (1 - p[i]) / samples);
    CHECK(std::abs(ones / samples - p[i]) <= 5 * error);
    rows.push_back(row);
  }
  // Inputs, and neighbouring words of one input, are independent: agreements of fair bits.
  const auto agreements = [](const auto& a, const auto& b, std::size_t shift) {
    double same = 0;
    for (std::size_t w = shift; w < a.size(); ++w) same += std::popcount(~(a[w] ^ b[w - shift]));
    return same / (64.0 * static_cast<double>(a.size() - shift));
  };
  CHECK(std::abs(agreements(rows[2], rows[2], 1) - 0.5) < 5 * 0.5 / std::sqrt(64.0 * kWidth));
  std::vector<std::uint64_t> first(kWidth), second(kWidth);
  uniform_inputs(5)(0, 0, first);
  uniform_inputs(5)(1, 0, second);
  CHECK(std::abs(agreements(first, second, 0) - 0.5) < 5 * 0.5 / std::sqrt(64.0 * kWidth));
  CHECK_THROWS_AS(random_inputs({0.5, 1.5}, 0), Error);
  CHECK_THROWS_AS(random_inputs({std::nan("")}, 0), Error);
}

TEST_CASE("wrong sizes and nodes are refused") {
  Builder b;
  b.output(b.add(Op::Not, {b.input()}));
  const Circuit c = b.build();
  CHECK_THROWS_AS(Simulator(c).run(std::vector<std::uint64_t>(3), 2), Error);
  CHECK_THROWS_AS(Simulator(c, std::vector<Node>{2}), Error);
}
