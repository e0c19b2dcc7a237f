#include "circuits/proofs/equivalence.h"

#include <algorithm>
#include <bit>
#include <cstdio>

#include "circuits/aig.h"
#include "circuits/compose.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/evaluation/simulator.h"
#include "circuits/proofs/cnf.h"
#include "circuits/proofs/sat.h"
#include "circuits/proofs/sweep.h"

namespace circuits {
namespace {

void check(const char* what, std::size_t a, std::size_t b) {
  if (a == b) return;
  throw Error("the circuits have different numbers of " + std::string(what) + ": " +
              std::to_string(a) + " and " + std::to_string(b));
}

void check(const Circuit& a, const Circuit& b, const EquivalenceLimits& limits) {
  check("inputs", a.inputs(), b.inputs());
  check("outputs", a.outputs().size(), b.outputs().size());
  if (!(limits.seconds > 0)) throw Error("the time limit must be more than 0 seconds");
  if (limits.exhaustive_inputs > TruthTable::kMostInputs) {
    throw Error("at most " + std::to_string(TruthTable::kMostInputs) +
                " inputs are decided by exhaustion, not " +
                std::to_string(limits.exhaustive_inputs));
  }
}

std::string time_limit(const EquivalenceLimits& limits) {
  char text[40];
  std::snprintf(text, sizeof text, "time: %g s", limits.seconds);
  return text;
}

std::vector<bool> outputs_on(const Circuit& circuit, const std::vector<bool>& input) {
  return evaluate(circuit, Bools{}, input);
}

Equivalence different(const Circuit& a, const Circuit& b, ProofMethod method,
                      std::vector<bool> input) {
  if (outputs_on(a, input) == outputs_on(b, input)) {
    throw Error("internal error: " + std::string(name(method)) +
                " gave a counterexample on which the circuits agree");
  }
  Equivalence result;
  result.verdict = Verdict::Different;
  result.method = method;
  result.counterexample = std::move(input);
  return result;
}

Equivalence same(const Circuit& a, ProofMethod method) {
  Equivalence result;
  result.verdict = Verdict::Equivalent;
  result.method = method;
  result.differing = 0;
  result.differing_per_output.assign(a.outputs().size(), 0);
  return result;
}

// Row i is 1 where outputs i differ.
Simulator differences(const Circuit& a, const Circuit& b) {
  Builder builder;
  std::vector<Node> inputs;
  for (std::size_t i = 0; i < a.inputs(); ++i) inputs.push_back(builder.input());
  const auto in_a = copy_into(builder, a, inputs), in_b = copy_into(builder, b, inputs);
  for (std::size_t i = 0; i < a.outputs().size(); ++i) {
    const Node left = in_a[a.outputs()[i].node], right = in_b[b.outputs()[i].node];
    builder.output(builder.add(Op::Xor, {left, right}));
  }
  return Simulator(builder.build());
}

// The inputs of bit `bit` of word `word`.
std::vector<bool> input_at(const InputWords& words_of, std::size_t inputs, std::size_t word,
                           int bit) {
  std::vector<bool> input;
  for (std::size_t i = 0; i < inputs; ++i) {
    std::uint64_t value = 0;
    words_of(i, word, {&value, 1});
    input.push_back((value >> bit & 1) != 0);
  }
  return input;
}

// What a block of differences says: adds to the counts, and remembers the first input.
struct Tally {
  std::uint64_t used;  // bits of each word that are inputs
  std::uint64_t any = 0;
  std::vector<std::uint64_t> per_output;
  std::optional<std::pair<std::size_t, int>> first;  // word and bit

  void add(const Simulator::Block& block) {
    std::vector<std::uint64_t> together(block.words, 0);
    for (std::size_t i = 0; i < per_output.size(); ++i) {
      const auto row = block.row(i);
      for (std::size_t w = 0; w < row.size(); ++w) {
        per_output[i] += static_cast<std::uint64_t>(std::popcount(row[w] & used));
        together[w] |= row[w] & used;
      }
    }
    for (std::size_t w = 0; w < together.size(); ++w) {
      if (together[w] == 0) continue;
      if (!first) first.emplace(block.first + w, std::countr_zero(together[w]));
      any += static_cast<std::uint64_t>(std::popcount(together[w]));
    }
  }
};

// Nothing when the time did not suffice and no difference was found.
std::optional<Equivalence> by_exhaustion(const Circuit& a, const Circuit& b,
                                         const Simulator& differ, const Deadline& deadline) {
  const std::size_t n = a.inputs();
  Tally tally{n >= 6 ? ~std::uint64_t{0} : (std::uint64_t{1} << (1u << n)) - 1, 0, {}, {}};
  tally.per_output.resize(a.outputs().size());
  bool finished = true;
  differ.stream(counting_inputs(), std::size_t{1} << (n > 6 ? n - 6 : 0), [&](const auto& block) {
    tally.add(block);
    finished = !deadline.passed();
    return finished;
  });
  if (!finished && !tally.first) return std::nullopt;
  if (!tally.first) return same(a, ProofMethod::Exhaustion);
  Equivalence result =
      different(a, b, ProofMethod::Exhaustion,
                input_at(counting_inputs(), n, tally.first->first, tally.first->second));
  if (finished) {
    result.differing = tally.any;
    result.differing_per_output = tally.per_output;
  }
  return result;
}

std::optional<Equivalence> by_random_inputs(const Circuit& a, const Circuit& b,
                                            const Simulator& differ, std::size_t words,
                                            const Deadline& deadline) {
  constexpr std::uint64_t kSeed = 1;
  Tally tally{~std::uint64_t{0}, 0, {}, {}};
  tally.per_output.resize(a.outputs().size());
  differ.stream(uniform_inputs(kSeed), words, [&](const auto& block) {
    tally.add(block);
    return !tally.first && !deadline.passed();
  });
  if (!tally.first) return std::nullopt;
  return different(
      a, b, ProofMethod::Simulation,
      input_at(uniform_inputs(kSeed), a.inputs(), tally.first->first, tally.first->second));
}

// A question about one pair of outputs, to a fresh solver that sees their cones alone.
SatSolver::Answer ask(const AigBuilder& graph, Signal left, Signal right, std::int64_t conflicts,
                      const Deadline& deadline, std::vector<bool>& input) {
  SatSolver solver(SatSolver::Effort::Thorough);
  Cnf cnf(graph, solver);
  const int x = cnf.literal(left), y = cnf.literal(right);
  solver.clause({x, y});
  solver.clause({-x, -y});
  const auto answer = solver.solve({}, conflicts, deadline);
  if (answer == SatSolver::Answer::Satisfiable) input = cnf.inputs();
  return answer;
}

// Adds the numbers of differing inputs when the solver finds them all, at most `limits.counted`: each
// is excluded before it looks for the next.
void count_by_sat(const Circuit& a, const Circuit& b, const AigBuilder& graph,
                  const std::vector<std::pair<Signal, Signal>>& pairs,
                  const EquivalenceLimits& limits, const Deadline& deadline, Equivalence& result) {
  SatSolver solver(SatSolver::Effort::Plain);
  Cnf cnf(graph, solver);
  std::vector<int> inputs, differences;
  for (std::size_t i = 0; i < graph.inputs(); ++i) inputs.push_back(cnf.literal(graph.input(i)));
  for (const auto& [left, right] : pairs) {
    const int x = cnf.literal(left), y = cnf.literal(right), differ = solver.variable();
    solver.clause({-differ, x, y});  // differ implies x ≠ y
    solver.clause({-differ, -x, -y});
    differences.push_back(differ);
  }
  solver.clause(differences);
  std::uint64_t any = 0;
  std::vector<std::uint64_t> per_output(pairs.size(), 0);
  for (;;) {
    const auto answer = solver.solve({}, limits.conflicts, deadline);
    if (answer == SatSolver::Answer::Unsatisfiable) break;
    if (answer != SatSolver::Answer::Satisfiable || any == limits.counted) return;
    const std::vector<bool> input = cnf.inputs();
    const std::vector<bool> in_a = outputs_on(a, input), in_b = outputs_on(b, input);
    ++any;
    for (std::size_t i = 0; i < pairs.size(); ++i) per_output[i] += in_a[i] != in_b[i] ? 1 : 0;
    std::vector<int> other;
    for (std::size_t i = 0; i < inputs.size(); ++i)
      other.push_back(input[i] ? -inputs[i] : inputs[i]);
    solver.clause(other);
  }
  result.differing = any;
  result.differing_per_output = std::move(per_output);
}

Equivalence by_sat(const Circuit& a, const Circuit& b, const EquivalenceLimits& limits,
                   const Deadline& deadline) {
  AigBuilder graph(a.inputs());
  std::vector<Signal> inputs;
  for (std::size_t i = 0; i < a.inputs(); ++i) inputs.push_back(graph.input(i));
  const auto in_a = graph.add(a, inputs), in_b = graph.add(b, inputs);
  std::vector<std::pair<Signal, Signal>> pairs;
  bool structural = true;
  for (std::size_t i = 0; i < a.outputs().size(); ++i) {
    pairs.emplace_back(in_a[a.outputs()[i].node], in_b[b.outputs()[i].node]);
    structural = structural && pairs.back().first == pairs.back().second;
  }
  if (structural) return same(a, ProofMethod::Structure);

  constexpr std::size_t kRounds = 64;
  constexpr std::int64_t kConflicts = 1000;
  const std::int64_t each = limits.conflicts < 0 ? kConflicts : limits.conflicts;
  const Swept swept = sweep(graph, kRounds, std::min(each, kConflicts), deadline);
  for (auto& [left, right] : pairs) {
    left = swept.image[left >> 1] ^ (left & 1);
    right = swept.image[right >> 1] ^ (right & 1);
  }
  Equivalence unknown;
  for (const auto& [x, y] : pairs) {
    if (x == y) continue;
    std::vector<bool> input;
    switch (ask(swept.graph, x, y, limits.conflicts, deadline, input)) {
      case SatSolver::Answer::Satisfiable: {
        Equivalence result = different(a, b, ProofMethod::Sat, std::move(input));
        count_by_sat(a, b, swept.graph, pairs, limits, deadline, result);
        return result;
      }
      case SatSolver::Answer::Unsatisfiable:
        break;
      case SatSolver::Answer::OutOfTime:
        unknown.limit = time_limit(limits);
        return unknown;
      case SatSolver::Answer::OutOfConflicts:  // another pair may still differ
        unknown.limit = "conflicts: " + std::to_string(limits.conflicts);
        break;
    }
  }
  return unknown.limit.empty() ? same(a, ProofMethod::Sat) : unknown;
}

}  // namespace

std::string_view name(Verdict verdict) {
  constexpr std::string_view kNames[] = {"equivalent", "different", "unknown"};
  return kNames[static_cast<std::size_t>(verdict)];
}

std::string_view name(ProofMethod method) {
  constexpr std::string_view kNames[] = {"exhaustion", "random simulation", "structure", "sat"};
  return kNames[static_cast<std::size_t>(method)];
}

Equivalence equivalent(const Circuit& a, const Circuit& b, const EquivalenceLimits& limits) {
  check(a, b, limits);
  const Simulator differ = differences(a, b);
  const Deadline deadline(limits.seconds);
  if (static_cast<std::int64_t>(a.inputs()) <= limits.exhaustive_inputs) {
    const auto result = by_exhaustion(a, b, differ, Deadline(limits.seconds / 2));
    if (result) return *result;
  }
  const auto result =
      by_random_inputs(a, b, differ, limits.random_words, Deadline(limits.seconds / 10));
  return result ? *result : by_sat(a, b, limits, deadline);
}

}  // namespace circuits
