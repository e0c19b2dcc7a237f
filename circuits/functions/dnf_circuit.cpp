// Circuits from cubes: two levels, and factored.
#include <algorithm>
#include <array>
#include <bit>
#include <string>

#include "circuits/functions/dnf.h"

namespace circuits {
namespace {

// Literals as nodes; the NOT of an input is made when it is first needed.
class Literals {
 public:
  Literals(Builder& builder, std::span<const Cube> cubes, std::span<const Node> inputs)
      : builder_(builder), inputs_(inputs), negated_(inputs.size(), kNone) {
    for (const Cube& cube : cubes) {
      const auto needed = static_cast<std::size_t>(std::bit_width(cube.care));
      if (needed > inputs.size()) {
        throw Error("a cube has a literal of input " + std::to_string(needed - 1) +
                    ", and there are " + std::to_string(inputs.size()) + " inputs");
      }
    }
  }
  Node operator()(std::size_t input, bool value) {
    if (value) return inputs_[input];
    if (negated_[input] == kNone) negated_[input] = builder_.add(Op::Not, {inputs_[input]});
    return negated_[input];
  }
  std::vector<Node> of(const Cube& cube) {
    std::vector<Node> nodes;
    for (std::size_t i = 0; i < inputs_.size(); ++i) {
      if ((cube.care >> i & 1) != 0) nodes.push_back((*this)(i, cube.value >> i & 1));
    }
    return nodes;
  }

 private:
  static constexpr Node kNone = ~Node{0};
  Builder& builder_;
  std::span<const Node> inputs_;
  std::vector<Node> negated_;
};

Node joined(Builder& builder, Op op, const std::vector<Node>& nodes) {
  if (nodes.empty()) return builder.add(op == Op::And ? Op::One : Op::Zero, {});
  return nodes.size() == 1 ? nodes[0] : builder.add(op, nodes);
}

Node chained(Builder& builder, Op op, const std::vector<Node>& nodes) {
  if (nodes.size() < 2) return joined(builder, op, nodes);
  Node last = nodes[0];
  for (std::size_t i = 1; i < nodes.size(); ++i) last = builder.add(op, {last, nodes[i]});
  return last;
}

struct Literal {
  std::size_t input = 0;
  bool value = false;
  std::size_t count = 0;  // cubes that contain it
};

Literal most_frequent(std::span<const Cube> cubes) {
  Literal best;
  for (std::size_t i = 0; i < 32; ++i) {
    std::array<std::size_t, 2> count{0, 0};
    for (const Cube& cube : cubes) {
      if ((cube.care >> i & 1) != 0) ++count[cube.value >> i & 1];
    }
    for (const bool value : {false, true}) {
      if (count[value] > best.count) best = {i, value, count[value]};
    }
  }
  return best;
}

Node factored(Builder& builder, std::vector<Cube> cubes, Literals& literals) {
  const Literal literal = most_frequent(cubes);
  if (std::ranges::count(cubes, Cube{}) > 0) return builder.add(Op::One, {});
  if (literal.count < 2) {
    std::vector<Node> products;
    for (const Cube& cube : cubes) products.push_back(chained(builder, Op::And, literals.of(cube)));
    return chained(builder, Op::Or, products);
  }
  const std::uint32_t bit = 1u << literal.input;
  std::vector<Cube> quotient, rest;
  for (const Cube& cube : cubes) {
    if ((cube.care & bit) != 0 && ((cube.value & bit) != 0) == literal.value) {
      quotient.push_back({cube.care & ~bit, cube.value & ~bit});
    } else {
      rest.push_back(cube);
    }
  }
  Node product = literals(literal.input, literal.value);
  if (std::ranges::count(quotient, Cube{}) == 0) {
    product = builder.add(Op::And, {product, factored(builder, std::move(quotient), literals)});
  }
  if (rest.empty()) return product;
  return builder.add(Op::Or, {product, factored(builder, std::move(rest), literals)});
}

}  // namespace

Node add_dnf(Builder& builder, std::span<const Cube> cubes, std::span<const Node> inputs) {
  Literals literals(builder, cubes, inputs);
  std::vector<Node> products;
  for (const Cube& cube : cubes) products.push_back(joined(builder, Op::And, literals.of(cube)));
  return joined(builder, Op::Or, products);
}

Node add_factored(Builder& builder, std::span<const Cube> cubes, std::span<const Node> inputs) {
  Literals literals(builder, cubes, inputs);
  return factored(builder, {cubes.begin(), cubes.end()}, literals);
}

Circuit dnf_circuit(std::span<const Cube> cubes, std::size_t inputs) {
  Builder builder;
  std::vector<Node> nodes;
  while (nodes.size() < inputs) nodes.push_back(builder.input());
  builder.output(add_dnf(builder, cubes, nodes));
  return builder.build();
}

}  // namespace circuits
