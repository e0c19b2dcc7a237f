#include "circuits/evaluation/program.h"

#include <algorithm>
#include <string>
#include <utility>

#include "circuits/evaluation/evaluate.h"

namespace circuits {
namespace {

// Values are numbered: 0 is the constant, then come the inputs, then the steps. A literal is
// 2 · value + complement, so 0 is false and 1 is true.
using Literal = std::uint32_t;
constexpr std::size_t kMostSteps = std::size_t{1} << 30;

struct LooseStep {
  Literal a, b;
  bool is_xor;
};

Literal step(std::vector<LooseStep>& steps, std::size_t inputs, const LooseStep& added) {
  if (steps.size() >= kMostSteps) throw Error("the circuit takes more than 2^30 steps to simulate");
  steps.push_back(added);
  return static_cast<Literal>(2 * (inputs + steps.size()));
}

// The domain (domains.h) whose values are literals and whose operations write steps.
struct StepWriter {
  using Value = Literal;
  std::vector<LooseStep>& steps;
  std::size_t inputs;

  Literal constant(bool value) const { return value ? 1 : 0; }
  void complement(Literal& a) const { a ^= 1; }
  void conjoin(Literal& a, Literal b) const {
    if (a == b || b == 1) return;
    if (a == 0 || b == 0 || a == (b ^ 1)) {
      a = 0;
    } else if (a == 1) {
      a = b;
    } else {
      a = step(steps, inputs, {a, b, false});
    }
  }
  void disjoin(Literal& a, Literal b) const {
    a ^= 1;
    conjoin(a, b ^ 1);
    a ^= 1;
  }
  void add(Literal& a, Literal b) const {
    const Literal complement = (a ^ b) & 1;
    a &= ~1u;
    b &= ~1u;
    if (a == b) {
      a = 0;
    } else if (a == 0) {
      a = b;
    } else if (b != 0) {
      a = step(steps, inputs, {a, b, true});
    }
    a ^= complement;
  }
  Literal select(Literal s, Literal a, Literal b) const {
    Literal chosen = a;  // b xor (s and (a xor b)); with a constant side, one step
    if (a <= 1 || b <= 1) {
      Literal left = s, right = s ^ 1;
      conjoin(left, a);
      conjoin(right, b);
      disjoin(left, right);
      return left;
    }
    add(chosen, b);
    conjoin(chosen, s);
    add(chosen, b);
    return chosen;
  }
};

// Steps that some wanted literal depends on.
std::vector<bool> needed(const std::vector<LooseStep>& steps, std::size_t inputs,
                         const std::vector<Literal>& wanted) {
  std::vector<bool> used(1 + inputs + steps.size());
  for (const Literal literal : wanted) used[literal / 2] = true;
  for (std::size_t i = steps.size(); i-- > 0;) {
    if (!used[1 + inputs + i]) continue;
    used[steps[i].a / 2] = true;
    used[steps[i].b / 2] = true;
  }
  return used;
}

// The values of the needed steps in the order in which they run. A pass over a window of steps that
// wait takes those of one kind whose fan-ins are there; the next pass takes the other kind.
std::vector<std::uint32_t> in_runs(const std::vector<LooseStep>& steps, std::size_t inputs,
                                   const std::vector<bool>& used, std::vector<StepRun>& runs) {
  constexpr std::size_t kWindow = 256;
  std::vector<std::uint32_t> order, waiting, later;
  std::vector<bool> done(used.size());
  std::fill_n(done.begin(), 1 + inputs, true);
  std::size_t next = 0;
  const auto refill = [&] {
    for (; next < steps.size() && waiting.size() < kWindow; ++next) {
      if (used[1 + inputs + next]) waiting.push_back(static_cast<std::uint32_t>(next));
    }
  };
  bool is_xor = false;
  for (refill(); !waiting.empty(); refill()) {
    later.clear();
    const std::size_t before = order.size();
    for (const std::uint32_t i : waiting) {
      const LooseStep& candidate = steps[i];
      if (candidate.is_xor == is_xor && done[candidate.a / 2] && done[candidate.b / 2]) {
        order.push_back(static_cast<std::uint32_t>(1 + inputs + i));
        done[1 + inputs + i] = true;
      } else {
        later.push_back(i);
      }
    }
    waiting.swap(later);
    const std::size_t taken = order.size() - before;
    if (taken > 0 && !runs.empty() && runs.back().is_xor == is_xor) {
      runs.back().count += taken;
    } else if (taken > 0) {
      runs.push_back({is_xor, taken});
    }
    // Steps that wait are of the other kind, or depend on one that is.
    if (!waiting.empty()) is_xor = !is_xor;
  }
  return order;
}

// Gives values slots; a slot is free again after the last reader, the latest one first.
class Slots {
 public:
  Slots(Program& program, const std::vector<LooseStep>& steps, std::size_t inputs)
      : program_(program), steps_(steps), inputs_(inputs) {}

  void assign(const std::vector<std::uint32_t>& order, const std::vector<bool>& used,
              const std::vector<Literal>& wanted) {
    readers_.resize(used.size());
    slot_.resize(used.size(), Program::kNoSlot);
    for (const Literal literal : wanted) readers_[literal / 2] = kKept;
    for (const std::uint32_t value : order) {
      for (const Literal fanin : {of(value).a, of(value).b}) {
        if (readers_[fanin / 2] != kKept) ++readers_[fanin / 2];
      }
    }
    for (std::uint32_t i = 0; i < inputs_; ++i) {
      if (used[1 + i]) slot_[1 + i] = program_.slots++;
      program_.inputs.push_back(slot_[1 + i]);
    }
    for (const std::uint32_t value : order) {
      const LooseStep& loose = of(value);
      const Step step{read(loose.a), read(loose.b), 0};
      release(loose.a);
      release(loose.b);
      slot_[value] = take();
      program_.steps.push_back({step.a, step.b, slot_[value]});
    }
  }
  std::uint32_t slot(std::uint32_t value) const { return slot_[value]; }

 private:
  static constexpr std::uint32_t kKept = 0xffffffff;

  const LooseStep& of(std::uint32_t value) const { return steps_[value - 1 - inputs_]; }
  SlotLiteral read(Literal literal) const { return 2 * slot_[literal / 2] + (literal & 1); }
  void release(Literal literal) {
    std::uint32_t& readers = readers_[literal / 2];
    if (readers != kKept && --readers == 0) free_.push_back(slot_[literal / 2]);
  }
  std::uint32_t take() {
    if (free_.empty()) return program_.slots++;
    const std::uint32_t slot = free_.back();
    free_.pop_back();
    return slot;
  }

  Program& program_;
  const std::vector<LooseStep>& steps_;
  std::uint32_t inputs_;
  std::vector<std::uint32_t> readers_;  // that are still to come, by value
  std::vector<std::uint32_t> slot_;     // by value
  std::vector<std::uint32_t> free_;
};

// Rows of slots are read as they are, so a wanted complement becomes a step of its own: x̄ and x̄.
void write_complements(std::vector<LooseStep>& steps, std::size_t inputs,
                       std::vector<Literal>& wanted) {
  std::vector<std::pair<Literal, std::size_t>> complements;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    if (wanted[i] > 1 && wanted[i] % 2 == 1) complements.emplace_back(wanted[i], i);
  }
  std::ranges::sort(complements);
  Literal written = 0, source = 0;
  for (const auto& [literal, place] : complements) {
    if (literal != source) {
      source = literal;
      written = step(steps, inputs, {literal, literal, false});
    }
    wanted[place] = written;
  }
}

}  // namespace

Program compile(const Circuit& circuit, std::span<const Node> wanted) {
  const std::size_t inputs = circuit.inputs();
  if (circuit.nodes() > kMostSteps) throw Error("the circuit has more than 2^30 nodes");
  std::vector<LooseStep> steps;
  std::vector<Literal> literals(circuit.nodes());
  for (std::size_t i = 0; i < inputs; ++i) literals[i] = static_cast<Literal>(2 * (1 + i));
  evaluate_from(circuit, 0, StepWriter{steps, inputs}, literals);

  std::vector<Literal> rows;
  for (const Node node : wanted) {
    if (node >= circuit.nodes()) {
      throw Error("node " + std::to_string(node) + " does not exist; the circuit has " +
                  std::to_string(circuit.nodes()) + " nodes");
    }
    rows.push_back(literals[node]);
  }
  write_complements(steps, inputs, rows);

  Program program;
  const std::vector<bool> used = needed(steps, inputs, rows);
  const auto order = in_runs(steps, inputs, used, program.runs);
  Slots slots(program, steps, inputs);
  slots.assign(order, used, rows);
  for (const Literal literal : rows) {
    if (literal == 0 && program.zero == Program::kNoSlot) program.zero = program.slots++;
    if (literal == 1 && program.one == Program::kNoSlot) program.one = program.slots++;
    program.wanted.push_back(literal == 0   ? program.zero
                             : literal == 1 ? program.one
                                            : slots.slot(literal / 2));
  }
  return program;
}

}  // namespace circuits
