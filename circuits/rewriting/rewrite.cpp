#include "circuits/rewriting/rewrite.h"

#include <algorithm>
#include <array>
#include <numeric>
#include <utility>
#include <vector>

#include "circuits/proofs/equivalence.h"
#include "circuits/rewriting/rules.h"
#include "circuits/views.h"

namespace circuits {
namespace {

constexpr std::array kRules{Rule::Complement, Rule::DeMorgan,   Rule::Distribute,
                            Rule::Factor,     Rule::Split,      Rule::Merge,
                            Rule::Regroup,    Rule::XorToAndOr, Rule::Recognize,
                            Rule::ExpandGate, Rule::Shannon,    Rule::Resynthesize};
constexpr std::array<std::string_view, kRules.size()> kNames{
    "complement", "de_morgan",     "distribute", "factor",      "split",   "merge",
    "regroup",    "xor_to_and_or", "recognize",  "expand_gate", "shannon", "resynthesize"};

// Beyond so few inputs, a solver on two circuits that differ at one gate is faster than exhaustion.
constexpr EquivalenceLimits kProofLimits{
    .seconds = 10, .exhaustive_inputs = 18, .random_words = 64};

bool is_algebraic(Rule rule) {
  return rule <= Rule::XorToAndOr;
}

std::vector<bool> reaching_outputs(const Circuit& circuit) {
  std::vector<Node> roots;
  for (const Output& output : circuit.outputs()) roots.push_back(output.node);
  return in_cone(circuit, roots);
}

// What reaches an output, gates with default names.
Circuit cleaned(const Circuit& circuit) {
  const std::vector<bool> wanted = reaching_outputs(circuit);
  Builder builder;
  std::vector<Node> place(circuit.nodes());
  for (Node v = 0; v < circuit.nodes(); ++v) {
    if (circuit.op(v) == Op::Input) {
      place[v] = builder.input(circuit.name(v));
    } else if (wanted[v]) {
      std::vector<Node> fanins;
      for (const Node fanin : circuit.fanins(v)) fanins.push_back(place[fanin]);
      place[v] = builder.add(circuit.gate(v), fanins);
    }
  }
  for (const Output& output : circuit.outputs()) builder.output(place[output.node], output.name);
  return builder.build();
}

// The gates to which the rule applies, ascending; Shannon is asked of outputs only.
std::vector<Node> places(const Circuit& circuit, Rule rule, const std::vector<bool>& wanted) {
  std::vector<Node> found;
  if (rule == Rule::Shannon) {
    for (const Output& output : circuit.outputs()) found.push_back(output.node);
    std::ranges::sort(found);
    const auto [end, last] = std::ranges::unique(found);
    found.erase(end, last);
    std::erase_if(found, [&](Node v) { return !applies(circuit, rule, v); });
    return found;
  }
  for (Node v = static_cast<Node>(circuit.inputs()); v < circuit.nodes(); ++v) {
    if (wanted[v] && applies(circuit, rule, v)) found.push_back(v);
  }
  return found;
}

std::optional<RewriteStep> random_step(const Circuit& circuit, const WordSource& words,
                                       std::span<const Rule> rules) {
  const std::vector<bool> wanted = reaching_outputs(circuit);
  std::vector<Rule> left(rules.begin(), rules.end());
  while (!left.empty()) {
    const auto chosen = left.begin() + static_cast<std::ptrdiff_t>(below(left.size(), words));
    const std::vector<Node> found = places(circuit, *chosen, wanted);
    if (!found.empty()) return RewriteStep{*chosen, found[below(found.size(), words)]};
    left.erase(chosen);
  }
  return std::nullopt;
}

}  // namespace

std::string_view name(Rule rule) {
  return kNames[static_cast<std::size_t>(rule)];
}

std::span<const Rule> all_rules() {
  return kRules;
}

bool applies(const Circuit& circuit, Rule rule, Node node) {
  if (node >= circuit.nodes()) throw Error("there is no node " + std::to_string(node));
  if (circuit.op(node) == Op::Input) return false;
  return is_algebraic(rule) ? algebraic_rule_applies(circuit, rule, node)
                            : functional_rule_applies(circuit, rule, node);
}

Circuit apply_step(const Circuit& circuit, const RewriteStep& step, const WordSource& words) {
  if (!applies(circuit, step.rule, step.node)) {
    throw Error("the rule " + std::string(name(step.rule)) + " does not apply to node " +
                std::to_string(step.node) + " (\"" + circuit.name(step.node) + "\")");
  }
  Builder builder;
  std::vector<Node> place;
  place.reserve(circuit.nodes());
  for (Node v = 0; v < circuit.nodes(); ++v) {
    if (circuit.op(v) == Op::Input) {
      place.push_back(builder.input(circuit.name(v)));
      continue;
    }
    const Site site{circuit, v, builder, place, words};
    if (v != step.node) {
      place.push_back(builder.add(circuit.gate(v), site.at(circuit.fanins(v))));
    } else {
      place.push_back(is_algebraic(step.rule) ? apply_algebraic_rule(site, step.rule)
                                              : apply_functional_rule(site, step.rule));
    }
  }
  for (const Output& output : circuit.outputs()) builder.output(place[output.node], output.name);
  return cleaned(builder.build());
}

std::optional<Rewritten> rewrite_once(const Circuit& circuit, const WordSource& words,
                                      std::span<const Rule> rules) {
  if (rules.empty()) throw Error("there is no rule to rewrite by");
  const std::optional<RewriteStep> step = random_step(circuit, words, rules);
  if (!step) return std::nullopt;
  Circuit after = apply_step(circuit, *step, words);
  const Equivalence proof = equivalent(circuit, after, kProofLimits);
  if (proof.verdict == Verdict::Unknown) return std::nullopt;
  if (proof.verdict == Verdict::Different) {
    throw Error("internal error: the rule " + std::string(name(step->rule)) +
                " changed the function at node " + std::to_string(step->node));
  }
  return Rewritten{std::move(after), *step, std::string(name(proof.method))};
}

}  // namespace circuits
