#include "circuits/samplers/selection.h"

#include <string>

#include "circuits/builder.h"

namespace circuits {
namespace {

constexpr std::size_t kMostInputs = std::size_t{1} << 20;

std::vector<Node> add_inputs(Builder& builder, const std::string& name, std::size_t count) {
  std::vector<Node> nodes;
  for (std::size_t i = 0; i < count; ++i) {
    nodes.push_back(builder.input(name + std::to_string(i)));
  }
  return nodes;
}

Node add_joined(Builder& builder, Op op, const std::vector<Node>& nodes) {
  return nodes.size() == 1 ? nodes[0] : builder.add(op, nodes);
}

}  // namespace

Parameters MultiplexerShape::parameters() {
  return {whole("address", address, 1, 20, "inputs that select")};
}

Circuit multiplexer(const MultiplexerShape& shape) {
  check_shape(shape);
  Builder builder;
  const std::vector<Node> address = add_inputs(builder, "s", shape.address);
  std::vector<Node> data = add_inputs(builder, "d", std::size_t{1} << shape.address);
  for (const Node s : address) {
    for (std::size_t i = 0; i < data.size() / 2; ++i) {
      data[i] = builder.add(Op::Mux, {s, data[2 * i + 1], data[2 * i]});
    }
    data.resize(data.size() / 2);
  }
  builder.output(data[0]);
  return builder.build();
}

Parameters TribesShape::parameters() {
  return {whole("tribes", tribes, 1, 65536, "tribes"),
          whole("width", width, 1, 65536, "inputs of a tribe")};
}

Circuit tribes(const TribesShape& shape) {
  check_shape(shape);
  require(shape.tribes * shape.width <= kMostInputs, TribesShape::family,
          "tribes · width must be at most " + std::to_string(kMostInputs));
  Builder builder;
  const std::vector<Node> inputs = add_inputs(builder, "x", shape.tribes * shape.width);
  std::vector<Node> ands;
  for (auto first = inputs.begin(); first != inputs.end();) {
    const auto last = first + static_cast<std::ptrdiff_t>(shape.width);
    ands.push_back(add_joined(builder, Op::And, {first, last}));
    first = last;
  }
  builder.output(add_joined(builder, Op::Or, ands));
  return builder.build();
}

Parameters InnerProductShape::parameters() {
  return {whole("pairs", pairs, 1, 65536, "length of each half")};
}

Circuit inner_product(const InnerProductShape& shape) {
  check_shape(shape);
  Builder builder;
  const std::vector<Node> a = add_inputs(builder, "a", shape.pairs);
  const std::vector<Node> b = add_inputs(builder, "b", shape.pairs);
  std::vector<Node> ands;
  for (std::size_t i = 0; i < shape.pairs; ++i) ands.push_back(builder.add(Op::And, {a[i], b[i]}));
  builder.output(add_joined(builder, Op::Xor, ands));
  return builder.build();
}

}  // namespace circuits
