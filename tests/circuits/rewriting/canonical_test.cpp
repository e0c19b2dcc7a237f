#include "circuits/rewriting/canonical.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <filesystem>
#include <fstream>
#include <nlohmann/json.hpp>
#include <numeric>
#include <set>

#include "circuits/any_circuit.h"
#include "circuits/builder.h"
#include "circuits/compose.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

// The same circuit with its gates in a random topological order, fan-ins of symmetric gates
// shuffled and, if wanted, inputs renumbered.
Circuit shuffled(const Circuit& c, bool inputs_too, const WordSource& words) {
  Builder b;
  std::vector<Node> place(c.nodes(), ~Node{0});
  for (std::size_t i = 0; i < c.inputs(); ++i) b.input();
  const auto order =
      inputs_too ? choose(c.inputs(), c.inputs(), words) : std::vector<std::uint64_t>();
  for (std::size_t i = 0; i < c.inputs(); ++i) {
    place[i] = static_cast<Node>(inputs_too ? order[i] : i);
  }
  std::vector<Node> left(c.nodes() - c.inputs());
  std::iota(left.begin(), left.end(), static_cast<Node>(c.inputs()));
  while (!left.empty()) {
    const auto at = left.begin() + static_cast<std::ptrdiff_t>(below(left.size(), words));
    const Node v = *at;
    std::vector<Node> fanins;
    for (const Node fanin : c.fanins(v)) fanins.push_back(place[fanin]);
    if (std::ranges::count(fanins, ~Node{0}) > 0) continue;
    const Gate gate = c.gate(v);
    const bool ordered = gate.op == Op::Mux || gate.op == Op::Lut || gate.parameters.size() > 1;
    if (!ordered) {
      for (std::size_t i = 0; i < fanins.size(); ++i) {
        std::swap(fanins[i], fanins[i + below(fanins.size() - i, words)]);
      }
    }
    place[v] = b.add(gate, fanins);
    left.erase(at);
  }
  for (const Output& output : c.outputs()) b.output(place[output.node]);
  return b.build();
}

// Isomorphism by trying all permutations of inputs and gates.
bool same_by_exhaustion(const Circuit& a, const Circuit& b, bool inputs_too) {
  std::vector<Node> inputs(a.inputs()), gates(a.nodes() - a.inputs());
  std::iota(inputs.begin(), inputs.end(), Node{0});
  do {
    std::iota(gates.begin(), gates.end(), static_cast<Node>(a.inputs()));
    do {
      std::vector<Node> map = inputs;
      map.insert(map.end(), gates.begin(), gates.end());
      bool same = true;
      for (Node v = 0; v < a.nodes() && same; ++v) {
        const Gate gate = a.gate(v);
        std::vector<Node> mapped, others{b.fanins(map[v]).begin(), b.fanins(map[v]).end()};
        for (const Node fanin : a.fanins(v)) mapped.push_back(map[fanin]);
        if (gate.op != Op::Mux && gate.op != Op::Lut && gate.parameters.size() < 2) {
          std::ranges::sort(mapped);
          std::ranges::sort(others);
        }
        same = gate == b.gate(map[v]) && mapped == others;
      }
      for (std::size_t i = 0; i < a.outputs().size() && same; ++i) {
        same = map[a.outputs()[i].node] == b.outputs()[i].node;
      }
      if (same) return true;
    } while (std::ranges::next_permutation(gates).found);
  } while (inputs_too && std::ranges::next_permutation(inputs).found);
  return false;
}

// The forms of all circuits of `gates` two-input gates in which every gate but the last is used, a
// gate has two different fan-ins, and each fan-in that is no gate is an input of its own.
std::set<std::string> topologies(std::size_t gates) {
  std::set<std::string> forms;
  std::vector<std::pair<int, int>> pairs;  // −1 is an input
  const auto finish = [&] {
    std::vector<bool> used(gates, false);
    int inputs = 0;
    for (const auto& [first, second] : pairs) {
      for (const int fanin : {first, second}) {
        if (fanin < 0) ++inputs;
        if (fanin >= 0) used[static_cast<std::size_t>(fanin)] = true;
      }
    }
    if (std::count(used.begin(), used.end() - 1, false) > 0) return;
    Builder b;
    for (int i = 0; i < inputs; ++i) b.input();
    Node next = 0;
    const auto node = [&](int fanin) {
      return fanin < 0 ? next++ : static_cast<Node>(inputs + fanin);
    };
    for (const auto& [first, second] : pairs) {
      const Node a = node(first);
      b.add(Op::And, {a, node(second)});
    }
    b.output(static_cast<Node>(b.nodes() - 1));
    forms.insert(canonical_form(b.build(), InputOrder::AnyOrder));
  };
  const auto grow = [&](const auto& self) -> void {
    if (pairs.size() == gates) return finish();
    for (int second = -1; second < static_cast<int>(pairs.size()); ++second) {
      for (int first = -1; first < std::max(second, 0); ++first) {
        pairs.emplace_back(first, second);
        self(self);
        pairs.pop_back();
      }
    }
  };
  grow(grow);
  return forms;
}

}  // namespace

TEST_CASE("a canonical form reads as the circuit") {
  Builder b;
  const Node x = b.input("a"), y = b.input("b");
  const Node both = b.add(Op::And, {y, x});
  b.output(b.add(Gate::threshold(1, {-1, 2}), {both, x}));
  b.output(x);
  CHECK(canonical_form(b.build()) == "2 inputs; 2 and 0 1; 3 threshold (1 -1 2) 2 0; outputs 3 0");
  CHECK(canonical_form(Circuit()) == "0 inputs; outputs");
}

TEST_CASE("forms do not depend on the numbering of gates, nor on that of inputs if so asked") {
  const WordSource words = splitmix(41);
  for (int trial = 0; trial < 1500; ++trial) {
    const Circuit c = any_circuit(1 + below(6, words), 1 + below(20, words), words);
    const Circuit same = shuffled(c, false, words), moved = shuffled(c, true, words);
    REQUIRE(canonical_form(same) == canonical_form(c));
    REQUIRE(structure_hash(same) == structure_hash(c));
    REQUIRE(isomorphic(same, c));
    REQUIRE(canonical_form(moved, InputOrder::AnyOrder) == canonical_form(c, InputOrder::AnyOrder));
    REQUIRE(structure_hash(moved, InputOrder::AnyOrder) == structure_hash(c, InputOrder::AnyOrder));
  }
}

TEST_CASE("ties: gates in equal pairs with few outputs") {
  const WordSource words = splitmix(42);
  for (int trial = 0; trial < 500; ++trial) {
    const std::size_t n = 2 + below(3, words);
    Builder b;
    for (std::size_t i = 0; i < n; ++i) b.input();
    while (b.nodes() < n + 10) {
      const std::size_t before = b.nodes();
      const std::vector<Node> fanins{static_cast<Node>(below(before, words)),
                                     static_cast<Node>(below(before, words))};
      for (std::uint64_t copies = 1 + below(3, words); copies > 0; --copies) b.add(Op::And, fanins);
    }
    b.output(static_cast<Node>(b.nodes() - 1));
    const Circuit c = b.build();
    REQUIRE(canonical_form(shuffled(c, false, words)) == canonical_form(c));
    REQUIRE(canonical_form(shuffled(c, true, words), InputOrder::AnyOrder) ==
            canonical_form(c, InputOrder::AnyOrder));
  }
}

TEST_CASE("small circuits are isomorphic exactly when some matching of nodes shows it") {
  const WordSource words = splitmix(43);
  int same = 0, same_moved = 0;
  for (int trial = 0; trial < 20'000; ++trial) {
    const auto draw = [&] {
      Builder b;
      for (int i = 0; i < 3; ++i) b.input();
      for (int i = 0; i < 2 + trial % 2; ++i) {
        const Node first = static_cast<Node>(below(b.nodes(), words));
        const Node second = static_cast<Node>(below(b.nodes(), words));
        if (below(4, words) == 0) {
          b.add(Op::Mux, {first, second, second});
        } else {
          b.add(Op::And, {first, second});
        }
      }
      b.output(static_cast<Node>(b.nodes() - 1));
      return b.build();
    };
    const Circuit a = draw(), c = draw();
    const bool fixed = same_by_exhaustion(a, c, false), any = same_by_exhaustion(a, c, true);
    REQUIRE(isomorphic(a, c) == fixed);
    REQUIRE(isomorphic(a, c, InputOrder::AnyOrder) == any);
    same += fixed;
    same_moved += any;
  }
  CHECK(same > 20);
  CHECK(same_moved > same);
}

TEST_CASE("refinement alone cannot tell two rings of three from one of six; branching does") {
  // Gates between neighbours of a ring: every node looks alike from near by.
  const auto rings = [](std::size_t length) {
    Builder b;
    for (int i = 0; i < 6; ++i) b.input();
    for (std::size_t i = 0; i < 6; ++i) {
      const std::size_t next = i / length * length + (i + 1) % length;
      b.add(Op::And, {static_cast<Node>(i), static_cast<Node>(next)});
    }
    return b.build();
  };
  const Circuit two = rings(3), one = rings(6);
  CHECK(structure_hash(two, InputOrder::AnyOrder) == structure_hash(one, InputOrder::AnyOrder));
  CHECK(!isomorphic(two, one, InputOrder::AnyOrder));
  CHECK(isomorphic(one, shuffled(one, true, splitmix(44)), InputOrder::AnyOrder));
  // Side by side, a tie has nodes of both kinds: the smallest text decides which comes first.
  const std::vector<Circuit> parts{one, two};
  const Circuit both = side_by_side(parts);
  const WordSource words = splitmix(45);
  for (int trial = 0; trial < 10; ++trial) {
    CHECK(canonical_form(shuffled(both, true, words), InputOrder::AnyOrder) ==
          canonical_form(both, InputOrder::AnyOrder));
  }
}

TEST_CASE("regular graphs, where every choice is a tie") {
  // An AND for each step of one or two random permutations: rings of all lengths, and their sums.
  const WordSource words = splitmix(46);
  for (int trial = 0; trial < 300; ++trial) {
    const std::size_t n = 6 + below(7, words);
    Builder b;
    for (std::size_t i = 0; i < n; ++i) b.input();
    for (std::uint64_t left = 1 + below(2, words); left > 0; --left) {
      const auto next = choose(n, n, words);
      for (std::size_t i = 0; i < n; ++i) {
        b.add(Op::And, {static_cast<Node>(i), static_cast<Node>(next[i])});
      }
    }
    const Circuit c = b.build();
    for (int again = 0; again < 3; ++again) {
      REQUIRE(canonical_form(shuffled(c, true, words), InputOrder::AnyOrder) ==
              canonical_form(c, InputOrder::AnyOrder));
    }
  }
}

TEST_CASE("symmetric circuits take few branches; too many ties are an error") {
  Builder wide;
  std::vector<Node> all;
  for (int i = 0; i < 40; ++i) all.push_back(wide.input());
  wide.output(wide.add(Op::And, all));
  CHECK(canonical_form(wide.build(), InputOrder::AnyOrder).size() > 80);
  Builder twins;
  const Node x = twins.input();
  for (int i = 0; i < 20'000; ++i) twins.add(Op::Not, {x});
  CHECK_THROWS_AS(canonical_form(twins.build()), Error);
}

TEST_CASE("as many forms as there are topologies") {
  const std::vector<std::size_t> published{1, 1, 3, 10, 49, 302, 2312};
  for (std::size_t gates = 1; gates <= published.size(); ++gates) {
    CHECK(topologies(gates).size() == published[gates - 1]);
  }
}

TEST_CASE("the topologies of the fixtures have different forms, all of them met") {
  const std::filesystem::path path = LAB_SOURCE_DIR "/../shared/fixtures/circuits/topologies.json";
  if (!std::filesystem::exists(path)) {
    MESSAGE("skipped: no fixtures");
    return;
  }
  std::ifstream file(path);
  const auto fixtures = nlohmann::json::parse(file);
  for (const auto& [gates, list] : fixtures["lists"].items()) {
    std::set<std::string> forms;
    for (const auto& topology : list) {
      Builder b;
      int inputs = 0;
      for (const auto& pair : topology) inputs += (pair[0] == 0) + (pair[1] == 0);
      for (int i = 0; i < inputs; ++i) b.input();
      Node next = 0;
      const auto node = [&](int fanin) {
        return fanin == 0 ? next++ : static_cast<Node>(inputs + fanin - 1);
      };
      for (const auto& pair : topology) {
        const Node a = node(pair[0]);
        b.add(Op::And, {a, node(pair[1])});
      }
      b.output(static_cast<Node>(b.nodes() - 1));
      forms.insert(canonical_form(b.build(), InputOrder::AnyOrder));
    }
    CHECK(forms == topologies(std::stoul(gates)));
  }
}
