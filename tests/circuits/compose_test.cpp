#include "circuits/compose.h"

#include <doctest/doctest.h>

#include <numeric>

#include "circuits/any_circuit.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/netlist.h"
#include "circuits/views.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

template <class Act>
std::string refusal(const Act& act) {
  try {
    act();
  } catch (const Error& error) {
    return error.what();
  }
  return "";
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

// A half adder: sum and carry.
Circuit half_adder() {
  return link({{"a", "b"},
               {{"sum", Op::Xor, {"a", "b"}}, {"carry", Op::And, {"a", "b"}}},
               {{"s", "sum"}, {"c", "carry"}}});
}

// Any circuit, with some of its outputs only.
Circuit some_circuit(std::size_t inputs, std::size_t outputs, const WordSource& words) {
  const Circuit c = any_circuit(inputs, outputs + below(8, words), words);
  std::vector<std::size_t> chosen;
  for (const std::uint64_t i : choose(outputs, c.outputs().size(), words)) chosen.push_back(i);
  return cone(c, chosen);
}

// The values of all outputs on input number k, as a number.
std::uint64_t value(const std::vector<TruthTable>& tables, std::uint64_t k) {
  std::uint64_t bits = 0;
  for (std::size_t i = 0; i < tables.size(); ++i) bits |= std::uint64_t{tables[i][k]} << i;
  return bits;
}

}  // namespace

TEST_CASE("the cone of an output has its gates, names and outputs, in the order asked for") {
  const Circuit c = link({{"a", "b", "c"},
                          {{"p", Op::And, {"a", "b"}},
                           {"q", Op::Or, {"b", "c"}},
                           {"r", Op::Not, {"q"}},
                           {"dead", Op::Not, {"p"}}},
                          {{"first", "p"}, {"second", "r"}}});
  const std::vector<std::size_t> second{1}, both{1, 0}, none;
  CHECK(cone(c, second) == link({{"a", "b", "c"},
                                 {{"q", Op::Or, {"b", "c"}}, {"r", Op::Not, {"q"}}},
                                 {{"second", "r"}}}));
  CHECK(cone(c, second, true) ==
        link({{"b", "c"}, {{"q", Op::Or, {"b", "c"}}, {"r", Op::Not, {"q"}}}, {{"second", "r"}}}));
  CHECK(cone(c, both).outputs()[0].name == "second");
  CHECK(cone(c, both).nodes() == 6);
  CHECK(cone(c, none).nodes() == 3);
  CHECK(cone(c, none, true) == Circuit());
  const std::vector<std::size_t> beyond{2};
  CHECK(contains(refusal([&] { cone(c, beyond); }), "no output 2 among 2"));
}

TEST_CASE("nodes as outputs are named as the nodes are") {
  const Circuit c = half_adder();
  const std::vector<Node> nodes{3, 0};
  const Circuit d = with_outputs(c, nodes);
  CHECK(d.nodes() == c.nodes());
  CHECK(d.outputs()[0] == Output{3, "carry"});
  CHECK(d.outputs()[1] == Output{0, "a"});
  const std::vector<Node> beyond{4}, twice{3, 3};
  CHECK(contains(refusal([&] { with_outputs(c, beyond); }), "no node 4"));
  CHECK(contains(refusal([&] { with_outputs(c, twice); }), "\"carry\""));
}

TEST_CASE("two half adders and an OR are a full adder") {
  // (a, b, carry) → (sum of a and b, carry, first carry) → sum and two carries → OR of the carries.
  const Circuit adder = half_adder();
  const std::vector<Circuit> first{adder, link({{"c"}, {}, {{"y", "c"}}})};
  const Circuit second = link({{"s", "k", "c"},
                               {{"sum", Op::Xor, {"s", "c"}},
                                {"carry", Op::And, {"s", "c"}},
                                {"any", Op::Or, {"carry", "k"}}},
                               {{"sum", "sum"}, {"carry", "any"}}});
  const Circuit full = compose(second, side_by_side(first));
  CHECK(full.name(0) == "c0.a");
  CHECK(full.name(2) == "c1.c");
  CHECK(full.outputs()[1].name == "carry");
  const auto tables = output_tables(full);
  for (std::uint64_t k = 0; k < 8; ++k) {
    CHECK(value(tables, k) == (k & 1) + (k >> 1 & 1) + (k >> 2 & 1));
  }
}

TEST_CASE("compositions compute the composition of functions") {
  const WordSource words = splitmix(61);
  for (int trial = 0; trial < 200; ++trial) {
    const std::size_t n = below(5, words), m = 1 + below(4, words);
    const Circuit inner = some_circuit(n, m, words), outer = some_circuit(m, 2, words);
    const auto inside = output_tables(inner), outside = output_tables(outer);
    const auto tables = output_tables(compose(outer, inner));
    for (std::uint64_t k = 0; k < std::uint64_t{1} << n; ++k) {
      REQUIRE(value(tables, k) == value(outside, value(inside, k)));
    }
  }
  CHECK(contains(refusal([] { compose(half_adder(), Circuit()); }), "0 outputs"));
}

TEST_CASE("parts side by side keep to their own inputs; on the same inputs they share them") {
  const WordSource words = splitmix(62);
  for (int trial = 0; trial < 100; ++trial) {
    std::vector<Circuit> parts, alike;
    std::size_t inputs = 0;
    for (std::uint64_t i = 0, count = 1 + below(3, words); i < count; ++i) {
      parts.push_back(some_circuit(1 + below(3, words), 1 + below(3, words), words));
      alike.push_back(some_circuit(3, 1 + below(3, words), words));
      inputs += parts.back().inputs();
    }
    const Circuit all = side_by_side(parts), shared = on_same_inputs(alike);
    REQUIRE(all.inputs() == inputs);
    const auto tables = output_tables(all), shared_tables = output_tables(shared);
    std::size_t first = 0, at = 0, shared_at = 0;
    for (std::size_t part = 0; part < parts.size(); ++part) {
      for (const TruthTable& own : output_tables(parts[part])) {
        for (std::uint64_t k = 0; k < std::uint64_t{1} << inputs; ++k) {
          REQUIRE(tables[at][k] == own[k >> first & (own.size() - 1)]);
        }
        ++at;
      }
      for (const TruthTable& own : output_tables(alike[part])) {
        REQUIRE(shared_tables[shared_at++] == own);
      }
      first += parts[part].inputs();
    }
    CHECK(at == all.outputs().size());
    CHECK(shared_at == shared.outputs().size());
    CHECK(all.outputs().back().name ==
          "c" + std::to_string(parts.size() - 1) + "." + parts.back().outputs().back().name);
    CHECK(shared.name(0) == alike[0].name(0));
  }
  CHECK(side_by_side({}) == Circuit());
  CHECK(contains(refusal([] { on_same_inputs({}); }), "no circuit"));
  const std::vector<Circuit> different{half_adder(), Circuit()};
  CHECK(contains(refusal([&] { on_same_inputs(different); }), "2 inputs, the other has 0"));
}

TEST_CASE("a miter is 1 exactly where outputs differ") {
  const WordSource words = splitmix(63);
  for (int trial = 0; trial < 200; ++trial) {
    const std::size_t n = below(5, words), m = below(4, words);
    const Circuit a = some_circuit(n, m, words), b = some_circuit(n, m, words);
    const Circuit c = miter(a, b);
    REQUIRE(c.outputs().size() == 1);
    CHECK(c.outputs()[0].name == "differ");
    const auto in_a = output_tables(a), in_b = output_tables(b);
    const TruthTable differ = output_tables(c)[0];
    for (std::uint64_t k = 0; k < std::uint64_t{1} << n; ++k) {
      REQUIRE(differ[k] == (value(in_a, k) != value(in_b, k)));
    }
    CHECK(output_tables(miter(a, a))[0].ones() == 0);
  }
  CHECK(contains(refusal([] { miter(half_adder(), Circuit()); }), "2 inputs, the other has 0"));
  const Circuit narrow = link({{"a", "b"}, {}, {{"y", "a"}}});
  CHECK(contains(refusal([&] { miter(half_adder(), narrow); }), "2 outputs, the other has 1"));
}

TEST_CASE("a copy computes its outputs from any nodes, with prefixed or default names") {
  const Circuit adder = half_adder();
  Builder b;
  const Node x = b.input("x"), y = b.input("y");
  const Node inverse = b.add(Op::Not, {x});
  const std::vector<Node> nodes{inverse, y};
  const std::vector<Node> place = copy_into(b, adder, nodes, "h.");
  CHECK(place.size() == adder.nodes());
  CHECK(place[0] == inverse);
  b.output(place[3]);
  const Circuit c = b.build();
  CHECK(c.name(place[3]) == "h.carry");
  CHECK(output_tables(c)[0] == (~TruthTable::input(2, 0) & TruthTable::input(2, 1)));
  CHECK(contains(refusal([&] { copy_into(b, adder, nodes, "h."); }), "two nodes"));
  const Node copied = copy_into(b, adder, nodes)[2];  // without a prefix: default names
  CHECK(!b.build().name(copied).empty());
  const std::vector<Node> one{x};
  CHECK(contains(refusal([&] { copy_into(b, adder, one); }), "2 inputs was given 1"));
}

TEST_CASE("a circuit in the order of another is matched by names") {
  Builder a, b;
  for (const char* name : {"x", "y", "z"}) a.input(name);
  for (const char* name : {"z", "x", "y"}) b.input(name);
  a.output(a.add(Op::Mux, {0, 1, 2}, "choice"), "f");
  a.output(0, "g");
  b.output(1, "g");
  b.output(b.add(Op::Mux, {1, 2, 0}, "inner"), "f");
  const Circuit model = a.build(), other = b.build();
  const Circuit turned = in_order_of(model, other);
  CHECK(output_tables(turned) == output_tables(model));
  CHECK(output_tables(other) != output_tables(model));
  for (Node i = 0; i < 3; ++i) CHECK(turned.name(i) == model.name(i));
  CHECK(turned.name(3) == "inner");
  CHECK(turned.outputs()[0].name == "f");
  CHECK(turned.outputs()[1].name == "g");
  CHECK(in_order_of(model, model) == model);
  Builder stranger, fewer;
  for (const char* name : {"x", "y", "w"}) stranger.input(name);
  stranger.output(0, "f");
  stranger.output(1, "g");
  CHECK(contains(refusal([&] { in_order_of(model, stranger.build()); }), "input \"z\""));
  fewer.input("x");
  CHECK(contains(refusal([&] { in_order_of(model, fewer.build()); }), "3 inputs"));
  Builder unlike;
  for (const char* name : {"x", "y", "z"}) unlike.input(name);
  unlike.output(0, "f");
  unlike.output(1, "h");
  CHECK(contains(refusal([&] { in_order_of(model, unlike.build()); }), "output \"g\""));
}
