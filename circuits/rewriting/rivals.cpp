#include "circuits/rewriting/rivals.h"

#include <set>
#include <string_view>
#include <unordered_set>
#include <utility>

#include "circuits/proofs/equivalence.h"
#include "circuits/rewriting/node_functions.h"
#include "circuits/rewriting/resynthesis.h"
#include "circuits/rewriting/simplify.h"
#include "circuits/statistics.h"
#include "circuits/views.h"

namespace circuits {
namespace {

void check(const Circuit& circuit, const RivalOptions& options) {
  const auto require = [](bool holds, const std::string& what) {
    if (!holds) throw Error("no such rivals: " + what);
  };
  require(options.count >= 1, "count must be at least 1");
  require(options.attempts >= 1, "attempts must be at least 1");
  require(!options.rules.empty(), "there must be at least one rule");
  require(options.most_shared >= 0 && options.most_shared <= 1, "most_shared must be 0 to 1");
  require(options.most_shared == 1 || circuit.inputs() <= kMostShareInputs,
          "most_shared below 1 needs at most " + std::to_string(kMostShareInputs) +
              " inputs, not " + std::to_string(circuit.inputs()));
  require(!options.most_gates || *options.most_gates >= options.least_gates,
          "most_gates is below least_gates");
}

struct Start {
  std::string name;
  Circuit circuit;
};

class RivalSearch {
 public:
  RivalSearch(const Circuit& circuit, const RivalOptions& options, const WordSource& words)
      : options_(options), words_(words) {
    check(circuit, options);
    found_.original = simplify(circuit);
    most_gates_ = options.most_gates.value_or(2 * gate_count(found_.original) + 8);
    structures_.insert(structure(found_.original));
    if (circuit.inputs() <= kMostShareInputs) {
      hashes_ = function_hashes(found_.original);
      known_.insert(hashes_.begin(), hashes_.end());
      found_.computed_by.assign(hashes_.size(), 0);
    }
    starts_.push_back({"original", found_.original});
    for (const Style style : kStyles) {
      std::optional<Circuit> anew;
      if (options.styles) anew = resynthesize(found_.original, style);
      if (!anew || gate_count(*anew) > 2 * most_gates_) continue;
      starts_.push_back({std::string(name(style)), *std::move(anew)});
    }
  }

  Rivals run() {
    std::size_t next = 1;
    while (found_.rivals.size() < options_.count && found_.attempts < options_.attempts) {
      ++found_.attempts;
      Rival rival;
      if (next < starts_.size()) {
        rival.start = starts_[next].name;
        rival.circuit = starts_[next++].circuit;
      } else {
        rival = walk(starts_[below(starts_.size(), words_)]);
      }
      judge(std::move(rival));
    }
    return std::move(found_);
  }

 private:
  // Where ties are too many for a canonical form, the hash has to do.
  std::string structure(const Circuit& circuit) const {
    try {
      return canonical_form(circuit, options_.distinct);
    } catch (const Error&) {
      return std::to_string(structure_hash(circuit, options_.distinct));
    }
  }

  Rival walk(const Start& start) {
    Rival rival;
    rival.start = start.name;
    rival.circuit = start.circuit;
    for (std::size_t i = 0; i < options_.steps; ++i) {
      std::optional<Rewritten> next = rewrite_once(rival.circuit, words_, options_.rules);
      if (!next || gate_count(next->circuit) > 2 * most_gates_) continue;
      rival.circuit = std::move(next->circuit);
      rival.steps.push_back(next->step);
    }
    rival.circuit = simplify(rival.circuit);
    return rival;
  }

  void judge(Rival rival) {
    rival.gates = gate_count(rival.circuit);
    rival.depth = depth(rival.circuit);
    if (rival.gates < options_.least_gates || rival.gates > most_gates_) {
      ++found_.wrong_size;
      return;
    }
    std::string form = structure(rival.circuit);
    if (structures_.contains(form)) {
      ++found_.known_structure;
      return;
    }
    std::vector<FunctionHash> hashes;
    if (!hashes_.empty()) {
      hashes = function_hashes(rival.circuit);
      rival.shared = share(rival.circuit, hashes);
      if (*rival.shared > options_.most_shared) {
        ++found_.too_similar;
        return;
      }
    }
    const Equivalence proof = equivalent(found_.original, rival.circuit);
    if (proof.verdict == Verdict::Different) {
      throw Error("internal error: a rival computes another function");
    }
    if (proof.verdict == Verdict::Unknown) {
      ++found_.not_proven;
      return;
    }
    rival.proof = std::string(name(proof.method));
    structures_.insert(std::move(form));
    const std::set<FunctionHash> computed(hashes.begin(), hashes.end());
    for (std::size_t v = 0; v < hashes_.size(); ++v) {
      found_.computed_by[v] += computed.contains(hashes_[v]);
    }
    found_.rivals.push_back(std::move(rival));
  }

  double share(const Circuit& circuit, const std::vector<FunctionHash>& hashes) const {
    const std::set<FunctionHash> inner = inner_functions(circuit, hashes);
    std::size_t common = 0;
    for (const FunctionHash& hash : inner) common += known_.contains(hash);
    return inner.empty() ? 0 : static_cast<double>(common) / static_cast<double>(inner.size());
  }

  const RivalOptions& options_;
  const WordSource& words_;
  std::size_t most_gates_ = 0;
  Rivals found_{};
  std::vector<Start> starts_;  // the original first
  std::unordered_set<std::string> structures_;
  std::vector<FunctionHash> hashes_;  // of the original's nodes; empty beyond kMostShareInputs
  std::set<FunctionHash> known_;      // the same as a set
};

}  // namespace

Rivals find_rivals(const Circuit& circuit, const RivalOptions& options, const WordSource& words) {
  return RivalSearch(circuit, options, words).run();
}

}  // namespace circuits
