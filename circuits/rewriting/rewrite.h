// Random equivalent rewriting: small steps from a circuit to others of the same function.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "circuits/circuit.h"
#include "circuits/error.h"
#include "circuits/samplers/random.h"

namespace circuits {

// What a step does to one gate. Letters are fan-ins, "…" further ones; the dual of an identity swaps
// AND and OR. No step makes ops other than AND, OR, XOR and NOT, but where it is said.
enum class Rule : std::uint8_t {
  Complement,  // nand(a, …) = not and(a, …), nor, xnor likewise; and back: not and(a, …) = nand(a, …)
  DeMorgan,  // and(a, …) = not or(not a, …), nand(a, …) = or(not a, …), and duals; xor(a, b, …) =
             // xor(not a, not b, …), a and b random. NOT of NOT is left out
  Distribute,  // and(or(a, b, …), c, …) = or(and(a, c, …), and(b, c, …), …) and its dual;
               // and(xor(a, b, …), c, …) = xor(and(a, c, …), and(b, c, …), …)
  Factor,  // the inverse, for two fan-ins that share one: or(and(a, b, …), and(a, c, …), d, …) =
           // or(and(a, or(and(b, …), and(c, …))), d, …), its dual, and xor of ands
  Split,  // and(a, b, c, …) = and(and(a, b), c, …), a random part of at least two and not all;
          // or and xor likewise; nand(a, b, c) = nand(and(a, b), c), nor and xnor likewise
  Merge,  // the inverse: and(and(a, b), c) = and(a, b, c)
  Regroup,     // Merge, then Split: and(and(a, b), c) = and(a, and(b, c)); the number of gates and
               // the largest fan-in can stay
  XorToAndOr,  // xor(a, r) = or(and(a, not r), and(not a, r)) or and(or(a, r), not and(a, r)), by a
               // fair coin; a is random, r the XOR of the other fan-ins; xnor is its complement
  Recognize,  // the inverse: two or more gates that compute XOR, MUX or MAJ of a cut of two or three
              // nodes (cuts.h), any of these or the result complemented, become that; makes MUX and
              // MAJ
  ExpandGate,  // g(a, …) = or(and(a, g(1, …)), and(not a, g(0, …))) for a random fan-in a of a MUX,
               // MAJ, THRESHOLD or LUT; what is left of g is simplified (simplify.h) and may be
               // such a gate again
  Shannon,  // f = or(and(x, f[x=1]), and(not x, f[x=0])) for a gate f that is an output and a
            // random input x in its cone; the cofactors are copies of the cone, simplified, and
            // may have other ops by that
  Resynthesize,  // the function of a gate over a random cut of at most 6 nodes (cuts.h), in a random
                 // style (resynthesis.h); makes MUX
};
std::string_view name(Rule rule);  // "complement", "de_morgan", …
std::span<const Rule> all_rules();

// Whether the rule can change this node. Looks at nodes just below it; false for inputs.
bool applies(const Circuit& circuit, Rule rule, Node node);

struct RewriteStep {
  Rule rule;
  Node node;  // in the circuit before the step
  bool operator==(const RewriteStep&) const = default;
};

// The circuit after a step: the node is replaced by the other side of the rule, and gates that then
// reach no output are left out. Inputs and outputs keep order and names; gates get default names.
// Time is linear in the circuit (the whole is copied). Throws Error where the rule does not apply.
// The result is not simplified: a step may leave equal gates behind.
Circuit apply_step(const Circuit& circuit, const RewriteStep& step, const WordSource& words);

struct Rewritten {
  Circuit circuit;
  RewriteStep step;
  std::string proof;  // how the circuits before and after were proven equivalent
};

// One random step: a rule uniform among `rules`, of those that apply somewhere, then a gate uniform
// among those to which it applies and which reach an output. The circuit after it is proven
// equivalent to the one before (proofs/equivalence.h, within 10 s). Nothing when no rule applies
// anywhere or no proof was found. Throws Error without rules, and should the circuits differ.
std::optional<Rewritten> rewrite_once(const Circuit& circuit, const WordSource& words,
                                      std::span<const Rule> rules = all_rules());

}  // namespace circuits
