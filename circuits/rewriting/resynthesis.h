// Gates for a truth table, in several styles.
#pragma once

#include <array>
#include <cstddef>
#include <optional>
#include <span>
#include <string_view>

#include "circuits/builder.h"
#include "circuits/error.h"
#include "circuits/functions/truth_table.h"

namespace circuits {

// Dnf        an OR of ANDs of literals: the fewest products for at most 6 relevant inputs, else an
//            irredundant sum of products (functions/dnf.h)
// Cnf        an AND of ORs of literals: the complement of the Dnf of the complement
// Factored   the same products with common literals divided out, gates of two fan-ins
// Decisions  multiplexers that look at the inputs from the last to the first, equal ones shared: a
//            reduced ordered binary decision diagram (Bryant, IEEE Trans. Computers 1986)
// Anf        an XOR of ANDs of inputs: the algebraic normal form
enum class Style { Dnf, Cnf, Factored, Decisions, Anf };
inline constexpr std::array kStyles{Style::Dnf, Style::Cnf, Style::Factored, Style::Decisions,
                                    Style::Anf};
std::string_view name(Style style);  // "dnf", …

// Adds gates that compute `table`, whose input i is the node inputs[i], and returns the last. Throws
// Error when the numbers of inputs differ. Up to 2^n gates; cost as said in functions/.
Node add_function(Builder& builder, const TruthTable& table, std::span<const Node> inputs,
                  Style style);

// Every output by itself in this style over the inputs in its cone, then simplified (simplify.h):
// as different an algorithm for the same functions as the style allows. Inputs and outputs keep
// names and order. Nothing when an output has more than kMostStyleInputs inputs in its cone.
inline constexpr std::size_t kMostStyleInputs = 12;
std::optional<Circuit> resynthesize(const Circuit& circuit, Style style);

}  // namespace circuits
