// Rules that look at functions: of cuts, of cofactors.
#include <algorithm>
#include <optional>
#include <utility>

#include "circuits/compose.h"
#include "circuits/rewriting/cuts.h"
#include "circuits/rewriting/resynthesis.h"
#include "circuits/rewriting/rules.h"
#include "circuits/rewriting/simplify.h"
#include "circuits/rewriting/small_table.h"
#include "circuits/views.h"

namespace circuits {
namespace {

using Nodes = std::vector<Node>;

constexpr std::size_t kMostCuts = 50;  // looked at for one gate

bool is_output(const Circuit& circuit, Node v) {
  return std::ranges::any_of(circuit.outputs(), [v](const Output& y) { return y.node == v; });
}

// Whether an input is in the cone of a gate. Usually found after a few steps down.
bool has_input(const Circuit& circuit, Node gate) {
  Nodes open{gate};
  std::vector<bool> met(gate + 1, false);
  while (!open.empty()) {
    const Node v = open.back();
    open.pop_back();
    if (circuit.op(v) == Op::Input) return true;
    for (const Node fanin : circuit.fanins(v)) {
      if (!met[fanin]) open.push_back(fanin);
      met[fanin] = true;
    }
  }
  return false;
}

// A gate of some leaves of a cut, as Recognize makes them.
struct Recognized {
  Op op = Op::Xor;
  Nodes leaves;
  std::vector<bool> negated;  // leaves
  bool inverted = false;      // the result
};

std::uint64_t recognized_table(const Recognized& gate, const std::vector<std::size_t>& order) {
  std::vector<std::uint64_t> values;
  for (std::size_t i = 0; i < order.size(); ++i) {
    const std::uint64_t value = counting_word(static_cast<int>(order[i]), 0);
    values.push_back(gate.negated[i] ? ~value : value);
  }
  const std::uint64_t table = small_table(gate.op, values);
  return gate.inverted ? ~table : table;
}

// XOR (only the result complemented), MAJ (leaves complemented) or MUX (branches complemented).
std::optional<Recognized> recognized(std::uint64_t table, const Cut& cut) {
  const std::uint64_t mask = small_mask(cut.size());
  std::vector<std::size_t> order(cut.size());
  for (std::size_t i = 0; i < order.size(); ++i) order[i] = i;
  const auto matches = [&](const Recognized& gate) {
    return ((recognized_table(gate, order) ^ table) & mask) == 0;
  };
  const std::vector<bool> as_they_are(cut.size(), false);
  for (const bool inverted : {false, true}) {
    const Recognized parity{Op::Xor, cut, as_they_are, inverted};
    if (matches(parity)) return parity;
  }
  if (cut.size() != 3) return std::nullopt;
  for (unsigned signs = 0; signs < 8; ++signs) {
    const Recognized majority{
        Op::Maj, cut, {(signs & 1) != 0, (signs & 2) != 0, (signs & 4) != 0}, false};
    if (matches(majority)) return majority;
  }
  do {
    const Nodes leaves{cut[order[0]], cut[order[1]], cut[order[2]]};
    for (unsigned signs = 0; signs < 4; ++signs) {
      const Recognized mux{Op::Mux, leaves, {false, (signs & 1) != 0, (signs & 2) != 0}, false};
      if (matches(mux)) return mux;
    }
  } while (std::ranges::next_permutation(order).found);
  return std::nullopt;
}

// How many gates other than NOTs lie between a cut and a gate, up to two.
std::size_t gates_above(const Circuit& circuit, Node gate, const Cut& cut) {
  std::size_t count = 0;
  Nodes open{gate}, met;
  while (!open.empty() && count < 2) {
    const Node v = open.back();
    open.pop_back();
    if (std::ranges::find(cut, v) != cut.end() || std::ranges::find(met, v) != met.end()) continue;
    met.push_back(v);
    count += circuit.op(v) != Op::Not && !circuit.fanins(v).empty();
    open.insert(open.end(), circuit.fanins(v).begin(), circuit.fanins(v).end());
  }
  return count;
}

// All ways to recognize the gate; with `any`, at most one.
std::vector<Recognized> recognitions(const Circuit& circuit, Node gate, bool any) {
  std::vector<Recognized> found;
  if (circuit.fanins(gate).empty()) return found;
  for (const Cut& cut : small_cuts(circuit, gate, 3, kMostCuts)) {
    if (cut.size() < 2 || gates_above(circuit, gate, cut) < 2) continue;
    const auto match = recognized(cut_table(circuit, gate, cut).words()[0], cut);
    if (match) found.push_back(*match);
    if (any && match) break;
  }
  return found;
}

Node recognize(const Site& site) {
  const auto found = recognitions(site.circuit, site.gate, false);
  const Recognized& gate = found[site.random_below(found.size())];
  Nodes fanins = site.at(gate.leaves);
  for (std::size_t i = 0; i < fanins.size(); ++i) {
    if (gate.negated[i]) fanins[i] = site.negated(fanins[i]);
  }
  const Node made = site.builder.add(gate.op, fanins);
  return gate.inverted ? site.negated(made) : made;
}

// The gate as a circuit of its fan-ins, of which number `fixed` is a constant.
Circuit gate_cofactor(const Gate& gate, std::size_t fanins, std::size_t fixed, bool value) {
  Builder builder;
  Nodes nodes;
  for (std::size_t i = 0; i < fanins; ++i) nodes.push_back(builder.input());
  nodes[fixed] = builder.add(value ? Op::One : Op::Zero, {});
  builder.output(builder.add(gate, nodes));
  return simplify(builder.build());
}

// The cone of node `root` with input x fixed, simplified; all inputs stay.
Circuit cone_cofactor(const Circuit& circuit, Node root, Node x, bool value) {
  const std::vector<bool> inside = in_cone(circuit, std::span(&root, 1));
  Builder builder;
  Nodes place(circuit.nodes());
  for (Node i = 0; i < circuit.inputs(); ++i) place[i] = builder.input();
  place[x] = builder.add(value ? Op::One : Op::Zero, {});
  for (Node v = static_cast<Node>(circuit.inputs()); v <= root; ++v) {
    if (!inside[v]) continue;
    Nodes fanins;
    for (const Node fanin : circuit.fanins(v)) fanins.push_back(place[fanin]);
    place[v] = builder.add(circuit.gate(v), fanins);
  }
  builder.output(place[root]);
  return simplify(builder.build());
}

// The only output of `part` on these nodes.
Node copied(const Site& site, const Circuit& part, const Nodes& inputs) {
  return copy_into(site.builder, part, inputs)[part.outputs()[0].node];
}

Node expand_gate(const Site& site) {
  const Nodes fanins = site.at(site.circuit.fanins(site.gate));
  const std::size_t i = site.random_below(fanins.size());
  const Gate gate = site.circuit.gate(site.gate);
  const Node if_one = copied(site, gate_cofactor(gate, fanins.size(), i, true), fanins);
  const Node if_zero = copied(site, gate_cofactor(gate, fanins.size(), i, false), fanins);
  return site.selected(fanins[i], if_one, if_zero);
}

Node shannon(const Site& site) {
  const std::vector<bool> inside = in_cone(site.circuit, std::span(&site.gate, 1));
  Nodes used, inputs;
  for (Node v = 0; v < site.circuit.inputs(); ++v) {
    inputs.push_back(site.at(v));
    if (inside[v]) used.push_back(v);
  }
  const Node x = used[site.random_below(used.size())];
  const Node if_one = copied(site, cone_cofactor(site.circuit, site.gate, x, true), inputs);
  const Node if_zero = copied(site, cone_cofactor(site.circuit, site.gate, x, false), inputs);
  return site.selected(site.at(x), if_one, if_zero);
}

Node resynthesize_cut(const Site& site) {
  Cut cut = random_cut(site.circuit, site.gate, kMostLeaves, site.words);
  // Styles look at inputs in their order.
  for (std::size_t i = 0; i < cut.size(); ++i) {
    std::swap(cut[i], cut[i + site.random_below(cut.size() - i)]);
  }
  const Style style = kStyles[site.random_below(kStyles.size())];
  const TruthTable table = cut_table(site.circuit, site.gate, cut);
  return add_function(site.builder, table, site.at(cut), style);
}

}  // namespace

bool functional_rule_applies(const Circuit& circuit, Rule rule, Node gate) {
  const Op op = circuit.op(gate);
  switch (rule) {
    case Rule::Recognize:
      return !recognitions(circuit, gate, true).empty();
    case Rule::ExpandGate:
      return op == Op::Mux || op == Op::Maj || op == Op::Threshold || op == Op::Lut;
    case Rule::Shannon:
      return !circuit.fanins(gate).empty() && is_output(circuit, gate) && has_input(circuit, gate);
    default: {  // Resynthesize
      if (circuit.fanins(gate).empty() || op == Op::Not || op == Op::Buf) return false;
      Nodes fanins(circuit.fanins(gate).begin(), circuit.fanins(gate).end());
      std::ranges::sort(fanins);
      const auto [end, unused] = std::ranges::unique(fanins);
      return end - fanins.begin() <= static_cast<std::ptrdiff_t>(kMostLeaves);
    }
  }
}

Node apply_functional_rule(const Site& site, Rule rule) {
  switch (rule) {
    case Rule::Recognize:
      return recognize(site);
    case Rule::ExpandGate:
      return expand_gate(site);
    case Rule::Shannon:
      return shannon(site);
    default:  // Resynthesize
      return resynthesize_cut(site);
  }
}

}  // namespace circuits
