#include "circuits/samplers/pairs.h"

#include <algorithm>
#include <numeric>
#include <set>
#include <string>

#include "circuits/builder.h"

namespace circuits {
namespace {

constexpr const char* kOps[] = {"and", "xor", "both"};

// The pairs of these places in the list (0, 1), (0, 2), …, (0, n−1), (1, 2), …; places ascend.
std::vector<Pair> pairs_at(const std::vector<std::uint64_t>& places, std::size_t inputs) {
  std::vector<Pair> pairs;
  std::size_t first = 0, row = 0;  // row: place of (first, first + 1)
  for (const std::uint64_t place : places) {
    while (place >= row + inputs - 1 - first) row += inputs - 1 - first++;
    pairs.emplace_back(first, first + 1 + (place - row));
  }
  return pairs;
}

}  // namespace

Circuit pair_circuit(std::size_t inputs, const std::vector<Pair>& pairs, const std::string& op) {
  require(std::ranges::find(kOps, op) != std::end(kOps), PairsShape::family,
          "op must be and, xor or both");
  Builder builder;
  for (std::size_t i = 0; i < inputs; ++i) builder.input();
  std::set<Pair> known;
  for (const auto& [i, j] : pairs) {
    const std::string text = std::to_string(i) + "_" + std::to_string(j);
    require(i < inputs && j < inputs && i != j, PairsShape::family,
            text + " is no pair of different inputs");
    require(known.insert(std::minmax(i, j)).second, PairsShape::family, text + " is there twice");
    for (const Op gate : {Op::And, Op::Xor}) {
      const std::string name(rule(gate).name);
      if (op != name && op != "both") continue;
      const std::vector<Node> fanins{static_cast<Node>(i), static_cast<Node>(j)};
      builder.output(builder.add(gate, fanins, name + text), name + text);
    }
  }
  return builder.build();
}

Parameters PairsShape::parameters() {
  return {whole("inputs", inputs, 2, 2048, "input bits"),
          whole("pairs", pairs, 0, std::size_t{1} << 21, "random pairs; 0: all"),
          choice("op", op, {std::begin(kOps), std::end(kOps)}, "gates of a pair")};
}

Circuit sample_pairs(const PairsShape& shape, const WordSource& words) {
  check_shape(shape);
  const std::size_t all = shape.inputs * (shape.inputs - 1) / 2;
  require(shape.pairs <= all, PairsShape::family,
          "there are only " + std::to_string(all) + " pairs");
  std::vector<std::uint64_t> places(all);
  std::iota(places.begin(), places.end(), std::uint64_t{0});
  if (shape.pairs > 0) places = choose_set(shape.pairs, all, words);
  return pair_circuit(shape.inputs, pairs_at(places, shape.inputs), shape.op);
}

}  // namespace circuits
