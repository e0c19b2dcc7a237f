// Whether two circuits compute the same function.
#pragma once

#include <cstdint>
#include <limits>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

struct EquivalenceLimits {
  // Wall-clock time for everything after the circuits were compiled.
  double seconds = 60;
  // Of each call of the solver on a pair of outputs; negative: no limit.
  std::int64_t conflicts = -1;
  // Circuits of so many inputs are decided by all 2^n of them, which also counts; at most 24.
  int exhaustive_inputs = 24;
  // 64 random inputs each, before the solver is asked.
  std::size_t random_words = 1 << 12;
  // Where the solver found a difference, it looks for others and counts them up to this number.
  std::uint64_t counted = 1000;
};

enum class Verdict { Equivalent, Different, Unknown };
std::string_view name(Verdict verdict);  // "equivalent", …

// How the verdict was found.
enum class ProofMethod {
  Exhaustion,  // all 2^n inputs
  Simulation,  // a random input told them apart
  Structure,   // the same and-inverter graph
  Sat          // satisfiability of the difference of outputs, after SAT sweeping
};
std::string_view name(ProofMethod method);  // "exhaustion", "random simulation", "structure", "sat"

struct Equivalence {
  Verdict verdict = Verdict::Unknown;
  ProofMethod method = ProofMethod::Sat;  // the last one that was tried, when unknown
  // Different: an input on which an output differs, one bit an input; by exhaustion the smallest.
  std::optional<std::vector<bool>> counterexample;
  // On how many of the 2^n inputs an output differs, and each output: by exhaustion, when Equivalent,
  // and when the solver found all differing inputs within the limits.
  std::optional<std::uint64_t> differing;
  std::vector<std::uint64_t> differing_per_output;
  // Unknown: the limit that was hit, with its value, such as "time: 60 s" or "conflicts: 1000".
  std::string limit;
};

// Inputs and outputs correspond by position. Exhaustion if there are few enough inputs and half the
// time suffices; else random inputs (a tenth of the time at most), then one and-inverter graph of
// both circuits, SAT sweeping of it from the inputs up, and the solver on each pair of outputs that
// is left. A counterexample is checked by evaluating both circuits on it. Throws Error, saying
// which, when the numbers of inputs or outputs differ, for impossible limits, and with "internal
// error" should a counterexample not be one.
Equivalence equivalent(const Circuit& a, const Circuit& b, const EquivalenceLimits& limits = {});

}  // namespace circuits
