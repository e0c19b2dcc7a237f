#include "circuits/samplers/function.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <string>
#include <utility>

namespace circuits {
namespace {

constexpr int kLeafInputs = 6;
constexpr std::size_t kMostSampledInputs = 20;
constexpr std::size_t kMostEntries = std::size_t{1} << 26;  // of all tables

std::uint64_t used_bits(int inputs) {
  return inputs >= 6 ? ~std::uint64_t{0} : (std::uint64_t{1} << (std::uint64_t{1} << inputs)) - 1;
}

// Adds tables of some fan-ins to a builder; what was added before is given again.
class Lookup {
 public:
  Lookup(Builder& builder, const std::vector<Node>& fanins) : builder_(builder), fanins_(fanins) {}

  Node add(const TruthTable& table) {
    const std::size_t low = std::min<std::size_t>(fanins_.size(), kLeafInputs);
    std::vector<Node> nodes;
    for (const std::uint64_t word : table.words()) nodes.push_back(leaf(word, low));
    for (std::size_t i = kLeafInputs; i < fanins_.size(); ++i) {
      for (std::size_t k = 0; k < nodes.size() / 2; ++k) {
        nodes[k] = select(fanins_[i], nodes[2 * k + 1], nodes[2 * k]);
      }
      nodes.resize(nodes.size() / 2);
    }
    return nodes[0];
  }

 private:
  Node leaf(std::uint64_t word, std::size_t low) {
    const auto [place, fresh] = leaves_.try_emplace(word, 0);
    if (fresh) {
      const bool constant = word == 0 || word == used_bits(static_cast<int>(low));
      place->second = constant ? builder_.add(word == 0 ? Op::Zero : Op::One, {})
                               : builder_.add(Gate::lut(word), {fanins_.begin(), first(low)});
    }
    return place->second;
  }

  std::vector<Node>::const_iterator first(std::size_t count) const {
    return fanins_.begin() + static_cast<std::ptrdiff_t>(count);
  }

  Node select(Node s, Node a, Node b) {
    if (a == b) return a;
    const auto [place, fresh] = muxes_.try_emplace({s, a, b}, 0);
    if (fresh) place->second = builder_.add(Op::Mux, {s, a, b});
    return place->second;
  }

  Builder& builder_;
  const std::vector<Node>& fanins_;
  std::map<std::uint64_t, Node> leaves_;
  std::map<std::array<Node, 3>, Node> muxes_;
};

void check_fits(const TruthTable& table, std::size_t fanins) {
  if (static_cast<std::size_t>(table.inputs()) != fanins) {
    throw Error("a table of " + std::to_string(table.inputs()) + " inputs was given " +
                std::to_string(fanins) + " fan-ins");
  }
}

bool depends_on_all(const TruthTable& table) {
  for (int i = 0; i < table.inputs(); ++i) {
    if (!table.depends_on(i)) return false;
  }
  return true;
}

}  // namespace

TruthTable sample_table(int inputs, const WordSource& words, double p) {
  TruthTable table(inputs);
  for (std::uint64_t& word : table.words()) word = biased_word(p, words) & used_bits(inputs);
  return table;
}

TruthTable sample_table_of_ones(int inputs, std::uint64_t ones, const WordSource& words) {
  TruthTable table(inputs);
  const std::uint64_t size = table.size();
  if (ones > size) {
    throw Error("a table of " + std::to_string(inputs) + " inputs cannot have " +
                std::to_string(ones) + " ones");
  }
  const bool few = ones <= size / 2;
  for (const std::uint64_t k : choose_set(few ? ones : size - ones, size, words)) {
    table.set(k, true);
  }
  return few ? table : ~table;
}

Node add_lookup(Builder& builder, const TruthTable& table, const std::vector<Node>& fanins) {
  check_fits(table, fanins.size());
  return Lookup(builder, fanins).add(table);
}

Circuit lookup_circuit(const std::vector<TruthTable>& tables) {
  if (tables.empty()) throw Error("a circuit of lookup tables needs at least one");
  Builder builder;
  std::vector<Node> inputs;
  for (int i = 0; i < tables[0].inputs(); ++i) inputs.push_back(builder.input());
  Lookup lookup(builder, inputs);
  for (const TruthTable& table : tables) {
    check_fits(table, inputs.size());
    builder.output(lookup.add(table));
  }
  return builder.build();
}

Parameters FunctionShape::parameters() {
  return {whole("inputs", inputs, 0, kMostSampledInputs, "input bits"),
          whole("outputs", outputs, 1, 1024, "independent functions"),
          circuits::share("share", share, "probability that an entry of a table is 1"),
          flag("exact", exact, "exactly that share of the entries is 1")};
}

Circuit sample_function(const FunctionShape& shape, const WordSource& words) {
  check_shape(shape);
  require(shape.outputs << shape.inputs <= kMostEntries, FunctionShape::family,
          "outputs · 2^inputs must be at most 2^26");
  const int n = static_cast<int>(shape.inputs);
  std::vector<TruthTable> tables;
  for (std::size_t i = 0; i < shape.outputs; ++i) {
    if (!shape.exact) {
      tables.push_back(sample_table(n, words, shape.share));
      continue;
    }
    const double ones = std::floor(shape.share * std::ldexp(1.0, n) + 0.5);
    tables.push_back(sample_table_of_ones(n, static_cast<std::uint64_t>(ones), words));
  }
  return lookup_circuit(tables);
}

Parameters JuntaShape::parameters() {
  return {whole("inputs", inputs, 1, 65536, "input bits"),
          whole("k", k, 1, kMostSampledInputs, "inputs that matter")};
}

Sampled sample_junta(const JuntaShape& shape, const WordSource& words) {
  check_shape(shape);
  require(shape.k <= shape.inputs, JuntaShape::family, "k must be at most inputs");
  Builder builder;
  for (std::size_t i = 0; i < shape.inputs; ++i) builder.input();
  const auto chosen = choose_set(shape.k, shape.inputs, words);
  for (std::int64_t attempt = 1;; ++attempt) {
    const TruthTable table = sample_table(static_cast<int>(shape.k), words);
    if (!depends_on_all(table)) continue;
    builder.output(add_lookup(builder, table, {chosen.begin(), chosen.end()}));
    return {builder.build(), attempt};
  }
}

}  // namespace circuits
