// Staircases, multi-task parities, pairs and copies.
#include <algorithm>
#include <bit>
#include <ranges>
#include <set>

#include "circuits/evaluation/evaluate.h"
#include "circuits/samplers/copies.h"
#include "circuits/samplers/dag.h"
#include "circuits/samplers/frequencies.h"
#include "circuits/samplers/inputs.h"
#include "circuits/samplers/multitask.h"
#include "circuits/samplers/pairs.h"
#include "circuits/samplers/parity.h"
#include "circuits/samplers/staircases.h"
#include "circuits/words.h"

using namespace circuits;

namespace {

// The inputs on which a table depends, as a bit mask.
unsigned support(const TruthTable& table) {
  unsigned mask = 0;
  for (int i = 0; i < table.inputs(); ++i) mask |= (table.depends_on(i) ? 1U : 0U) << i;
  return mask;
}

TruthTable parity(int inputs, unsigned mask) {
  TruthTable table(inputs);
  for (int i = 0; i < inputs; ++i) {
    if ((mask >> i & 1) != 0) table ^= TruthTable::input(inputs, i);
  }
  return table;
}

std::vector<unsigned> monomials(const Circuit& circuit) {
  std::vector<unsigned> masks;
  for (const TruthTable& table : output_tables(circuit)) {
    masks.push_back(support(table));
    REQUIRE(table == parity(table.inputs(), masks.back()));
  }
  return masks;
}

std::string joined(const std::vector<unsigned>& masks) {
  std::string text;
  for (const unsigned mask : masks) text += std::to_string(mask) + " ";
  return text;
}

}  // namespace

TEST_CASE("staircases grow by their leaps") {
  const WordSource words = splitmix(90);
  for (const double overlap : {0.0, 0.4, 1.0}) {
    for (int i = 0; i < 20; ++i) {
      const StaircaseShape shape{.inputs = 9, .leaps = {1, 3, 2, 1}, .overlap = overlap};
      const auto masks = monomials(sample_staircase(shape, words));
      REQUIRE(masks.size() == 4);
      unsigned known = 0;
      for (std::size_t j = 0; j < 4; ++j) {
        REQUIRE(static_cast<std::size_t>(std::popcount(masks[j] & ~known)) == shape.leaps[j]);
        if (overlap == 1) REQUIRE((masks[j] & known) == known);
        if (overlap == 0) REQUIRE((masks[j] & known) == 0);
        known |= masks[j];
      }
    }
  }
  check_uniform(24, 4800, [&] {  // orders of three of four inputs
    return joined(monomials(sample_staircase({.inputs = 4}, words)));
  });
  // {a}, {b} or {a, b}.
  check_frequencies({{"1 2 ", 0.35}, {"2 1 ", 0.35}, {"1 3 ", 0.15}, {"2 3 ", 0.15}}, 4000, [&] {
    return joined(
        monomials(sample_staircase({.inputs = 2, .leaps = {1, 1}, .overlap = 0.3}, words)));
  });
}

TEST_CASE("what stands for the sum of the monomials") {
  for (std::size_t count = 1; count <= 5; ++count) {
    StaircaseShape shape{.inputs = 6, .leaps = Parameter::Numbers(count, 1), .overlap = 0.5};
    for (const std::string combine : {"majority", "xor"}) {
      shape.combine = combine;
      const auto tables = output_tables(sample_staircase(shape, splitmix(count)));
      REQUIRE(tables.size() == count + 1);
      for (std::uint64_t k = 0; k < 64; ++k) {
        int sum = 0, product = 1;
        for (std::size_t j = 0; j < count; ++j) {
          const int monomial = tables[j][k] ? -1 : 1;
          sum += monomial;
          product *= monomial;
        }
        REQUIRE(tables[count][k] == (combine == "xor" ? product < 0 : sum < 0));
      }
    }
  }
  const auto refused = [](const StaircaseShape& shape) {
    CHECK_THROWS_AS(sample_staircase(shape, splitmix(0)), Error);
  };
  refused({.leaps = {}});
  refused({.leaps = {0}});
  refused({.inputs = 3, .leaps = {2, 2}});
  refused({.inputs = 65536, .leaps = Parameter::Numbers(4000, 16)});
  refused({.overlap = 1.5});
  refused({.combine = "sum"});
}

TEST_CASE("a control bit selects the parity of its task") {
  const WordSource words = splitmix(91);
  for (const std::size_t k : {1, 2, 3}) {
    const Circuit c = sample_multitask({.tasks = 4, .bits = 8, .k = k}, words);
    REQUIRE(c.inputs() == 12);
    const TruthTable table = output_tables(c)[0];
    std::set<unsigned> sets;
    for (int task = 0; task < 4; ++task) {
      TruthTable selected(8);
      for (std::uint64_t bits = 0; bits < 256; ++bits) {
        selected.set(bits, table[(std::uint64_t{1} << task) | bits << 4]);
      }
      const unsigned mask = support(selected);
      CHECK(selected == parity(8, mask));
      CHECK(std::popcount(mask) == static_cast<int>(k));
      sets.insert(mask);
    }
    CHECK(sets.size() == 4);
    // The inputs for which it is meant have one control bit.
    const InputDistribution inputs(OneHotBits{zipf_weights(4, 1.4), 0.5}, 12);
    CHECK(std::popcount(inputs.draw(words)[0] & 15) == 1);
  }
}

TEST_CASE("sets of task bits are uniform, and distinct where it is asked for") {
  const WordSource words = splitmix(92);
  const auto draw = [&](bool distinct) {
    return [&words, distinct] {
      const Circuit c =
          sample_multitask({.tasks = 2, .bits = 4, .k = 2, .distinct = distinct}, words);
      const TruthTable table = output_tables(c)[0];
      std::string text;
      for (int task = 0; task < 2; ++task) {
        const TruthTable selected = table.cofactor(task, true).cofactor(1 - task, false);
        text += std::to_string(support(selected)) + " ";
      }
      return text;
    };
  };
  check_uniform(30, 6000, draw(true));
  check_uniform(36, 7200, draw(false));
  CHECK_THROWS_AS(sample_multitask({.bits = 2, .k = 3}, words), Error);
  CHECK_THROWS_AS(sample_multitask({.tasks = 4, .bits = 4, .k = 2}, words), Error);
  CHECK_NOTHROW(sample_multitask({.tasks = 40, .bits = 4, .k = 2, .distinct = false}, words));
  CHECK_NOTHROW(sample_multitask({.tasks = 1, .bits = 2, .k = 2}, words));
}

TEST_CASE("gates of all pairs of inputs, or of some") {
  const WordSource words = splitmix(93);
  const Circuit all = sample_pairs({.inputs = 6, .op = "both"}, words);
  const auto tables = output_tables(all);
  REQUIRE(tables.size() == 30);
  std::size_t at = 0;
  for (int i = 0; i < 6; ++i) {
    for (int j = i + 1; j < 6; ++j) {
      const TruthTable a = TruthTable::input(6, i), b = TruthTable::input(6, j);
      CHECK(tables[at++] == (a & b));
      CHECK(tables[at++] == (a ^ b));
    }
  }
  CHECK(all.outputs()[0].name == "and0_1");
  CHECK(all.outputs()[29].name == "xor4_5");
  check_uniform(20, 6000, [&] {  // three of the six pairs of four inputs
    std::string text;
    const Circuit c = sample_pairs({.inputs = 4, .pairs = 3}, words);
    for (const Output& output : c.outputs()) text += output.name;
    return text;
  });
  CHECK(pair_circuit(3, {}, "and").outputs().empty());
  CHECK(pair_circuit(3, {{2, 0}}, "xor").outputs()[0].name == "xor2_0");
  CHECK_THROWS_AS(sample_pairs({.inputs = 4, .pairs = 7}, words), Error);
  CHECK_THROWS_AS(pair_circuit(3, {{0, 3}}, "and"), Error);
  CHECK_THROWS_AS(pair_circuit(3, {{1, 1}}, "and"), Error);
  CHECK_THROWS_AS(pair_circuit(3, {{0, 1}, {1, 0}}, "and"), Error);
  CHECK_THROWS_AS(pair_circuit(3, {{0, 1}}, "or"), Error);
}

TEST_CASE("copies: the same, other draws, shared inputs, other orders") {
  const WordSource words = splitmix(94);
  const Sampler dags = [](const WordSource& source) {
    return sample_dag({.inputs = 4, .gates = 5, .outputs = 2, .depth = 3}, source);
  };
  const Sampler counting = [&](const WordSource& source) {
    return Sampled{dags(source).circuit, 7};
  };
  const Sampled same = sample_copies({.copies = 3, .same = true}, counting, words);
  const Sampled other = sample_copies({.copies = 3}, counting, words);
  CHECK(same.attempts == 7);
  CHECK(other.attempts == 21);
  CHECK(same.circuit.inputs() == 12);
  CHECK(same.circuit.outputs().size() == 6);
  const auto parts = output_tables(same.circuit), others = output_tables(other.circuit);
  for (std::uint64_t k = 0; k < 16; ++k) {
    CHECK(parts[0][k] == parts[2][k << 4]);
    CHECK(parts[1][k] == parts[5][k << 8]);
  }
  CHECK(std::ranges::any_of(std::views::iota(std::uint64_t{0}, std::uint64_t{16}),
                            [&](std::uint64_t k) { return others[0][k] != others[2][k << 4]; }));
  const Circuit shared = sample_copies({.shared_inputs = true}, dags, words).circuit;
  CHECK(shared.inputs() == 4);
  CHECK(shared.outputs().size() == 8);
  // x0 of two inputs in a random order: x0 or x1, each copy by itself.
  const Sampler first = [](const WordSource&) {
    return Sampled{sample_parity({.inputs = 2, .k = 1}, splitmix(0)), 1};
  };
  check_uniform(4, 2000, [&] {
    const CopiesShape shape{.copies = 2, .same = true, .shared_inputs = true, .permute = true};
    return joined(monomials(sample_copies(shape, first, words).circuit));
  });
  CHECK_THROWS_AS(sample_copies({.copies = 0}, dags, words), Error);
  const Sampler wide = [](const WordSource& source) {
    return Sampled{sample_pairs({.inputs = 200}, source), 1};
  };
  CHECK_THROWS_AS(sample_copies({.copies = 65536, .same = true}, wide, words), Error);
}
