#include "lab/scores/formula_search.h"

#include <algorithm>
#include <bit>
#include <set>

#include "lab/core/stop.h"

namespace lab {
namespace {

using std::int64_t;
using std::uint64_t;

uint64_t join(Joint joint, uint64_t a, uint64_t b) {
  return joint == Joint::conjunction ? (a & b) : joint == Joint::disjunction ? (a | b) : (a ^ b);
}

template <class Value>
uint64_t value_of(const Formula& f, const Value& letter) {
  const auto literal = [&](std::size_t i) { return f.negated[i] ? ~letter(i) : letter(i); };
  if (f.mixed) return join(f.outer, literal(0), join(f.inner, literal(1), literal(2)));
  uint64_t value = literal(0);
  for (std::size_t i = 1; i < f.negated.size(); ++i) value = join(f.outer, value, literal(i));
  return value;
}

// A formula's shape: which letters are meant is left open; `table` has bit a + 2b + 4c.
struct Shape {
  Formula formula;
  std::array<int, 3> order{0, 1, 2};  // position of the letter that stands first, second, third
  unsigned table = 0;
};

unsigned table_of(const Shape& shape, std::size_t arity) {
  static constexpr uint64_t columns[3] = {0xaa, 0xcc, 0xf0};
  const uint64_t value =
      value_of(shape.formula, [&](std::size_t i) { return columns[shape.order[i]]; });
  return static_cast<unsigned>(value & ((1u << (1u << arity)) - 1));
}

// Every function that such formulas of `arity` letters have, once, the purest form first.
std::vector<Shape> shapes(std::size_t arity) {
  std::vector<Shape> result;
  std::set<unsigned> seen;
  const auto offer = [&](Shape shape) {
    for (unsigned signs = 0; signs < (1u << arity); ++signs) {
      shape.formula.negated.clear();
      for (std::size_t i = 0; i < arity; ++i) shape.formula.negated.push_back((signs >> i) & 1);
      shape.table = table_of(shape, arity);
      if (seen.insert(shape.table).second) result.push_back(shape);
    }
  };
  const Joint joints[] = {Joint::conjunction, Joint::disjunction, Joint::parity};
  for (const Joint joint : joints) offer({{{}, {}, joint}});
  if (arity < 3) return result;
  for (const Joint outer : joints)
    for (const Joint inner : joints)
      for (int alone = 0; alone < 3 && inner != outer; ++alone)
        offer({{{}, {}, outer, inner, true}, {alone, (alone + 1) % 3, (alone + 2) % 3}});
  return result;
}

int64_t ones(const PackedBits& a) {
  int64_t count = 0;
  for (const uint64_t word : a) count += std::popcount(word);
  return count;
}

int64_t ones_of(const PackedBits& a, const PackedBits& b) {
  int64_t count = 0;
  for (std::size_t w = 0; w < a.size(); ++w) count += std::popcount(a[w] & b[w]);
  return count;
}

PackedBits both(const PackedBits& a, const PackedBits& b) {
  PackedBits result(a.size());
  for (std::size_t w = 0; w < a.size(); ++w) result[w] = a[w] & b[w];
  return result;
}

// Rows in each cell of three letters, from the rows in which all letters of each subset are 1.
std::array<int64_t, 8> cells_of(std::array<int64_t, 8> subsets) {
  for (unsigned bit = 1; bit < 8; bit <<= 1)
    for (unsigned set = 0; set < 8; ++set)
      if ((set & bit) == 0) subsets[set] -= subsets[set | bit];
  return subsets;
}

// Searches for one target.
class Search {
 public:
  Search(const std::vector<PackedBits>& letters, const PackedBits& target, int64_t rows)
      : letters_(letters), target_(target), rows_(rows), fires_(ones(target)) {}

  FoundFormula singles() {
    start();
    for (int64_t a = 0; a < size(); ++a) try_all(one_, {a}, counts({a}, nullptr));
    return best_;
  }
  FoundFormula pairs() {
    start();
    for (int64_t a = 0; a < size(); ++a)
      for (int64_t b = a + 1; b < size(); ++b) {
        const PackedBits ab = both(letters_[a], letters_[b]);
        try_all(two_, {a, b}, counts({a, b}, &ab));
      }
    return best_;
  }
  FoundFormula triples(const std::vector<int64_t>& among) {
    start();
    prepare_pairs(among);
    const std::size_t n = among.size();
    for (std::size_t i = 0; i < n; ++i) {
      poll_stop();
      for (std::size_t j = i + 1; j < n; ++j) {
        const PackedBits ab = both(letters_[among[i]], letters_[among[j]]);
        const PackedBits abt = both(ab, target_);
        for (std::size_t k = j + 1; k < n; ++k) triple(among, {i, j, k}, ab, abt);
      }
    }
    return best_;
  }
  // The best conjunction and the best disjunction of the last search.
  const FoundFormula& grown(Joint joint) const { return pure_[joint == Joint::disjunction]; }

  FoundFormula grow(const FoundFormula& from) const {
    FoundFormula best;
    best.agreement.sensitivity = -1;
    for (int64_t letter = 0; letter < size(); ++letter) {
      const auto& used = from.formula.letters;
      if (std::find(used.begin(), used.end(), letter) != used.end()) continue;
      for (const bool negated : {false, true}) {
        FoundFormula next = from;
        next.formula.letters.push_back(letter);
        next.formula.negated.push_back(negated);
        next.agreement = agreement(next.formula, letters_, target_, rows_);
        if (best.agreement.sensitivity < 0 || better(next.agreement, best.agreement)) best = next;
      }
    }
    return best.agreement.sensitivity < 0 ? from : best;
  }

 private:
  struct Counts {
    std::array<int64_t, 8> all{}, on{};  // rows in each cell; those in which the target is 1
  };
  int64_t size() const { return static_cast<int64_t>(letters_.size()); }
  void start() {
    best_ = {};
    best_.agreement.sensitivity = -1;
    pure_[0] = pure_[1] = best_;
  }
  static bool better(const Agreement& a, const Agreement& b) {
    return a.least() > b.least() + 1e-12 ||
           (a.least() > b.least() - 1e-12 &&
            a.sensitivity + a.specificity > b.sensitivity + b.specificity + 1e-12);
  }

  Counts counts(const std::vector<int64_t>& of, const PackedBits* pair) const {
    Counts c;
    c.all[0] = rows_, c.on[0] = fires_;
    for (std::size_t i = 0; i < of.size(); ++i) {
      c.all[1u << i] = ones(letters_[of[i]]);
      c.on[1u << i] = ones_of(letters_[of[i]], target_);
    }
    if (pair != nullptr) c.all[3] = ones(*pair), c.on[3] = ones_of(*pair, target_);
    return {cells_of(c.all), cells_of(c.on)};
  }

  void prepare_pairs(const std::vector<int64_t>& among) {
    const std::size_t n = among.size();
    pairs_.assign(n * n, 0), pairs_on_.assign(n * n, 0);
    for (std::size_t i = 0; i < n; ++i)
      for (std::size_t j = i; j < n; ++j) {
        const PackedBits ab = both(letters_[among[i]], letters_[among[j]]);
        pairs_[i * n + j] = ones(ab), pairs_on_[i * n + j] = ones_of(ab, target_);
      }
  }

  void triple(const std::vector<int64_t>& among, const std::array<std::size_t, 3>& at,
              const PackedBits& ab, const PackedBits& abt) {
    const std::size_t n = among.size(), i = at[0] * n, j = at[1] * n, k = at[2];
    const PackedBits& c = letters_[among[k]];
    Counts counts;
    counts.all = {
        rows_,         pairs_[i + at[0]], pairs_[j + at[1]], pairs_[i + at[1]], pairs_[k * n + k],
        pairs_[i + k], pairs_[j + k],     ones_of(ab, c)};
    counts.on = {fires_,
                 pairs_on_[i + at[0]],
                 pairs_on_[j + at[1]],
                 pairs_on_[i + at[1]],
                 pairs_on_[k * n + k],
                 pairs_on_[i + k],
                 pairs_on_[j + k],
                 ones_of(abt, c)};
    try_all(three_, {among[at[0]], among[at[1]], among[k]},
            {cells_of(counts.all), cells_of(counts.on)});
  }

  void try_all(const std::vector<Shape>& shapes, const std::vector<int64_t>& letters,
               const Counts& counts) {
    const std::size_t cells = std::size_t{1} << letters.size();
    const double on = static_cast<double>(fires_), off = static_cast<double>(rows_ - fires_);
    for (const Shape& shape : shapes) {
      int64_t hits = 0, said = 0;
      for (std::size_t cell = 0; cell < cells; ++cell) {
        const bool in = (shape.table >> cell) & 1;
        hits += in ? counts.on[cell] : 0;
        said += in ? counts.all[cell] : 0;
      }
      const Agreement agreement{static_cast<double>(hits) / on,
                                1 - static_cast<double>(said - hits) / off};
      keep(best_, shape, letters, agreement);
      if (!shape.formula.mixed && shape.formula.outer != Joint::parity)
        keep(pure_[shape.formula.outer == Joint::disjunction], shape, letters, agreement);
    }
  }

  static void keep(FoundFormula& best, const Shape& shape, const std::vector<int64_t>& letters,
                   const Agreement& agreement) {
    if (best.agreement.sensitivity >= 0 && !better(agreement, best.agreement)) return;
    best.formula = shape.formula;
    best.formula.letters.clear();
    for (std::size_t i = 0; i < letters.size(); ++i)
      best.formula.letters.push_back(letters[static_cast<std::size_t>(shape.order[i])]);
    best.agreement = agreement;
  }

  inline static const std::vector<Shape> one_ = shapes(1), two_ = shapes(2), three_ = shapes(3);
  const std::vector<PackedBits>& letters_;
  const PackedBits& target_;
  int64_t rows_, fires_;
  FoundFormula best_, pure_[2];
  std::vector<int64_t> pairs_, pairs_on_;
};

}  // namespace

std::string text_of(const Formula& formula, const std::vector<std::string>& names) {
  const auto literal = [&](std::size_t i) {
    return (formula.negated[i] ? "not " : "") + names[static_cast<std::size_t>(formula.letters[i])];
  };
  const auto word = [](Joint joint) {
    return joint == Joint::conjunction ? " and " : joint == Joint::disjunction ? " or " : " xor ";
  };
  if (formula.mixed)
    return literal(0) + word(formula.outer) + "(" + literal(1) + word(formula.inner) + literal(2) +
           ")";
  std::string text = literal(0);
  for (std::size_t i = 1; i < formula.letters.size(); ++i) text += word(formula.outer) + literal(i);
  return text;
}

uint64_t word_of(const Formula& formula, const std::vector<PackedBits>& letters, std::size_t word) {
  return value_of(formula, [&](std::size_t i) {
    return letters[static_cast<std::size_t>(formula.letters[i])][word];
  });
}

Agreement agreement(const Formula& formula, const std::vector<PackedBits>& letters,
                    const PackedBits& target, int64_t rows) {
  int64_t on = 0, hits = 0, said = 0;
  for (std::size_t w = 0; w < target.size(); ++w) {
    const int64_t left = rows - static_cast<int64_t>(w) * 64;
    const uint64_t used = left >= 64 ? ~uint64_t{0} : (uint64_t{1} << left) - 1;
    const uint64_t says = word_of(formula, letters, w) & used;
    on += std::popcount(target[w]);
    hits += std::popcount(says & target[w]);
    said += std::popcount(says);
  }
  return {static_cast<double>(hits) / static_cast<double>(on),
          1 - static_cast<double>(said - hits) / static_cast<double>(rows - on)};
}

std::vector<FoundFormula> best_formulas(const std::vector<PackedBits>& letters,
                                        const std::vector<int64_t>& in_triples,
                                        const PackedBits& target, int64_t rows, int64_t longest,
                                        const std::function<bool(const Formula&)>& enough) {
  Search search(letters, target, rows);
  std::vector<FoundFormula> found;
  const auto done = [&] {
    return static_cast<int64_t>(found.size()) == longest ||
           (!found.empty() && enough(found.back().formula));
  };
  const int64_t size = static_cast<int64_t>(letters.size());
  if (size >= 1) found.push_back(search.singles());
  if (size >= 2 && !done()) found.push_back(search.pairs());
  if (in_triples.size() < 3 || done()) return found;
  found.push_back(search.triples(in_triples));
  FoundFormula grown[2] = {search.grown(Joint::conjunction), search.grown(Joint::disjunction)};
  while (!done() && static_cast<int64_t>(found.size()) < size) {
    poll_stop();
    for (FoundFormula& each : grown) each = search.grow(each);
    const bool second = grown[1].agreement.least() > grown[0].agreement.least();
    found.push_back(grown[second]);
  }
  return found;
}

}  // namespace lab
