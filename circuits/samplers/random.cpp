#include "circuits/samplers/random.h"

#include <bit>
#include <numeric>
#include <string>
#include <utility>

namespace circuits {

std::uint64_t below(std::uint64_t n, const WordSource& words) {
  if (n == 0) throw Error("there is no number below 0 to draw");
  if (n == 1) return 0;
  const std::uint64_t mask = ~std::uint64_t{0} >> std::countl_zero(n - 1);
  for (;;) {
    const std::uint64_t value = words() & mask;
    if (value < n) return value;
  }
}

bool chance(double p, const WordSource& words) {
  return static_cast<double>(words() >> 11) * 0x1p-53 < p;
}

std::vector<std::uint64_t> choose(std::uint64_t k, std::uint64_t n, const WordSource& words) {
  if (k > n) {
    throw Error("cannot choose " + std::to_string(k) + " of " + std::to_string(n));
  }
  std::vector<std::uint64_t> all(n);
  std::iota(all.begin(), all.end(), std::uint64_t{0});
  for (std::uint64_t i = 0; i < k; ++i) std::swap(all[i], all[i + below(n - i, words)]);
  all.resize(k);
  return all;
}

}  // namespace circuits
