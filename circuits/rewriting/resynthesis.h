// Circuits from truth tables, in several forms: each is another algorithm for the same function.
#pragma once

#include <optional>
#include <span>
#include <string_view>

#include "circuits/builder.h"
#include "circuits/functions/truth_table.h"
#include "circuits/samplers/random.h"

namespace circuits {

enum class Form {
  Dnf,        // OR of ANDs of literals: an irredundant sum of products (functions/dnf.h: isop)
  Cnf,        // AND of ORs: the complement of an irredundant sum of products for not f
  Factored,   // the sum of products with common literals divided out, two fan-ins a gate
  Anf,        // XOR of ANDs of inputs: the algebraic normal form (functions/anf.h)
  Decisions,  // f = (x and f[x=1]) or (not x and f[x=0]) for inputs x in random order, equal
              // cofactors shared: the ordered decision diagram (Bryant, IEEE ToC 1986) as gates
};
std::string_view name(Form form);  // "dnf", "cnf", …
std::span<const Form> all_forms();

// Adds `table` over inputs[0], inputs[1], … in this form; returns the node. Uses AND, OR, XOR, NOT
// and, for constant functions, constants. Only Decisions reads words. Gates are at most: about
// n 2^(n-1) fan-ins for Dnf and Cnf, 2^n for Anf, 2^n / n · 3 for Decisions. Throws Error unless
// there are table.inputs() inputs.
Node add_form(Builder& builder, const TruthTable& table, std::span<const Node> inputs, Form form,
              const WordSource& words);

// Every output anew, by itself, in this form over the inputs in its cone; gates are shared where
// they are equal, and then simplified. Nothing when an output has more than kMostFormInputs inputs
// in its cone.
inline constexpr std::size_t kMostFormInputs = 12;
std::optional<Circuit> resynthesize(const Circuit& circuit, Form form, const WordSource& words);

}  // namespace circuits
