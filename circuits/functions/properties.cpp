#include "circuits/functions/properties.h"

#include <algorithm>

#include "circuits/functions/transforms.h"

namespace circuits {

std::vector<Direction> directions(const TruthTable& table) {
  std::vector<Direction> result;
  for (int i = 0; i < table.inputs(); ++i) {
    const TruthTable flipped = flip_input(table, i);
    bool up = false, down = false;
    for (std::size_t w = 0; w < table.words().size(); ++w) {
      const std::uint64_t now = table.words()[w], then = flipped.words()[w];
      const std::uint64_t off = ~counting_word(i, w);  // where setting the input is still to come
      up = up || (~now & then & off) != 0;
      down = down || (now & ~then & off) != 0;
    }
    if (up && down) {
      result.push_back(Direction::Both);
    } else if (up || down) {
      result.push_back(up ? Direction::Up : Direction::Down);
    } else {
      result.push_back(Direction::None);
    }
  }
  return result;
}

bool is_monotone(const TruthTable& table) {
  return std::ranges::all_of(
      directions(table), [](Direction d) { return d == Direction::None || d == Direction::Up; });
}

bool is_unate(const TruthTable& table) {
  return std::ranges::count(directions(table), Direction::Both) == 0;
}

std::optional<std::vector<bool>> symmetric_values(const TruthTable& table) {
  // Exchanges of neighbours generate all permutations.
  for (int i = 0; i + 1 < table.inputs(); ++i) {
    if (swap_inputs(table, i, i + 1) != table) return std::nullopt;
  }
  std::vector<bool> values;
  for (int ones = 0; ones <= table.inputs(); ++ones) {
    values.push_back(table[(std::uint64_t{1} << ones) - 1]);
  }
  return values;
}

bool is_balanced(const TruthTable& table) {
  return table.inputs() > 0 && 2 * table.ones() == table.size();
}

bool is_self_dual(const TruthTable& table) {
  const auto all = static_cast<std::uint32_t>(table.size() - 1);
  return flip_inputs(table, all) == ~table;
}

}  // namespace circuits
