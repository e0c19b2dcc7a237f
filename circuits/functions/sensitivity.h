// How many inputs a value hangs on, at the worst or on average (survey: Buhrman and de Wolf,
// Complexity measures and decision tree complexity, TCS 2002). sensitivity ≤ block sensitivity ≤
// certificate complexity.
#pragma once

#include "circuits/error.h"
#include "circuits/functions/truth_table.h"

namespace circuits {

// The number of inputs i with f(x) ≠ f(x with i flipped), on average over x (this is the total
// influence) and at most; n 2^n / 64 steps.
double average_sensitivity(const TruthTable& table);
int max_sensitivity(const TruthTable& table);

// The largest number of disjoint sets of inputs each of which, flipped, changes f(x); at most over
// x. Sets and inputs by exhaustion with bounds: at worst about 6^n steps. Throws Error beyond
// kMostBlockInputs relevant inputs.
inline constexpr int kMostBlockInputs = 12;
int max_block_sensitivity(const TruthTable& table);

// The fewest inputs that, fixed as in x, force the value f(x); at most over x. At worst 4^n / 32
// word steps (two seconds for n = 16). Throws Error beyond kMostCertificateInputs relevant inputs.
inline constexpr int kMostCertificateInputs = 16;
int certificate_complexity(const TruthTable& table);

}  // namespace circuits
