#include "circuits/samplers/dag.h"

#include <algorithm>
#include <set>

#include "circuits/evaluation/evaluate.h"
#include "circuits/samplers/frequencies.h"
#include "circuits/samplers/layered.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

TEST_CASE("random circuits of all kinds of gates keep their promises") {
  const std::vector<GateMix> mixes{
      {.complement_share = 0.5},
      {.maj_share = 1},
      {.mux_share = 1},
      {.threshold_share = 1},
      {.lut_share = 1},
      {.or_share = 0.1,
       .complement_share = 0.3,
       .maj_share = 0.1,
       .mux_share = 0.2,
       .threshold_share = 0.1,
       .lut_share = 0.2},
  };
  std::set<Op> seen;
  for (const GateMix& mix : mixes) {
    const DagShape shape{
        .inputs = 7, .gates = 14, .outputs = 3, .depth = 4, .fan_in = 5, .mix = mix};
    const WordSource words = splitmix(60);
    for (int i = 0; i < 10; ++i) {
      const Circuit c = sample_dag(shape, words).circuit;
      REQUIRE(depth(c) == 4);
      REQUIRE(std::ranges::count(observable(c), false) == 0);
      std::set<TruthTable> functions{TruthTable(7)};
      const auto tables = node_tables(c);
      std::size_t gates = 0;
      for (Node v = 0; v < c.nodes(); ++v) {
        REQUIRE(c.fanins(v).size() <= 5);
        if (c.op(v) == Op::Not) continue;
        REQUIRE(functions.insert(tables[v][0] ? ~tables[v] : tables[v]).second);
        gates += c.op(v) != Op::Input;
        seen.insert(c.op(v));
      }
      REQUIRE(gates == 14);
    }
  }
  for (const Op op : {Op::And, Op::Or, Op::Xor, Op::Nand, Op::Nor, Op::Xnor, Op::Maj, Op::Mux,
                      Op::Threshold, Op::Lut}) {
    CHECK(seen.contains(op));
  }
}

TEST_CASE("one gate of a mix has the documented distribution") {
  // 0.2 THRESHOLD and 0.5 of (0.3 XOR, 0.7 AND or OR): every AND and OR of literals alike;
  // 0.3 LUT: ten tables.
  const DagShape shape{.inputs = 2,
                       .gates = 1,
                       .outputs = 1,
                       .depth = 1,
                       .fan_in = 2,
                       .xor_share = 0.3,
                       .mix = {.complement_share = 0.25, .threshold_share = 0.2, .lut_share = 0.3}};
  std::map<std::string, double> tables{{"6", 0.5 * 0.3 * 0.75 + 0.03},
                                       {"9", 0.5 * 0.3 * 0.25 + 0.03}};
  for (const char* table : {"8", "4", "2", "1", "e", "d", "b", "7"}) {
    tables[table] = 0.2 / 8 + 0.5 * 0.7 / 8 + 0.03;
  }
  const WordSource words = splitmix(61);
  check_frequencies(tables, 10'000,
                    [&] { return output_tables(sample_dag(shape, words).circuit)[0].hex(); });
}

TEST_CASE("every input may select in a random multiplexer") {
  const DagShape shape{.inputs = 3,
                       .gates = 1,
                       .outputs = 1,
                       .depth = 1,
                       .fan_in = 3,
                       .not_share = 0,
                       .mix = {.mux_share = 1}};
  const WordSource words = splitmix(62);
  check_uniform(6, 3000, [&] { return output_tables(sample_dag(shape, words).circuit)[0].hex(); });
  // The gate of the level below, which is drawn first, is found in every place of the second gate.
  const DagShape deep{.inputs = 4,
                      .gates = 2,
                      .outputs = 1,
                      .depth = 2,
                      .fan_in = 3,
                      .not_share = 0,
                      .mix = {.mux_share = 1}};
  std::set<std::ptrdiff_t> places;
  for (int i = 0; i < 100; ++i) {
    const Circuit c = sample_dag(deep, words).circuit;
    const auto fanins = c.fanins(5);
    places.insert(std::ranges::find(fanins, Node{4}) - fanins.begin());
  }
  CHECK(places == std::set<std::ptrdiff_t>{0, 1, 2});
}

TEST_CASE("outputs are balanced where it is asked for") {
  const DagShape shape{.inputs = 6, .gates = 10, .outputs = 2, .least_ones = 0.4, .most_ones = 0.5};
  const WordSource words = splitmix(63);
  std::int64_t attempts = 0;
  for (int i = 0; i < 50; ++i) {
    const Sampled sampled = sample_dag(shape, words);
    attempts += sampled.attempts;
    for (const TruthTable& table : output_tables(sampled.circuit)) {
      REQUIRE(table.ones() >= 0.4 * 64);
      REQUIRE(table.ones() <= 32);
    }
  }
  CHECK(attempts > 50);
  const auto refused = [&](const DagShape& wrong) {
    CHECK_THROWS_AS(sample_dag(wrong, words), Error);
  };
  refused({.least_ones = 0.6, .most_ones = 0.5});
  refused({.least_ones = 0.49, .most_ones = 0.491});  // no table of 8 inputs
  refused({.fan_in = 2, .mix = {.maj_share = 0.1}});
  refused({.mix = {.maj_share = 0.7, .lut_share = 0.7}});
}

TEST_CASE("layers read the layer before, within reach") {
  const WordSource words = splitmix(64);
  const LayeredShape shape{
      .inputs = 10, .width = 5, .layers = 4, .fan_in = 3, .locality = 3, .mix = {.lut_share = 0.3}};
  const Circuit c = sample_layered(shape, words).circuit;
  std::vector<Node> below;
  for (Node v = 0; v < 10; ++v) below.push_back(v);
  std::vector<Node> layer;
  for (Node v = 10; v < c.nodes(); ++v) {
    if (c.op(v) == Op::Not) continue;
    const std::size_t size = below.size(), centre = layer.size() * size / 5;
    for (Node fanin : c.fanins(v)) {
      if (c.op(fanin) == Op::Not) fanin = c.fanins(fanin)[0];
      const auto at = std::ranges::find(below, fanin) - below.begin();
      REQUIRE(static_cast<std::size_t>(at) < size);
      // One place below to one above the centre, on the ring.
      REQUIRE((static_cast<std::size_t>(at) + size + 1 - centre) % size <= 2);
    }
    layer.push_back(v);
    if (layer.size() == 5) below = std::exchange(layer, {});
  }
  CHECK(layer.empty());
  std::vector<Node> outputs;
  for (const Output& output : c.outputs()) outputs.push_back(output.node);
  CHECK(outputs == below);
}

TEST_CASE("a layer of one gate has the documented distribution") {
  const WordSource words = splitmix(65);
  // XOR of one of three pairs, or one of eight ANDs and ORs of one of three pairs.
  std::map<std::string, double> tables;
  for (int i = 0; i < 3; ++i) {
    for (int j = i + 1; j < 3; ++j) {
      const TruthTable a = TruthTable::input(3, i), b = TruthTable::input(3, j);
      tables[(a ^ b).hex()] = 0.2 / 3;
      for (const TruthTable& x : {a, ~a}) {
        for (const TruthTable& y : {b, ~b}) {
          tables[(x & y).hex()] = tables[(x | y).hex()] = 0.8 / 24;
        }
      }
    }
  }
  const LayeredShape shape{.inputs = 3, .width = 1, .layers = 1, .xor_share = 0.2};
  check_frequencies(tables, 10'000,
                    [&] { return output_tables(sample_layered(shape, words).circuit)[0].hex(); });
}

TEST_CASE("layered circuits: observable ones, wide ones, impossible ones") {
  const WordSource words = splitmix(66);
  std::int64_t attempts = 0;
  for (int i = 0; i < 20; ++i) {
    const Sampled sampled =
        sample_layered({.inputs = 4, .width = 4, .layers = 2, .observable = true}, words);
    attempts += sampled.attempts;
    REQUIRE(std::ranges::count(observable(sampled.circuit), false) == 0);
  }
  CHECK(attempts > 20);
  const Circuit wide =
      sample_layered({.inputs = 300, .width = 500, .layers = 3, .fan_in = 4}, words).circuit;
  for (Node v = 0; v < wide.nodes(); ++v) {
    const std::set<Node> different(wide.fanins(v).begin(), wide.fanins(v).end());
    REQUIRE(different.size() == wide.fanins(v).size());
  }
  const auto refused = [&](const LayeredShape& shape) {
    CHECK_THROWS_AS(sample_layered(shape, words), Error);
  };
  refused({.inputs = 1});
  refused({.width = 1, .layers = 2});
  refused({.locality = 1});
  refused({.fan_in = 3, .locality = 2, .mix = {.mux_share = 0.5}});
  refused({.inputs = 21, .observable = true});
  refused({.inputs = 20, .width = 2, .layers = 1, .observable = true});  // too few fan-ins
  refused({.width = 65536, .layers = 65536});
  refused({.width = 65536, .layers = 1, .fan_in = 65536});
}
