#include "circuits/samplers/threshold.h"

#include <string>
#include <utility>

#include "circuits/builder.h"
#include "circuits/compose.h"
#include "circuits/samplers/arithmetic.h"

namespace circuits {
namespace {

constexpr std::size_t kMostLeaves = std::size_t{1} << 20;

std::vector<Node> add_inputs(Builder& builder, std::size_t count) {
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < count; ++i) nodes.push_back(builder.input());
  return nodes;
}

// Without the bits of the count that do not matter.
Circuit counted(std::size_t inputs, std::size_t bound) {
  Builder builder;
  const Number count = add_popcount(builder, add_inputs(builder, inputs));
  builder.output(add_at_least(builder, count, bound));
  const std::size_t all = 0;
  return cone(builder.build(), std::span(&all, 1));
}

Circuit one_gate(std::size_t inputs, const Gate& gate) {
  Builder builder;
  builder.output(builder.add(gate, add_inputs(builder, inputs)));
  return builder.build();
}

}  // namespace

Parameters ThresholdShape::parameters() {
  return {whole("inputs", inputs, 1, 65536, "input bits"),
          whole("bound", bound, 0, 65537, "ones that it takes, at most inputs + 1"),
          flag("expanded", expanded, "by adders instead of one gate")};
}

Circuit threshold(const ThresholdShape& shape) {
  check_shape(shape);
  require(shape.bound <= shape.inputs + 1, ThresholdShape::family,
          "bound must be at most inputs + 1");
  if (shape.expanded) return counted(shape.inputs, shape.bound);
  return one_gate(shape.inputs, Gate::threshold(static_cast<std::int64_t>(shape.bound)));
}

Parameters MajorityShape::parameters() {
  return {whole("inputs", inputs, 1, 65536, "input bits"),
          flag("expanded", expanded, "by adders instead of one gate")};
}

Circuit majority(const MajorityShape& shape) {
  check_shape(shape);
  if (shape.inputs % 2 == 1 && shape.inputs > 1 && !shape.expanded) {
    return one_gate(shape.inputs, Op::Maj);
  }
  return threshold(
      {.inputs = shape.inputs, .bound = shape.inputs / 2 + 1, .expanded = shape.expanded});
}

Parameters WeightedThresholdShape::parameters() {
  return {whole("inputs", inputs, 1, 65536, "input bits"),
          whole("largest", largest, 1, 65536, "largest weight"),
          flag("negative", negative, "weights may be negative")};
}

Circuit sample_weighted_threshold(const WeightedThresholdShape& shape, const WordSource& words) {
  check_shape(shape);
  require(shape.inputs * shape.largest <= static_cast<std::size_t>(Gate::kLargestSum),
          WeightedThresholdShape::family,
          "inputs · largest must be at most " + std::to_string(Gate::kLargestSum));
  const auto largest = static_cast<std::int64_t>(shape.largest);
  std::vector<std::int64_t> weights;
  std::int64_t least = 0, most = 0;  // sums
  for (std::size_t i = 0; i < shape.inputs; ++i) {
    const auto draw =
        static_cast<std::int64_t>(below(shape.negative ? 2 * shape.largest : shape.largest, words));
    const std::int64_t weight = draw < largest ? draw + 1 : largest - draw - 1;
    weights.push_back(weight);
    (weight < 0 ? least : most) += weight;
  }
  const auto bounds = static_cast<std::uint64_t>(most - least);
  const std::int64_t bound = least + 1 + static_cast<std::int64_t>(below(bounds, words));
  return one_gate(shape.inputs, Gate::threshold(bound, weights));
}

Parameters MajorityTreeShape::parameters() {
  return {whole("depth", depth, 1, 20, "levels of gates"),
          whole("fan_in", fan_in, 3, 65535, "fan-ins of a gate, an odd number"),
          flag("shuffle", shuffle, "inputs in random order")};
}

Circuit sample_majority_tree(const MajorityTreeShape& shape, const WordSource& words) {
  check_shape(shape);
  const char* family = MajorityTreeShape::family;
  require(shape.fan_in % 2 == 1, family, "fan_in must be odd");
  std::size_t leaves = 1;
  for (std::size_t i = 0; i < shape.depth && leaves <= kMostLeaves; ++i) leaves *= shape.fan_in;
  require(leaves <= kMostLeaves, family,
          "fan_in^depth must be at most " + std::to_string(kMostLeaves));
  Builder builder;
  std::vector<Node> layer = add_inputs(builder, leaves);
  if (shape.shuffle) shuffle(layer, words);
  while (layer.size() > 1) {
    std::vector<Node> next;
    for (auto first = layer.begin(); first != layer.end();) {
      const auto last = first + static_cast<std::ptrdiff_t>(shape.fan_in);
      next.push_back(builder.add(Op::Maj, {first, last}));
      first = last;
    }
    layer = std::move(next);
  }
  builder.output(layer[0]);
  return builder.build();
}

}  // namespace circuits
