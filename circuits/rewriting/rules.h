// The rules of rewrite.h at one gate.
#pragma once

#include <vector>

#include "circuits/builder.h"
#include "circuits/circuit.h"
#include "circuits/rewriting/rewrite.h"
#include "circuits/samplers/random.h"

namespace circuits {

// A gate that is to be made anew in a builder to which all nodes before it were copied.
struct Site {
  const Circuit& circuit;
  Node gate;
  Builder& builder;
  const std::vector<Node>& place;  // where each node before the gate went
  const WordSource& words;

  Op op() const { return circuit.op(gate); }
  Node at(Node old) const { return place[old]; }
  std::vector<Node> at(std::span<const Node> old) const;
  // The complement: the fan-in of a NOT, else a new NOT.
  Node negated(Node node) const;
  // The gate; of one fan-in that fan-in. For AND, OR, XOR and at least one fan-in.
  Node joined(Op op, const std::vector<Node>& fanins) const;
  // if x then a else b, by ANDs and ORs, without what a and b make superfluous when constant.
  Node selected(Node x, Node a, Node b) const;
  std::size_t random_below(std::size_t n) const { return below(n, words); }
};

// Nand, Nor and Xnor give And, Or and Xor; other ops themselves.
Op plain(Op op);
// And, Or, Xor, Nand, Nor or Xnor.
bool is_junction(Op op);
// The junction that is the complement of a junction.
Op complement(Op junction);

// Whether a rule applies to a gate, and the node that takes its place; for the rules
// Complement … XorToAndOr, and for the others.
bool algebraic_rule_applies(const Circuit& circuit, Rule rule, Node gate);
Node apply_algebraic_rule(const Site& site, Rule rule);
bool functional_rule_applies(const Circuit& circuit, Rule rule, Node gate);
Node apply_functional_rule(const Site& site, Rule rule);

}  // namespace circuits
