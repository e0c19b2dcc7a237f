// Algebraic normal form: the polynomial over GF(2) that a boolean function is.
#pragma once

#include "circuits/functions/truth_table.h"

namespace circuits {

// Bit S is the coefficient of the product of the inputs in the bit mask S (the Möbius, or Reed–
// Muller, transform). Its own inverse: anf(anf(f)) == f. n 2^n / 64 steps.
TruthTable anf(const TruthTable& table);

// The largest |S| whose coefficient is 1, given the algebraic normal form; 0 for constants.
int gf2_degree(const TruthTable& normal_form);

}  // namespace circuits
