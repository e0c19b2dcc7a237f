#include "circuits/rewriting/resynthesis.h"

#include <bit>
#include <map>
#include <string>
#include <utility>
#include <vector>

#include "circuits/compose.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/functions/anf.h"
#include "circuits/functions/dnf.h"
#include "circuits/rewriting/simplify.h"
#include "circuits/views.h"

namespace circuits {
namespace {

std::vector<Cube> cubes_of(const TruthTable& table) {
  int relevant = 0;
  for (int i = 0; i < table.inputs(); ++i) relevant += table.depends_on(i) ? 1 : 0;
  return relevant <= kMostMinimumInputs ? minimum_dnf(table) : isop(table);
}

// The two functions of the inputs but the last, n ≥ 1.
std::pair<TruthTable, TruthTable> halves(const TruthTable& table) {
  const int n = table.inputs() - 1;
  const auto words = table.words();
  if (n < 6) {
    const unsigned bits = 1u << n;
    const std::uint64_t low = words[0] & ((std::uint64_t{1} << bits) - 1);
    return {TruthTable::from_bits(n, low), TruthTable::from_bits(n, words[0] >> bits)};
  }
  std::pair<TruthTable, TruthTable> parts{TruthTable(n), TruthTable(n)};
  const std::size_t half = words.size() / 2;
  for (std::size_t w = 0; w < half; ++w) {
    parts.first.words()[w] = words[w];
    parts.second.words()[w] = words[half + w];
  }
  return parts;
}

class Decisions {
 public:
  Decisions(Builder& builder, std::span<const Node> inputs) : builder_(builder), inputs_(inputs) {}

  Node operator()(const TruthTable& table) {  // as deep as there are inputs
    const auto known = known_.find(table);
    if (known != known_.end()) return known->second;
    const Node node = made(table);
    known_.emplace(table, node);
    return node;
  }

 private:
  Node made(const TruthTable& table) {
    if (table.inputs() == 0) return builder_.add(table[0] ? Op::One : Op::Zero, {});
    const auto [low, high] = halves(table);
    if (low == high) return (*this)(low);
    const Node at = inputs_[static_cast<std::size_t>(table.inputs() - 1)];
    if (low.ones() == 0 && high.ones() == high.size()) return at;
    const Node if_one = (*this)(high);
    return builder_.add(Op::Mux, {at, if_one, (*this)(low)});
  }

  Builder& builder_;
  std::span<const Node> inputs_;
  std::map<TruthTable, Node> known_;
};

Node gate_or_less(Builder& builder, Op op, const std::vector<Node>& fanins) {
  if (fanins.empty()) return builder.add(op == Op::And ? Op::One : Op::Zero, {});
  return fanins.size() == 1 ? fanins[0] : builder.add(op, fanins);
}

Node add_anf(Builder& builder, const TruthTable& table, std::span<const Node> inputs) {
  const TruthTable polynomial = anf(table);
  std::vector<Node> products;
  for (std::uint64_t mask = 0; mask < polynomial.size(); ++mask) {
    if (!polynomial[mask]) continue;
    std::vector<Node> factors;
    for (std::uint64_t rest = mask; rest != 0; rest &= rest - 1) {
      factors.push_back(inputs[static_cast<std::size_t>(std::countr_zero(rest))]);
    }
    products.push_back(gate_or_less(builder, Op::And, factors));
  }
  return gate_or_less(builder, Op::Xor, products);
}

Node add_cnf(Builder& builder, const TruthTable& table, std::span<const Node> inputs) {
  std::vector<Node> clauses;
  for (const Cube& cube : cubes_of(~table)) {
    std::vector<Node> literals;
    for (std::size_t i = 0; i < inputs.size(); ++i) {
      if ((cube.care >> i & 1) == 0) continue;
      const bool negated = (cube.value >> i & 1) != 0;
      literals.push_back(negated ? builder.add(Op::Not, {inputs[i]}) : inputs[i]);
    }
    clauses.push_back(gate_or_less(builder, Op::Or, literals));
  }
  return gate_or_less(builder, Op::And, clauses);
}

}  // namespace

std::string_view name(Style style) {
  switch (style) {
    case Style::Dnf:
      return "dnf";
    case Style::Cnf:
      return "cnf";
    case Style::Factored:
      return "factored";
    case Style::Decisions:
      return "decisions";
    default:
      return "anf";
  }
}

Node add_function(Builder& builder, const TruthTable& table, std::span<const Node> inputs,
                  Style style) {
  if (inputs.size() != static_cast<std::size_t>(table.inputs())) {
    throw Error("a function of " + std::to_string(table.inputs()) + " inputs was given " +
                std::to_string(inputs.size()) + " nodes");
  }
  switch (style) {
    case Style::Dnf:
      return add_dnf(builder, cubes_of(table), inputs);
    case Style::Cnf:
      return add_cnf(builder, table, inputs);
    case Style::Factored:
      return add_factored(builder, cubes_of(table), inputs);
    case Style::Decisions:
      return Decisions(builder, inputs)(table);
    default:
      return add_anf(builder, table, inputs);
  }
}

std::optional<Circuit> resynthesize(const Circuit& circuit, Style style) {
  Builder builder(Sharing::Structural);
  for (Node i = 0; i < circuit.inputs(); ++i) builder.input(circuit.name(i));
  for (std::size_t i = 0; i < circuit.outputs().size(); ++i) {
    const Output& output = circuit.outputs()[i];
    const std::vector<bool> inside = in_cone(circuit, std::span(&output.node, 1));
    std::vector<Node> used;
    for (Node v = 0; v < circuit.inputs(); ++v) {
      if (inside[v]) used.push_back(v);
    }
    if (used.size() > kMostStyleInputs) return std::nullopt;
    const TruthTable table = output_tables(cone(circuit, std::span(&i, 1), true))[0];
    builder.output(add_function(builder, table, used, style), output.name);
  }
  return simplify(builder.build());
}

}  // namespace circuits
