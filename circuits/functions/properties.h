// Yes-or-no properties of boolean functions. Each looks at whole words: about n · 2^n / 64 steps.
#pragma once

#include <cstdint>
#include <optional>
#include <vector>

#include "circuits/functions/truth_table.h"

namespace circuits {

// What setting an input from 0 to 1 can do to f.
enum class Direction : std::uint8_t { None, Up, Down, Both };

// For every input, whether setting it ever turns f from 0 to 1 (Up), from 1 to 0 (Down), or both.
std::vector<Direction> directions(const TruthTable& table);

// Monotone: no input ever turns f off. Unate: no input does both. Constants are both.
bool is_monotone(const TruthTable& table);
bool is_unate(const TruthTable& table);

// The n + 1 values of f by number of ones, when f depends on nothing else.
std::optional<std::vector<bool>> symmetric_values(const TruthTable& table);

// As many ones as zeros; n ≥ 1.
bool is_balanced(const TruthTable& table);

// f(not x) = not f(x) for all x.
bool is_self_dual(const TruthTable& table);

}  // namespace circuits
