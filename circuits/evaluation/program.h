// A circuit as a straight line of two-input steps on numbered slots: what the simulator runs.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// A slot's value, complemented if the lowest bit is set: 2 · slot + complement.
using SlotLiteral = std::uint32_t;

// out := a and b, or a xor b. Xor steps have no complements. `out` may be the slot of a or b.
struct Step {
  SlotLiteral a, b;
  std::uint32_t out;  // a slot
  bool operator==(const Step&) const = default;
};

// `count` steps that follow one another and do the same: a loop without branches.
struct StepRun {
  bool is_xor;
  std::size_t count;
};

struct Program {
  static constexpr std::uint32_t kNoSlot = 0xffffffff;

  std::vector<Step> steps;
  std::vector<StepRun> runs;
  std::uint32_t slots = 0;
  std::vector<std::uint32_t> inputs;  // the slot of each input, or kNoSlot where nothing reads it
  std::vector<std::uint32_t> wanted;  // the slot of each wanted node
  std::uint32_t zero = kNoSlot;       // slots of constants, to be filled once
  std::uint32_t one = kNoSlot;
};

// Compiles what `wanted` (nodes, repeated or not) depend on. Inverters and buffers cost nothing,
// constants are folded, or becomes and with complements, mux takes three steps, and larger gates
// become what evaluate.h makes of them. Steps keep the order of the circuit but for moves within a
// window that make runs of one kind long. Slots are used again after the last reader of a value,
// except those of wanted nodes. Takes about 50 bytes a step while it works. Throws Error for a node
// that does not exist, or beyond 2^30 steps.
Program compile(const Circuit& circuit, std::span<const Node> wanted);

}  // namespace circuits
