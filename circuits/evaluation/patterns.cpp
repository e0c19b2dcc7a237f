#include "circuits/evaluation/patterns.h"

#include <string>
#include <utility>

#include "circuits/functions/truth_table.h"

namespace circuits {

Patterns Patterns::all(std::size_t inputs) {
  if (inputs > TruthTable::kMostInputs) {
    throw Error("all inputs are gone through for at most " +
                std::to_string(TruthTable::kMostInputs) + " inputs, not " + std::to_string(inputs) +
                ": give a sample");
  }
  return Patterns(inputs, std::uint64_t{1} << inputs, true);
}

Patterns Patterns::given(std::size_t inputs, std::vector<std::uint64_t> rows, std::uint64_t count) {
  Patterns patterns(inputs, count, false);
  const std::uint64_t words = count / 64 + (count % 64 == 0 ? 0 : 1);
  if (count == 0) throw Error("a sample has at least one pattern");
  if (words > rows.size() + 1 || rows.size() != inputs * words) {
    throw Error("a sample of " + std::to_string(count) + " patterns of " + std::to_string(inputs) +
                " inputs has " + std::to_string(words) + " words an input, and was given " +
                std::to_string(rows.size()) + " in all");
  }
  patterns.rows_ = std::move(rows);
  return patterns;
}

std::uint64_t Patterns::word(std::size_t i, std::uint64_t w) const {
  return all_ ? counting_word(static_cast<int>(i), w) : rows_[i * words() + w];
}

std::uint64_t Patterns::used(std::uint64_t w) const {
  if (w >= words()) return 0;
  const std::uint64_t left = count_ - 64 * w;
  return left >= 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << left) - 1;
}

}  // namespace circuits
