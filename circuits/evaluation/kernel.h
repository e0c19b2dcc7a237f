// The inner loop of the simulator, compiled for every instruction set of this processor family and
// chosen at run time.
#pragma once

#include <cstddef>
#include <cstdint>
#include <string>

#include "circuits/evaluation/program.h"

namespace circuits {

// A cache line: the unit in which slots are wide.
constexpr std::size_t kLineBytes = 64;
constexpr std::size_t kLineWords = kLineBytes / sizeof(std::uint64_t);

// Runs all steps on the first `lines` lines of each slot; slot s starts 64 · slot_lines · s bytes
// after `table`, which is aligned to 64 bytes. slot_lines is a power of two; lines ≤ slot_lines is
// 1, 2 or a multiple of 4.
void run_steps(const Program& program, std::size_t slot_lines, std::size_t lines,
               std::uint64_t* table);

// out[i] := a[i] and b[i] for `lines` lines with the same instructions: two loads and a store for
// each result and nothing to look up, the bound of run_steps.
void and_lines(const std::uint64_t* a, const std::uint64_t* b, std::uint64_t* out,
               std::size_t lines);

// The instruction set in use, as Highway names it: "AVX3", "AVX2", …
std::string instruction_set();

}  // namespace circuits
