// Rules that are identities of ANDs, ORs, XORs and NOTs.
#include <algorithm>
#include <map>
#include <utility>

#include "circuits/rewriting/rules.h"

namespace circuits {
namespace {

using Nodes = std::vector<Node>;

constexpr std::size_t kMostDistributed = 64;  // fan-ins that distribution may make

Nodes fanins_of(const Circuit& circuit, Node v) {
  return {circuit.fanins(v).begin(), circuit.fanins(v).end()};
}

Nodes without(Nodes nodes, std::size_t i) {
  nodes.erase(nodes.begin() + static_cast<std::ptrdiff_t>(i));
  return nodes;
}

// Positions of fan-ins over which the gate distributes.
std::vector<std::size_t> distributable(const Circuit& circuit, Node gate) {
  std::vector<std::size_t> found;
  const Op op = circuit.op(gate);
  if (op != Op::And && op != Op::Or) return found;
  const auto fanins = circuit.fanins(gate);
  for (std::size_t i = 0; i < fanins.size(); ++i) {
    const Op below = circuit.op(fanins[i]);
    const bool fits = op == Op::And ? below == Op::Or || below == Op::Xor : below == Op::And;
    if (fits && circuit.fanins(fanins[i]).size() * fanins.size() <= kMostDistributed) {
      found.push_back(i);
    }
  }
  return found;
}

// Positions of fan-ins of the same op (but for a complement at the top).
std::vector<std::size_t> mergeable(const Circuit& circuit, Node gate) {
  std::vector<std::size_t> found;
  if (!is_junction(circuit.op(gate))) return found;
  const auto fanins = circuit.fanins(gate);
  for (std::size_t i = 0; i < fanins.size(); ++i) {
    if (circuit.op(fanins[i]) == plain(circuit.op(gate))) found.push_back(i);
  }
  return found;
}

// Nodes that two or more fan-ins of the gate share as a factor, with the positions of these fan-ins.
std::map<Node, std::vector<std::size_t>> factors(const Circuit& circuit, Node gate) {
  std::map<Node, std::vector<std::size_t>> positions;
  const Op op = circuit.op(gate);
  if (op != Op::And && op != Op::Or && op != Op::Xor) return positions;
  const Op product = op == Op::And ? Op::Or : Op::And;
  const auto fanins = circuit.fanins(gate);
  for (std::size_t i = 0; i < fanins.size(); ++i) {
    if (circuit.op(fanins[i]) != product) continue;
    for (const Node factor : circuit.fanins(fanins[i])) {
      std::vector<std::size_t>& list = positions[factor];
      if (list.empty() || list.back() != i) list.push_back(i);
    }
  }
  std::erase_if(positions, [](const auto& entry) { return entry.second.size() < 2; });
  return positions;
}

Node complement_rule(const Site& site) {
  const Node negated = site.op() == Op::Not ? site.circuit.fanins(site.gate)[0] : site.gate;
  const Nodes fanins = site.at(site.circuit.fanins(negated));
  const Node made = site.builder.add(complement(site.circuit.op(negated)), fanins);
  return site.op() == Op::Not ? made : site.negated(made);
}

Node de_morgan(const Site& site) {
  Nodes fanins = site.at(site.circuit.fanins(site.gate));
  const Op op = site.op();
  if (plain(op) == Op::Xor) {
    for (const std::uint64_t i : choose(2, fanins.size(), site.words)) {
      fanins[i] = site.negated(fanins[i]);
    }
    return site.builder.add(op, fanins);
  }
  for (Node& fanin : fanins) fanin = site.negated(fanin);
  const Node made = site.builder.add(plain(op) == Op::And ? Op::Or : Op::And, fanins);
  return op == plain(op) ? site.negated(made) : made;
}

Node distribute(const Site& site) {
  const Nodes fanins = fanins_of(site.circuit, site.gate);
  const auto positions = distributable(site.circuit, site.gate);
  const std::size_t i = positions[site.random_below(positions.size())];
  Nodes products;
  for (const Node term : site.circuit.fanins(fanins[i])) {
    Nodes product = without(fanins, i);
    product.insert(product.begin(), term);
    products.push_back(site.builder.add(site.op(), site.at(product)));
  }
  return site.builder.add(site.circuit.op(fanins[i]), products);
}

Node factor(const Site& site) {
  const auto found = factors(site.circuit, site.gate);
  auto chosen = found.begin();
  std::advance(chosen, site.random_below(found.size()));
  const auto& [shared, positions] = *chosen;
  const Op product = site.op() == Op::And ? Op::Or : Op::And;
  Nodes sum, rest = fanins_of(site.circuit, site.gate);
  auto pair = choose(2, positions.size(), site.words);
  std::ranges::sort(pair, std::greater{});
  for (const std::uint64_t p : pair) {
    Nodes others = fanins_of(site.circuit, rest[positions[p]]);
    others.erase(std::ranges::find(others, shared));
    sum.push_back(site.joined(product, site.at(others)));
    rest = without(rest, positions[p]);
  }
  std::ranges::reverse(sum);
  Nodes terms = site.at(rest);
  terms.push_back(site.builder.add(product, {site.at(shared), site.builder.add(site.op(), sum)}));
  return site.joined(site.op(), terms);
}

// A random set of `inside` fan-ins goes into a gate of its own.
Node grouped(const Site& site, const Nodes& fanins, std::size_t inside) {
  std::vector<bool> chosen(fanins.size(), false);
  for (const std::uint64_t i : choose(inside, fanins.size(), site.words)) chosen[i] = true;
  Nodes group, rest;
  for (std::size_t i = 0; i < fanins.size(); ++i) (chosen[i] ? group : rest).push_back(fanins[i]);
  rest.push_back(site.builder.add(plain(site.op()), group));
  return site.builder.add(site.op(), rest);
}

Node split(const Site& site) {
  const Nodes fanins = site.at(site.circuit.fanins(site.gate));
  return grouped(site, fanins, 2 + site.random_below(fanins.size() - 2));
}

// Merge, and with `again` Split into a group as large as the fan-in that was merged.
Node merge(const Site& site, bool again) {
  const Nodes fanins = fanins_of(site.circuit, site.gate);
  const auto positions = mergeable(site.circuit, site.gate);
  const std::size_t i = positions[site.random_below(positions.size())];
  Nodes all = without(fanins, i);
  const auto inner = site.circuit.fanins(fanins[i]);
  all.insert(all.end(), inner.begin(), inner.end());
  return again ? grouped(site, site.at(all), inner.size())
               : site.builder.add(site.op(), site.at(all));
}

Node xor_to_and_or(const Site& site) {
  const Nodes fanins = site.at(site.circuit.fanins(site.gate));
  const std::size_t i = site.random_below(fanins.size());
  const Node a = fanins[i];
  const Node rest = site.joined(Op::Xor, without(fanins, i));
  Node made;
  if (site.random_below(2) == 0) {
    const Node only_a = site.builder.add(Op::And, {a, site.negated(rest)});
    made = site.builder.add(Op::Or, {only_a, site.builder.add(Op::And, {site.negated(a), rest})});
  } else {
    const Node either = site.builder.add(Op::Or, {a, rest});
    const Node both = site.builder.add(Op::And, {a, rest});
    made = site.builder.add(Op::And, {either, site.negated(both)});
  }
  return site.op() == Op::Xnor ? site.negated(made) : made;
}

}  // namespace

std::vector<Node> Site::at(std::span<const Node> old) const {
  Nodes nodes;
  for (const Node v : old) nodes.push_back(place[v]);
  return nodes;
}

Node Site::negated(Node node) const {
  if (builder.op(node) == Op::Not) return builder.fanins(node)[0];
  return builder.add(Op::Not, {node});
}

Node Site::joined(Op op, const std::vector<Node>& fanins) const {
  return fanins.size() == 1 ? fanins[0] : builder.add(op, fanins);
}

Node Site::selected(Node x, Node a, Node b) const {
  const auto is = [&](Node node, Op op) { return builder.op(node) == op; };
  if (is(a, Op::Zero) && is(b, Op::Zero)) return a;
  if (is(a, Op::One) && is(b, Op::One)) return a;
  Nodes terms;
  if (is(a, Op::One)) terms.push_back(x);
  if (is(b, Op::One)) terms.push_back(negated(x));
  const auto constant = [&](Node node) { return is(node, Op::Zero) || is(node, Op::One); };
  // x or b needs no "not x" before b, nor (not x) or a an x before a.
  if (!constant(a)) terms.push_back(is(b, Op::One) ? a : builder.add(Op::And, {x, a}));
  if (!constant(b)) terms.push_back(is(a, Op::One) ? b : builder.add(Op::And, {negated(x), b}));
  return joined(Op::Or, terms);
}

Op plain(Op op) {
  return op == Op::Nand ? Op::And : op == Op::Nor ? Op::Or : op == Op::Xnor ? Op::Xor : op;
}

bool is_junction(Op op) {
  return plain(op) == Op::And || plain(op) == Op::Or || plain(op) == Op::Xor;
}

Op complement(Op junction) {
  switch (junction) {
    case Op::And:
      return Op::Nand;
    case Op::Or:
      return Op::Nor;
    case Op::Xor:
      return Op::Xnor;
    default:
      return plain(junction);
  }
}

bool algebraic_rule_applies(const Circuit& circuit, Rule rule, Node gate) {
  const Op op = circuit.op(gate);
  switch (rule) {
    case Rule::Complement:
      return op == Op::Not ? is_junction(circuit.op(circuit.fanins(gate)[0]))
                           : is_junction(op) && op != plain(op);
    case Rule::DeMorgan:
      return is_junction(op);
    case Rule::Distribute:
      return !distributable(circuit, gate).empty();
    case Rule::Factor:
      return !factors(circuit, gate).empty();
    case Rule::Split:
      return is_junction(op) && circuit.fanins(gate).size() >= 3;
    case Rule::Merge:
    case Rule::Regroup:
      return !mergeable(circuit, gate).empty();
    default:  // XorToAndOr
      return plain(op) == Op::Xor;
  }
}

Node apply_algebraic_rule(const Site& site, Rule rule) {
  switch (rule) {
    case Rule::Complement:
      return complement_rule(site);
    case Rule::DeMorgan:
      return de_morgan(site);
    case Rule::Distribute:
      return distribute(site);
    case Rule::Factor:
      return factor(site);
    case Rule::Split:
      return split(site);
    case Rule::Merge:
    case Rule::Regroup:
      return merge(site, rule == Rule::Regroup);
    default:  // XorToAndOr
      return xor_to_and_or(site);
  }
}

}  // namespace circuits
