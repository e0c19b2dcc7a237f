// Functions of up to 6 variables in one word, as truth_table.h numbers the bits: what a few gates
// compute.
#pragma once

#include <cstdint>
#include <optional>
#include <span>

#include "circuits/circuit.h"

namespace circuits {

inline constexpr std::size_t kMostSmallInputs = 6;

// The low 2^inputs bits.
inline std::uint64_t small_mask(std::size_t inputs) {
  return inputs == 6 ? ~std::uint64_t{0} : (std::uint64_t{1} << (1u << inputs)) - 1;
}

// The function of a gate whose fan-ins have these functions, all 64 bits.
std::uint64_t small_table(const Gate& gate, std::span<const std::uint64_t> fanins);

// Whether variable i matters to a table of all 64 bits.
bool small_depends(std::uint64_t table, std::size_t i);

// `table` as a function of variables[0], variables[1], … alone; it must not depend on others.
std::uint64_t small_projection(std::uint64_t table, std::span<const std::size_t> variables);

// The AND, OR, XOR, NAND, NOR, XNOR or MAJ of all `inputs` ≥ 2 variables that this table is, if any.
std::optional<Op> symmetric_gate(std::uint64_t table, std::size_t inputs);

}  // namespace circuits
