// Disjunctive normal forms: cubes, prime implicants, irredundant and minimum covers, and circuits
// from them.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "circuits/builder.h"
#include "circuits/circuit.h"
#include "circuits/error.h"
#include "circuits/functions/truth_table.h"

namespace circuits {

// A product of literals. Input i occurs iff bit i of `care` is set: as itself when bit i of `value`
// is set, else negated; value has no bits outside care. {0, 0} is the empty product, constant 1.
struct Cube {
  std::uint32_t care = 0;
  std::uint32_t value = 0;
  bool operator()(std::uint64_t k) const { return ((k ^ value) & care) == 0; }
  int literals() const;
  auto operator<=>(const Cube&) const = default;
};

// The disjunction of the cubes as a table. Throws Error for a literal of an input ≥ n.
TruthTable cover_table(std::span<const Cube> cubes, int inputs);

// An irredundant sum of products between `lower` and `upper` (inputs in upper but not lower do not
// care): Minato and Morreale's recursion (Minato, IEICE Trans. 1993; Morreale, IEEE ToC 1970). Each
// cube is a prime implicant of upper, and covers an input of lower that no other cube covers; few
// cubes, but not always the fewest. With lower == upper the cover's table is that function; constant
// 0 has no cubes. Time at most about 3^n, for random functions of 16 inputs .1 s; memory a few
// tables and the cubes. Throws Error unless lower ⊆ upper and both have the same number of inputs.
std::vector<Cube> isop(const TruthTable& lower, const TruthTable& upper);
inline std::vector<Cube> isop(const TruthTable& table) {
  return isop(table, table);
}

// All prime implicants of f in ascending order: products that imply f and cease to when a literal is
// dropped. Constant 1 has one, the empty product. Time up to 4^n · n / 64, less when f has few large
// subcubes; up to about 3^n / n primes. Throws Error beyond kMostPrimeInputs relevant inputs.
inline constexpr int kMostPrimeInputs = 16;
std::vector<Cube> prime_implicants(const TruthTable& table);

// A cover of f with the fewest cubes that exists, all of them prime: the set cover of f's ones by its
// primes, by branch and bound. Exact; of 20,000 random and all symmetric functions of 6 inputs none
// took more than 5 ms. Throws Error beyond kMostMinimumInputs relevant inputs.
inline constexpr int kMostMinimumInputs = 6;
std::vector<Cube> minimum_dnf(const TruthTable& table);

// Adds the disjunction of the cubes over `inputs` (node inputs[i] is input i): one AND a cube of two
// or more literals, one OR, negated inputs shared. Returns the node. Throws Error for a literal of
// an input that is not there.
Node add_dnf(Builder& builder, std::span<const Cube> cubes, std::span<const Node> inputs);

// The same function factored: the literal that most cubes share is divided out, again and again
// (quick algebraic factoring; Brayton, ISCAS 1987), with gates of two fan-ins.
Node add_factored(Builder& builder, std::span<const Cube> cubes, std::span<const Node> inputs);

// A circuit of `inputs` inputs and one output, made by add_dnf.
Circuit dnf_circuit(std::span<const Cube> cubes, std::size_t inputs);

}  // namespace circuits
