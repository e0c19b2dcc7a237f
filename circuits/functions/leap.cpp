#include "circuits/functions/leap.h"

#include <algorithm>
#include <bit>

namespace circuits {

Leap leap(std::span<const std::int32_t> sums) {
  Leap result;
  std::uint32_t seen = 0;
  while (true) {
    // The set with the fewest new inputs, the first of these.
    int fewest = 0;
    std::uint32_t next = 0;
    for (std::size_t set = 0; set < sums.size() && fewest != 1; ++set) {
      if (sums[set] == 0) continue;
      const int fresh = std::popcount(static_cast<std::uint32_t>(set) & ~seen);
      if (fresh == 0 || (fewest > 0 && fresh >= fewest)) continue;
      fewest = fresh;
      next = static_cast<std::uint32_t>(set);
    }
    if (fewest == 0) return result;
    result.leap = std::max(result.leap, fewest);
    result.steps.push_back(next);
    seen |= next;
  }
}

}  // namespace circuits
