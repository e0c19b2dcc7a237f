#include "circuits/samplers/topology.h"

#include <algorithm>
#include <string>

#include "circuits/builder.h"
#include "circuits/samplers/literals.h"
#include "circuits/views.h"

namespace circuits {
namespace {

constexpr std::size_t kMostGates = 9;
constexpr int kAttempts = 10'000;

using FaninPair = std::array<std::uint8_t, 2>;

// Whether no other numbering of the gates gives a smaller list: gates are numbered one after another
// by trying all whose pair of fan-ins is no larger than the list has it at this place.
class SmallestTest {
 public:
  explicit SmallestTest(const Topology& list) : list_(list) {}
  bool holds() { return holds_from(0); }

 private:
  FaninPair renumbered(const FaninPair& pair) const {
    const std::uint8_t a = number_[pair[0]], b = number_[pair[1]];
    return {std::min(a, b), std::max(a, b)};
  }

  bool holds_from(std::size_t place) {
    for (std::size_t gate = 1; gate <= list_.size(); ++gate) {
      const FaninPair& pair = list_[gate - 1];
      const bool ready = number_[gate] == 0 && (pair[0] == 0 || number_[pair[0]] != 0) &&
                         (pair[1] == 0 || number_[pair[1]] != 0);
      if (!ready) continue;
      const FaninPair here = renumbered(pair);
      if (here < list_[place]) return false;
      if (here > list_[place]) continue;
      number_[gate] = static_cast<std::uint8_t>(place + 1);
      const bool smallest = place + 1 == list_.size() || holds_from(place + 1);
      number_[gate] = 0;
      if (!smallest) return false;
    }
    return true;
  }

  const Topology& list_;
  std::array<std::uint8_t, kMostGates + 1> number_{};  // new numbers of gates; 0 is none yet
};

class Enumeration {
 public:
  Enumeration(std::size_t gates, const std::function<void(const Topology&)>& visit)
      : gates_(gates), visit_(visit) {}

  void extend() {
    if (list_.size() == gates_) return visit_(list_);
    const auto next = static_cast<std::uint8_t>(list_.size() + 1);
    for (std::uint8_t a = 0; a < next; ++a) {
      for (std::uint8_t b = a == 0 ? 0 : a + 1; b < next; ++b) {
        if (may_follow({a, b})) extend_by({a, b});
      }
    }
  }

 private:
  // A gate that does not use the last one could stand before it.
  bool may_follow(const FaninPair& pair) const {
    return list_.empty() || pair[1] == list_.size() || !(pair < list_.back());
  }

  void extend_by(const FaninPair& pair) {
    list_.push_back(pair);
    for (const std::uint8_t fanin : pair) ++uses_[fanin];
    const auto unused =
        std::count(uses_.begin() + 1, uses_.begin() + 1 + static_cast<int>(list_.size()), 0);
    // Every further gate joins two gates at best.
    if (static_cast<std::size_t>(unused) <= 1 + gates_ - list_.size() &&
        SmallestTest(list_).holds()) {
      extend();
    }
    for (const std::uint8_t fanin : pair) --uses_[fanin];
    list_.pop_back();
  }

  std::size_t gates_;
  const std::function<void(const Topology&)>& visit_;
  Topology list_;
  std::array<int, kMostGates + 1> uses_{};
};

std::size_t anonymous_fanins(const Topology& topology) {
  std::size_t count = 0;
  for (const FaninPair& pair : topology) count += (pair[0] == 0) + (pair[1] == 0);
  return count;
}

// Step 2: an input for every anonymous fan-in, in their order.
std::vector<Node> draw_inputs(const Topology& topology, std::size_t inputs,
                              const WordSource& words) {
  for (;;) {
    std::vector<Node> drawn;
    std::vector<bool> used(inputs, false);
    bool different = true;
    for (const FaninPair& pair : topology) {
      const std::size_t before = drawn.size();
      for (const std::uint8_t fanin : pair) {
        if (fanin == 0) drawn.push_back(static_cast<Node>(below(inputs, words)));
      }
      if (drawn.size() == before + 2) different = different && drawn[before] != drawn[before + 1];
    }
    for (const Node input : drawn) used[input] = true;
    if (different && std::ranges::count(used, false) == 0) return drawn;
  }
}

// Step 3. Function 0 … 7: bits 0 and 1 say which fan-ins are complemented, bit 2 NAND; 8 XOR; 9 XNOR.
Circuit network(const Topology& topology, const std::vector<Node>& anonymous,
                const TopologyShape& shape, const WordSource& words) {
  Builder builder;
  Literals literal(builder);
  for (std::size_t i = 0; i < shape.inputs; ++i) builder.input();
  std::vector<Node> gates{0};
  std::size_t next = 0;
  for (const FaninPair& pair : topology) {
    std::vector<Node> fanins;
    for (const std::uint8_t fanin : pair) {
      fanins.push_back(fanin == 0 ? anonymous[next++] : gates[fanin]);
    }
    const std::uint64_t function = below(shape.and_only ? 8 : 10, words);
    if (function >= 8) {
      gates.push_back(builder.add(function == 8 ? Op::Xor : Op::Xnor, fanins));
      continue;
    }
    for (std::size_t i = 0; i < 2; ++i) fanins[i] = literal(fanins[i], function >> i & 1);
    gates.push_back(builder.add(function < 4 ? Op::And : Op::Nand, fanins));
  }
  builder.output(gates.back());
  return builder.build();
}

}  // namespace

void for_each_topology(std::size_t gates, const std::function<void(const Topology&)>& visit) {
  if (gates < 1 || gates > kMostGates) {
    throw Error("topologies are listed for 1 to " + std::to_string(kMostGates) + " gates, not " +
                std::to_string(gates));
  }
  Enumeration(gates, visit).extend();
}

std::vector<Topology> topologies(std::size_t gates) {
  std::vector<Topology> all;
  for_each_topology(gates, [&all](const Topology& topology) { all.push_back(topology); });
  return all;
}

Parameters TopologyShape::parameters() {
  return {whole("gates", gates, 1, kMostGates, "two-input gates"),
          whole("inputs", inputs, 2, kMostGates + 1, "input bits, at most gates + 1"),
          flag("and_only", and_only, "no XOR and XNOR"),
          flag("observable", observable, "reject circuits with irrelevant inputs or dead gates")};
}

Sampled sample_topology(const TopologyShape& shape, const WordSource& words) {
  check_shape(shape);
  require(shape.inputs <= shape.gates + 1, TopologyShape::family,
          "inputs must be at most gates + 1");
  std::vector<Topology> all;
  for_each_topology(shape.gates, [&](const Topology& topology) {
    if (anonymous_fanins(topology) >= shape.inputs) all.push_back(topology);
  });
  for (std::int64_t attempt = 1; attempt <= kAttempts; ++attempt) {
    const Topology& topology = all[below(all.size(), words)];
    const std::vector<Node> anonymous = draw_inputs(topology, shape.inputs, words);
    Circuit circuit = network(topology, anonymous, shape, words);
    if (!shape.observable || std::ranges::count(observable(circuit), false) == 0) {
      return {std::move(circuit), attempt};
    }
  }
  throw Error(std::string(TopologyShape::family) + ": " + std::to_string(kAttempts) +
              " attempts in vain; allow more inputs or fewer gates");
}

}  // namespace circuits
