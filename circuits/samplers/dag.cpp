#include "circuits/samplers/dag.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "circuits/builder.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/views.h"

namespace circuits {
namespace {

constexpr std::size_t kMostInputs = 20;
constexpr std::size_t kMostGates = 65536;
constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr int kAttempts = 10'000;
constexpr int kGateDraws = 100;

void require(bool holds, const std::string& what) {
  if (!holds) throw Error("no such random circuit: " + what);
}

void check(const DagShape& shape) {
  require(shape.inputs >= 1 && shape.inputs <= kMostInputs,
          "inputs must be 1 to " + std::to_string(kMostInputs));
  require(shape.outputs >= 1 && shape.outputs <= shape.gates,
          "outputs must be 1 to the number of gates");
  require(shape.depth >= 1 && shape.depth <= shape.gates, "depth must be 1 to the number of gates");
  require(shape.fan_in >= 2 && shape.fan_in <= kMostGates, "fan_in must be 2 to 65536");
  require(shape.gates <= kMostGates, "gates must be at most 65536");
  require((shape.gates << shape.inputs) / 8 <= kMostBytes,
          "the truth tables of its gates would take more than 1 GiB");
  require(shape.inputs <= shape.outputs + (shape.fan_in - 1) * shape.gates,
          "the gates have too few fan-ins to use all inputs");
  require(shape.xor_share >= 0 && shape.xor_share <= 1, "xor_share must be 0 to 1");
  require(shape.not_share >= 0 && shape.not_share <= 1, "not_share must be 0 to 1");
  std::size_t most = 0;  // gates on the levels from the top down, each as many as can be used
  for (std::size_t level = 0; level < shape.depth && most < shape.gates; ++level) {
    most = shape.outputs + shape.fan_in * most;
  }
  require(shape.gates <= most,
          "at most " + std::to_string(most) + " gates can be used by so few outputs at this depth");
}

// Step 1: the number of gates of each level from the bottom.
std::vector<std::size_t> level_sizes(const DagShape& shape, const WordSource& words) {
  for (int attempt = 0; attempt < kAttempts; ++attempt) {
    std::vector<std::uint64_t> cuts = choose(shape.depth - 1, shape.gates - 1, words);
    std::ranges::sort(cuts);
    std::vector<std::size_t> sizes;
    std::size_t placed = 0;
    for (const std::uint64_t cut : cuts) {
      sizes.push_back(cut + 1 - placed);
      placed = cut + 1;
    }
    sizes.push_back(shape.gates - placed);
    std::size_t above = 0;
    const bool usable = std::all_of(sizes.rbegin(), sizes.rend(), [&](std::size_t size) {
      const bool fits = size <= shape.outputs + (shape.fan_in - 1) * above;
      above += size;
      return fits;
    });
    if (usable) return sizes;
  }
  throw Error("no random circuit: " + std::to_string(kAttempts) +
              " draws of level sizes in vain; allow more outputs, depth or fan-in");
}

// A function up to its complement.
TruthTable up_to_complement(const TruthTable& table) {
  return table[0] ? ~table : table;
}

struct Gate {
  Op op;
  std::vector<std::size_t> fanins;  // variables
  std::vector<bool> negated;
};

// Variables are the inputs and the gates that are not NOT, in the order in which they arise.
class Growth {
 public:
  Growth(const DagShape& shape, const WordSource& words) : shape_(shape), words_(words) {
    const int n = static_cast<int>(shape.inputs);
    for (int i = 0; i < n; ++i) add_variable(builder_.input(), TruthTable::input(n, i));
    known_.insert(TruthTable(n));
    for (const TruthTable& table : tables_) known_.insert(up_to_complement(table));
  }

  // Steps 2 and 3; nothing when the attempt is rejected.
  std::optional<Circuit> grow(const std::vector<std::size_t>& sizes) {
    std::size_t remaining = shape_.gates;
    std::size_t level_begin = 0;
    for (const std::size_t size : sizes) {
      const std::size_t level_end = nodes_.size();
      for (std::size_t i = 0; i < size; ++i) {
        if (!add_gate(level_begin, level_end, remaining--)) return std::nullopt;
      }
      level_begin = level_end;
    }
    return finish();
  }

 private:
  void add_variable(Node node, TruthTable table) {
    nodes_.push_back(node);
    tables_.push_back(std::move(table));
    open_.push_back(true);
    inverters_.emplace_back();
  }

  // Variables first … last−1 that are open, or all of them, without those in `taken`.
  std::vector<std::size_t> candidates(std::size_t first, std::size_t last, bool only_open,
                                      const std::vector<std::size_t>& taken) const {
    std::vector<std::size_t> list;
    for (std::size_t v = first; v < last; ++v) {
      if ((!only_open || open_[v]) && std::ranges::find(taken, v) == taken.end()) list.push_back(v);
    }
    return list;
  }

  std::size_t draw_fanin(std::size_t first, std::size_t last, bool prefer_open,
                         const std::vector<std::size_t>& taken) const {
    auto list = candidates(first, last, prefer_open, taken);
    if (list.empty()) list = candidates(first, last, false, taken);
    return list[below(list.size(), words_)];
  }

  // A gate whose level below it is variables begin … end−1.
  Gate draw_gate(std::size_t begin, std::size_t end, std::size_t remaining) const {
    const Op op = chance(shape_.xor_share, words_) ? Op::Xor
                  : below(2, words_) == 0          ? Op::And
                                                   : Op::Or;
    const std::size_t k = 2 + below(std::min(shape_.fan_in, end) - 1, words_);
    const double surplus =
        static_cast<double>(std::ranges::count(open_, true)) - static_cast<double>(shape_.outputs);
    const double p = surplus / static_cast<double>((k - 1) * remaining);
    Gate gate{op, {draw_fanin(begin, end, true, {})}, std::vector<bool>(k, false)};
    while (gate.fanins.size() < k) {
      gate.fanins.push_back(draw_fanin(0, end, chance(p, words_), gate.fanins));
    }
    if (op != Op::Xor) {
      for (std::size_t i = 0; i < k; ++i) gate.negated[i] = chance(shape_.not_share, words_);
    }
    return gate;
  }

  bool add_gate(std::size_t begin, std::size_t end, std::size_t remaining) {
    if (end < 2) return false;  // one node alone gives no new function
    const TruthTables domain{static_cast<int>(shape_.inputs)};
    for (int draw = 0; draw < kGateDraws; ++draw) {
      const Gate gate = draw_gate(begin, end, remaining);
      TruthTable table = apply(gate.op, {}, domain, gate.fanins.size(), [&](std::size_t i) {
        return gate.negated[i] ? ~tables_[gate.fanins[i]] : tables_[gate.fanins[i]];
      });
      if (!known_.insert(up_to_complement(table)).second) continue;
      std::vector<Node> fanins;
      for (std::size_t i = 0; i < gate.fanins.size(); ++i) {
        fanins.push_back(literal(gate.fanins[i], gate.negated[i]));
        open_[gate.fanins[i]] = false;
      }
      add_variable(builder_.add(gate.op, fanins), std::move(table));
      return true;
    }
    return false;
  }

  Node literal(std::size_t variable, bool negated) {
    if (!negated) return nodes_[variable];
    std::optional<Node>& inverter = inverters_[variable];
    if (!inverter) inverter = builder_.add(Op::Not, {nodes_[variable]});
    return *inverter;
  }

  std::optional<Circuit> finish() {
    std::vector<std::size_t> chosen, others;
    for (std::size_t v = 0; v < nodes_.size(); ++v) {
      if (v < shape_.inputs && open_[v]) return std::nullopt;
      if (v >= shape_.inputs) (open_[v] ? chosen : others).push_back(v);
    }
    if (chosen.size() > shape_.outputs) return std::nullopt;
    for (const std::uint64_t i : choose(shape_.outputs - chosen.size(), others.size(), words_)) {
      chosen.push_back(others[i]);
    }
    std::ranges::sort(chosen);
    for (const std::size_t v : chosen) builder_.output(nodes_[v]);
    Circuit circuit = builder_.build();
    if (std::ranges::count(observable(circuit), false) > 0) return std::nullopt;
    return circuit;
  }

  const DagShape& shape_;
  const WordSource& words_;
  Builder builder_;
  std::vector<Node> nodes_;
  std::vector<TruthTable> tables_;
  std::vector<bool> open_;
  std::vector<std::optional<Node>> inverters_;
  std::set<TruthTable> known_;  // the functions of all variables and the constant, up to complement
};

}  // namespace

Sampled sample_dag(const DagShape& shape, const WordSource& words) {
  check(shape);
  for (std::int64_t attempt = 1; attempt <= kAttempts; ++attempt) {
    const auto sizes = level_sizes(shape, words);
    std::optional<Circuit> circuit = Growth(shape, words).grow(sizes);
    if (circuit) return {*std::move(circuit), attempt};
  }
  throw Error("no random circuit: " + std::to_string(kAttempts) +
              " attempts in vain; allow more inputs, outputs, depth or fan-in");
}

}  // namespace circuits
