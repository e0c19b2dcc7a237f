// Rival circuits: different circuits for the same function. Which of them did a network learn?
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"
#include "circuits/rewriting/canonical.h"
#include "circuits/rewriting/rewrite.h"
#include "circuits/samplers/random.h"

namespace circuits {

struct RivalOptions {
  std::size_t count = 10;      // how many rivals to find, at least 1
  std::size_t steps = 20;      // rewriting steps an attempt
  std::size_t attempts = 500;  // attempts to make at most, at least 1
  // Sizes count gates other than NOTs and constants (statistics.h: gate_count).
  std::size_t least_gates = 0;
  std::optional<std::size_t> most_gates;  // absent: twice the original's, and 8
  // The largest share of inner functions (below) that a rival may have in common with the original:
  // 0 asks for wholly different intermediate gates. Below 1 only for at most kMostShareInputs inputs.
  double most_shared = 1;
  InputOrder distinct = InputOrder::Fixed;  // what counts as the same structure (canonical.h)
  std::vector<Rule> rules{all_rules().begin(), all_rules().end()};  // at least one
  bool styles = true;  // start also from the outputs made anew in each style (resynthesis.h)
};

struct Rival {
  Circuit circuit;    // simplified; inputs and outputs are named as in the original
  std::string start;  // "original", or the style from which the steps start: "dnf", …
  std::vector<RewriteStep> steps;  // taken from there; may be none after a style
  std::string proof;               // how it was proven equivalent to the original
  std::size_t gates;               // gate_count
  std::size_t depth;               // views.h
  // Of its inner functions, the share that some node of the original computes. Inner functions are
  // those of its gates, a function and its complement being one, without constants, inputs and the
  // functions of outputs; 0 when there are none. Absent beyond kMostShareInputs inputs.
  std::optional<double> shared;
};
inline constexpr std::size_t kMostShareInputs = 20;

struct Rivals {
  Circuit original;           // simplified: what the numbers below speak of
  std::vector<Rival> rivals;  // in the order in which they were found
  // For every node of `original`, how many rivals compute its function or its complement: what all
  // rivals compute is forced, what few compute is a choice. Empty beyond kMostShareInputs inputs.
  std::vector<std::size_t> computed_by;
  std::size_t attempts;  // = rivals.size() + the four below
  std::size_t wrong_size;
  std::size_t known_structure;  // isomorphic to the original or to an earlier rival
  std::size_t too_similar;      // more than most_shared in common
  std::size_t not_proven;       // no proof of equivalence within the limits
};

// Attempts until `count` rivals are found or `attempts` are made. With styles, the first attempts are
// the styles themselves (those that resynthesis.h gives, of at most twice most_gates), without steps. Each other one starts from
// the original or one of these, uniformly, takes `steps` random steps (rewrite.h), stepping back from
// any that leaves more than twice most_gates, and simplifies. An attempt is a rival when size, share
// and structure allow. No claim that rivals are uniform over anything. A function of its arguments
// and the words read, unless proofs meet their time limits. Throws Error for options out of range.
Rivals find_rivals(const Circuit& circuit, const RivalOptions& options, const WordSource& words);

}  // namespace circuits
