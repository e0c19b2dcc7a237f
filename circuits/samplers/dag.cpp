#include "circuits/samplers/dag.h"

#include <algorithm>
#include <optional>
#include <set>
#include <string>
#include <utility>

#include "circuits/builder.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/samplers/literals.h"
#include "circuits/views.h"

namespace circuits {
namespace {

constexpr std::size_t kMostGates = 65536;
constexpr std::size_t kMostBytes = std::size_t{1} << 30;
constexpr int kAttempts = 10'000;
constexpr int kGateDraws = 100;

void check(const DagShape& shape) {
  check_shape(shape);
  const auto require = [](bool holds, const std::string& what) {
    circuits::require(holds, DagShape::family, what);
  };
  check_mix(shape.mix, shape.fan_in, DagShape::family);
  require(shape.outputs <= shape.gates, "outputs must be at most gates");
  require(shape.depth <= shape.gates, "depth must be at most gates");
  require((shape.gates << shape.inputs) / 8 <= kMostBytes,
          "the truth tables of its gates would take more than 1 GiB");
  require(shape.inputs <= shape.outputs + (shape.fan_in - 1) * shape.gates,
          "the gates have too few fan-ins to use all inputs");
  require(shape.least_ones <= shape.most_ones, "least_ones must be at most most_ones");
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

struct Candidate {
  Gate gate;
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
  std::optional<Candidate> draw_gate(std::size_t begin, std::size_t end,
                                     std::size_t remaining) const {
    const auto kind = draw_kind(shape_.xor_share, shape_.mix, std::min(shape_.fan_in, end), words_);
    if (!kind) return std::nullopt;
    const std::size_t k = kind->fanins;
    const double surplus =
        static_cast<double>(std::ranges::count(open_, true)) - static_cast<double>(shape_.outputs);
    const double p = surplus / static_cast<double>((k - 1) * remaining);
    Candidate drawn{kind->gate, {draw_fanin(begin, end, true, {})}, std::vector<bool>(k, false)};
    while (drawn.fanins.size() < k) {
      drawn.fanins.push_back(draw_fanin(0, end, chance(p, words_), drawn.fanins));
    }
    if (kind->negatable) {
      for (std::size_t i = 0; i < k; ++i) drawn.negated[i] = chance(shape_.not_share, words_);
    }
    if (kind->gate.op == Op::Mux) shuffle(drawn.fanins, words_);
    return drawn;
  }

  bool add_gate(std::size_t begin, std::size_t end, std::size_t remaining) {
    if (end < 2) return false;  // one node alone gives no new function
    const TruthTables domain{static_cast<int>(shape_.inputs)};
    for (int draw = 0; draw < kGateDraws; ++draw) {
      const auto drawn = draw_gate(begin, end, remaining);
      if (!drawn) continue;
      const Gate& gate = drawn->gate;
      TruthTable table =
          apply(gate.op, gate.parameters, domain, drawn->fanins.size(), [&](std::size_t i) {
            const TruthTable& fanin = tables_[drawn->fanins[i]];
            return drawn->negated[i] ? ~fanin : fanin;
          });
      if (!known_.insert(up_to_complement(table)).second) continue;
      std::vector<Node> fanins;
      for (std::size_t i = 0; i < drawn->fanins.size(); ++i) {
        fanins.push_back(literals_(nodes_[drawn->fanins[i]], drawn->negated[i]));
        open_[drawn->fanins[i]] = false;
      }
      add_variable(builder_.add(gate, fanins), std::move(table));
      return true;
    }
    return false;
  }

  bool balanced(std::size_t variable) const {
    const TruthTable& table = tables_[variable];
    const double ones = static_cast<double>(table.ones()) / static_cast<double>(table.size());
    return ones >= shape_.least_ones && ones <= shape_.most_ones;
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
    for (const std::size_t v : chosen) {
      if (!balanced(v)) return std::nullopt;
      builder_.output(nodes_[v]);
    }
    Circuit circuit = builder_.build();
    if (std::ranges::count(observable(circuit), false) > 0) return std::nullopt;
    return circuit;
  }

  const DagShape& shape_;
  const WordSource& words_;
  Builder builder_;
  Literals literals_{builder_};
  std::vector<Node> nodes_;
  std::vector<TruthTable> tables_;
  std::vector<bool> open_;
  std::set<TruthTable> known_;  // the functions of all variables and the constant, up to complement
};

}  // namespace

Parameters DagShape::parameters() {
  Parameters all{
      whole("inputs", inputs, 1, 20, "input bits"),
      whole("gates", gates, 1, kMostGates, "gates; NOT gates come on top and are free"),
      whole("outputs", outputs, 1, kMostGates, "outputs, at most gates"),
      whole("depth", depth, 1, kMostGates, "exactly the level of the highest gate, at most gates"),
      whole("fan_in", fan_in, 2, kMostGates, "largest number of fan-ins of a gate"),
      share("xor_share", xor_share, "probability that a gate is XOR"),
      share("not_share", not_share, "probability that a fan-in is negated; not those of XOR, LUT")};
  const Parameters others = mix.parameters();
  all.insert(all.end(), others.begin(), others.end());
  all.push_back(share("least_ones", least_ones, "least share of ones of an output"));
  all.push_back(share("most_ones", most_ones, "largest share of ones of an output"));
  return all;
}

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
