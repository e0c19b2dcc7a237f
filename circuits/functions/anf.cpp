#include "circuits/functions/anf.h"

#include <algorithm>
#include <bit>

namespace circuits {

TruthTable anf(const TruthTable& table) {
  TruthTable result = table;
  const auto words = result.words();
  for (int i = 0; i < table.inputs(); ++i) {
    if (i < 6) {
      const std::uint64_t low = ~counting_word(i, 0);
      for (std::uint64_t& word : words) word ^= (word & low) << (1 << i);
      continue;
    }
    const std::size_t stride = std::size_t{1} << (i - 6);
    for (std::size_t w = 0; w < words.size(); ++w) {
      if ((w & stride) != 0) words[w] ^= words[w ^ stride];
    }
  }
  return result;
}

int gf2_degree(const TruthTable& normal_form) {
  int degree = 0;
  for (std::size_t w = 0; w < normal_form.words().size(); ++w) {
    for (std::uint64_t rest = normal_form.words()[w]; rest != 0; rest &= rest - 1) {
      const std::uint64_t set = 64 * w + static_cast<std::uint64_t>(std::countr_zero(rest));
      degree = std::max(degree, std::popcount(set));
    }
  }
  return degree;
}

}  // namespace circuits
