#include "lab/mechanisms/algorithms.h"

#include <algorithm>
#include <bit>
#include <cstddef>

namespace lab {
namespace {

constexpr InputTable kA = 0b1010, kB = 0b1100, kAll = 0b1111;

// A part of a formula; parts stand after the parts that they are in.
struct Part {
  char op;                          // 'A', 'B', '*' or '+'
  std::size_t left = 0, right = 0;  // of a gate: indices
};
using Tree = std::vector<Part>;

Tree joined(char op, const Tree& left, const Tree& right) {
  Tree tree{{op, 1, 1 + left.size()}};
  for (const Tree* part : {&left, &right}) {
    const std::size_t offset = tree.size();
    for (const Part& p : *part) tree.push_back({p.op, p.left + offset, p.right + offset});
  }
  return tree;
}

// All trees by depth; those of one depth in a fixed order.
std::vector<std::vector<Tree>> trees_up_to(int depth) {
  std::vector<std::vector<Tree>> by_depth{{{{'A'}}, {{'B'}}}};
  for (int d = 1; d <= depth; ++d) {
    std::vector<Tree> trees;
    const std::vector<Tree> deepest = by_depth.back();
    for (std::size_t i = 0; i < deepest.size(); ++i) {
      std::vector<Tree> others(deepest.begin() + static_cast<std::ptrdiff_t>(i) + 1, deepest.end());
      for (int lower = 0; lower + 1 < d; ++lower) {
        const auto& more = by_depth[static_cast<std::size_t>(lower)];
        others.insert(others.end(), more.begin(), more.end());
      }
      for (const Tree& other : others) {
        for (const char op : {'*', '+'}) trees.push_back(joined(op, deepest[i], other));
      }
    }
    by_depth.push_back(std::move(trees));
  }
  return by_depth;
}

// The tables of all parts, those in `negated` complemented.
std::vector<InputTable> tables_of(const Tree& tree, std::uint32_t negated) {
  std::vector<InputTable> tables(tree.size());
  for (std::size_t i = tree.size(); i-- > 0;) {
    const Part& part = tree[i];
    if (part.op == 'A' || part.op == 'B') {
      tables[i] = part.op == 'A' ? kA : kB;
    } else {
      const InputTable l = tables[part.left], r = tables[part.right];
      tables[i] = static_cast<InputTable>(part.op == '*' ? l & r : l | r);
    }
    if ((negated >> i & 1) != 0) tables[i] = tables[i] ^ kAll;
  }
  return tables;
}

// The output on input b when part `forced` has the value v.
bool with_forced(const Tree& tree, std::uint32_t negated, std::size_t forced, bool v, unsigned b) {
  std::vector<bool> values(tree.size());
  for (std::size_t i = tree.size(); i-- > 0;) {
    const Part& part = tree[i];
    bool value = false;
    if (part.op == 'A' || part.op == 'B') {
      value = ((part.op == 'A' ? kA : kB) >> b & 1) != 0;
    } else {
      const bool l = values[part.left], r = values[part.right];
      value = part.op == '*' ? l && r : l || r;
    }
    values[i] = i == forced ? v : value != ((negated >> i & 1) != 0);
  }
  return values[0];
}

std::string text_of(const Tree& tree, std::uint32_t negated, std::size_t part = 0) {
  const std::string mark = (negated >> part & 1) != 0 ? "!" : "";
  const Part& p = tree[part];
  if (p.op == 'A' || p.op == 'B') return mark + p.op;
  const std::string inner = text_of(tree, negated, p.left) + p.op + text_of(tree, negated, p.right);
  return part == 0 && mark.empty() ? inner : mark + "(" + inner + ")";
}

Algorithm algorithm_of(const Tree& tree, std::uint32_t negated) {
  const std::vector<InputTable> tables = tables_of(tree, negated);
  Algorithm algorithm{text_of(tree, negated), {}};
  for (std::size_t part = 1; part < tree.size(); ++part) {
    if (tree[part].op == 'A' || tree[part].op == 'B') continue;
    std::array<std::uint8_t, 4> exchanged{};
    for (unsigned b = 0; b < 4; ++b) {
      for (unsigned s = 0; s < 4; ++s) {
        const bool v = (tables[part] >> s & 1) != 0;
        if (with_forced(tree, negated, part, v, b)) {
          exchanged[b] = static_cast<std::uint8_t>(exchanged[b] | 1 << s);
        }
      }
    }
    algorithm.exchanged.push_back(exchanged);
  }
  return algorithm;
}

// Sets of parts with few of them first, and among equals those with earlier parts first.
std::vector<std::uint32_t> negations(std::size_t parts) {
  std::vector<std::uint32_t> sets(std::size_t{1} << parts);
  for (std::uint32_t i = 0; i < sets.size(); ++i) sets[i] = i;
  const auto reversed = [parts](std::uint32_t set) {
    std::uint32_t mirror = 0;
    for (std::size_t i = 0; i < parts; ++i) mirror = mirror << 1 | (set >> i & 1);
    return mirror;
  };
  std::ranges::sort(sets, [&](std::uint32_t a, std::uint32_t b) {
    const int many_a = std::popcount(a), many_b = std::popcount(b);
    return many_a != many_b ? many_a < many_b : reversed(a) > reversed(b);
  });
  return sets;
}

}  // namespace

std::vector<Algorithm> formula_algorithms(InputTable f, int depth) {
  std::vector<Algorithm> found;
  std::vector<std::vector<std::uint32_t>> sets(16);
  for (const std::vector<Tree>& trees : trees_up_to(depth)) {
    for (const Tree& tree : trees) {
      if (tree.size() >= sets.size()) sets.resize(tree.size() + 1);
      if (sets[tree.size()].empty()) sets[tree.size()] = negations(tree.size());
      for (const std::uint32_t negated : sets[tree.size()]) {
        if (tables_of(tree, negated)[0] != f) continue;
        found.push_back(algorithm_of(tree, negated));
        break;
      }
    }
  }
  return found;
}

std::vector<Algorithm> two_gate_algorithms(InputTable f) {
  // Gates behind one AND or OR, with all negations: those that differ in more than complements of gates
  // exchange differently, and complements do not matter for an exchange.
  std::vector<Algorithm> found;
  const Tree gate_pair = joined('*', joined('*', {{'A'}}, {{'B'}}), joined('*', {{'A'}}, {{'B'}}));
  for (const std::uint32_t negated : negations(gate_pair.size())) {
    if (tables_of(gate_pair, negated)[0] != f) continue;
    Algorithm algorithm = algorithm_of(gate_pair, negated);
    std::ranges::sort(algorithm.exchanged);
    const bool known = std::ranges::any_of(
        found, [&](const Algorithm& other) { return other.exchanged == algorithm.exchanged; });
    if (!known) found.push_back(std::move(algorithm));
  }
  return found;
}

}  // namespace lab
