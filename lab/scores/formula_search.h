// Short formulas over bit vectors, and how well each says another bit vector.
#pragma once

#include <array>
#include <cstdint>
#include <functional>
#include <string>
#include <vector>

namespace lab {

// Bits packed 64 a word; unused bits of the last word are 0.
using PackedBits = std::vector<std::uint64_t>;

enum class Joint { conjunction, disjunction, parity };

// A formula in which each of `letters` occurs once. Of one letter: that letter. All joined by `outer`; or,
// where mixed, the first joined by `outer` with the second and third, which `inner` joins.
struct Formula {
  std::vector<std::int64_t> letters;
  std::vector<bool> negated;  // one a letter
  Joint outer = Joint::conjunction;
  Joint inner = Joint::conjunction;
  bool mixed = false;
};
std::string text_of(const Formula& formula, const std::vector<std::string>& names);
// Word by word what the formula says; bits beyond the rows are undefined.
std::uint64_t word_of(const Formula& formula, const std::vector<PackedBits>& letters,
                      std::size_t word);

struct Agreement {
  double sensitivity = 0;  // P(formula | target)
  double specificity = 0;  // P(not formula | not target)
  double least() const { return sensitivity < specificity ? sensitivity : specificity; }
};
// Of a target that is neither always 0 nor always 1 on the rows.
Agreement agreement(const Formula& formula, const std::vector<PackedBits>& letters,
                    const PackedBits& target, std::int64_t rows);

struct FoundFormula {
  Formula formula;
  Agreement agreement;
};

// For a target that varies, the best formula of every length 1 … longest, by the least of sensitivity and
// specificity; the first of equals. Lengths 1 to 3: all formulas (of 3: among the letters `in_triples`);
// longer: conjunctions and disjunctions, grown greedily from the best of 3. Ends at the first length whose best is
// `enough`.
std::vector<FoundFormula> best_formulas(const std::vector<PackedBits>& letters,
                                        const std::vector<std::int64_t>& in_triples,
                                        const PackedBits& target, std::int64_t rows,
                                        std::int64_t longest,
                                        const std::function<bool(const Formula&)>& enough);

}  // namespace lab
