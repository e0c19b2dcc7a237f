// Prime implicants and minimum covers by them.
#include <algorithm>
#include <bit>
#include <numeric>

#include "circuits/functions/dnf.h"
#include "circuits/functions/subcubes.h"
#include "circuits/functions/transforms.h"

namespace circuits {
namespace {

// The cube over inputs 0, 1, … as one over inputs[0], inputs[1], …
Cube renamed(const Cube& cube, const std::vector<int>& inputs) {
  Cube result;
  for (std::size_t j = 0; j < inputs.size(); ++j) {
    result.care |= (cube.care >> j & 1) << inputs[j];
    result.value |= (cube.value >> j & 1) << inputs[j];
  }
  return result;
}

std::vector<Cube> primes_of(const TruthTable& table) {
  const auto all = static_cast<std::uint32_t>(table.size() - 1);
  std::vector<Cube> primes;
  visit_subcubes(0, table, 0, [&](std::uint32_t free, const TruthTable& points) {
    TruthTable larger(table.inputs());  // the points whose subcube is part of a larger one
    for (int i = 0; i < table.inputs(); ++i) {
      if ((free >> i & 1) == 0) larger |= points & flip_input(points, i);
    }
    const TruthTable prime = points & ~larger;
    for (std::size_t w = 0; w < prime.words().size(); ++w) {
      for (std::uint64_t rest = prime.words()[w]; rest != 0; rest &= rest - 1) {
        const auto x =
            static_cast<std::uint32_t>(64 * w) | static_cast<std::uint32_t>(std::countr_zero(rest));
        if ((x & free) == 0) primes.push_back({all & ~free, x});
      }
    }
  });
  return primes;
}

// Covering up to 64 rows (bits) by the fewest columns (sets of rows): branch and bound.
class SetCover {
 public:
  SetCover(std::vector<std::uint64_t> columns, std::vector<std::size_t> start)
      : columns_(std::move(columns)), best_(std::move(start)) {}

  // Numbers of columns; `start`, a cover, unless there is a smaller one.
  std::vector<std::size_t> solve(std::uint64_t rows) {
    std::vector<std::size_t> all(columns_.size()), chosen;
    std::iota(all.begin(), all.end(), std::size_t{0});
    search(rows, all, chosen);
    return best_;
  }

 private:
  // Drops columns of which another one covers as much.
  std::vector<std::size_t> undominated(std::uint64_t rows,
                                       const std::vector<std::size_t>& columns) {
    std::vector<std::size_t> kept;
    for (const std::size_t c : columns) {
      const std::uint64_t covers = columns_[c] & rows;
      const auto covers_more = [&](std::size_t d) {
        const std::uint64_t other = columns_[d] & rows;
        return (covers & ~other) == 0 && (covers != other || d < c);
      };
      if (covers != 0 && std::ranges::none_of(columns, covers_more)) kept.push_back(c);
    }
    return kept;
  }

  // Drops rows that are covered whenever another one is.
  std::uint64_t undominated_rows(std::uint64_t rows, const std::vector<std::size_t>& columns) {
    for (std::uint64_t rest = rows; rest != 0; rest &= rest - 1) {
      const std::uint64_t row = rest & (~rest + 1);
      std::uint64_t implied = rows & ~row;
      for (const std::size_t c : columns) {
        if ((columns_[c] & row) != 0) implied &= columns_[c];
      }
      rows &= ~implied;
      rest &= rows | row;
    }
    return rows;
  }

  std::size_t coverers(std::uint64_t row, const std::vector<std::size_t>& columns) {
    return static_cast<std::size_t>(
        std::ranges::count_if(columns, [&](std::size_t c) { return (columns_[c] & row) != 0; }));
  }

  // Rows that no column covers two of need a column each: greedily many.
  std::size_t independent(std::uint64_t rows, const std::vector<std::size_t>& columns) {
    std::size_t count = 0;
    for (; rows != 0; ++count) {
      std::uint64_t chosen_reach = ~std::uint64_t{0};
      for (std::uint64_t rest = rows; rest != 0; rest &= rest - 1) {
        const std::uint64_t row = rest & (~rest + 1);
        std::uint64_t reach = row;
        for (const std::size_t c : columns) {
          if ((columns_[c] & row) != 0) reach |= columns_[c] & rows;
        }
        if (std::popcount(reach) < std::popcount(chosen_reach)) chosen_reach = reach;
      }
      rows &= ~chosen_reach;
    }
    return count;
  }

  void search(std::uint64_t rows, std::vector<std::size_t> columns,
              std::vector<std::size_t>& chosen) {
    while (true) {
      columns = undominated(rows, columns);
      const std::uint64_t fewer = undominated_rows(rows, columns);
      if (fewer == rows) break;
      rows = fewer;
    }
    if (rows == 0) {
      if (chosen.size() < best_.size()) best_ = chosen;
      return;
    }
    if (chosen.size() + independent(rows, columns) >= best_.size()) return;
    std::uint64_t hardest = 0;
    std::size_t fewest = columns.size() + 1;
    for (std::uint64_t rest = rows; rest != 0; rest &= rest - 1) {
      const std::uint64_t row = rest & (~rest + 1);
      const std::size_t count = coverers(row, columns);
      if (count < fewest) {
        fewest = count;
        hardest = row;
      }
    }
    std::vector<std::size_t> branches, others;
    for (const std::size_t c : columns) {
      ((columns_[c] & hardest) != 0 ? branches : others).push_back(c);
    }
    for (std::size_t b = 0; b < branches.size(); ++b) {
      // Columns of earlier branches are not tried again.
      std::vector<std::size_t> left = others;
      left.insert(left.end(), branches.begin() + static_cast<std::ptrdiff_t>(b) + 1,
                  branches.end());
      chosen.push_back(branches[b]);
      search(rows & ~columns_[branches[b]], std::move(left), chosen);
      chosen.pop_back();
    }
  }

  std::vector<std::uint64_t> columns_;
  std::vector<std::size_t> best_;
};

}  // namespace

std::vector<Cube> prime_implicants(const TruthTable& table) {
  const Junta part = junta_within(table, kMostPrimeInputs, "prime implicants");
  std::vector<Cube> primes;
  for (const Cube& prime : primes_of(part.table)) primes.push_back(renamed(prime, part.inputs));
  std::ranges::sort(primes);
  return primes;
}

std::vector<Cube> minimum_dnf(const TruthTable& table) {
  const Junta part = junta_within(table, kMostMinimumInputs, "a minimum DNF");
  std::vector<Cube> primes = primes_of(part.table);
  std::ranges::sort(primes);
  std::vector<std::uint64_t> columns;
  for (const Cube& prime : primes) {
    columns.push_back(cover_table(std::span(&prime, 1), part.table.inputs()).words()[0]);
  }
  std::vector<std::size_t> start;
  for (const Cube& cube : isop(part.table)) {
    start.push_back(static_cast<std::size_t>(std::ranges::find(primes, cube) - primes.begin()));
  }
  std::vector<Cube> cover;
  for (const std::size_t c : SetCover(columns, start).solve(part.table.words()[0])) {
    cover.push_back(renamed(primes[c], part.inputs));
  }
  std::ranges::sort(cover);
  return cover;
}

}  // namespace circuits
