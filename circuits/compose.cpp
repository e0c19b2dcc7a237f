#include "circuits/compose.h"

#include <algorithm>
#include <string>
#include <unordered_map>

#include "circuits/views.h"

namespace circuits {
namespace {

std::vector<Node> add_inputs(Builder& builder, const Circuit& circuit, const std::string& prefix) {
  std::vector<Node> nodes;
  for (Node i = 0; i < circuit.inputs(); ++i) {
    nodes.push_back(builder.input(prefix + circuit.name(i)));
  }
  return nodes;
}

std::string counted(std::size_t number, const std::string& what) {
  return std::to_string(number) + " " + what + (number == 1 ? "" : "s");
}

void check_same(std::size_t a, std::size_t b, const std::string& what) {
  if (a != b) {
    throw Error("one circuit has " + counted(a, what) + ", the other has " + std::to_string(b));
  }
}

std::string part_prefix(std::size_t part) {
  return "c" + std::to_string(part) + ".";
}

// Adds the gates of `circuit` for which `wanted` is true, with their names.
void add_gates(Builder& builder, const Circuit& circuit, const std::vector<bool>& wanted,
               std::vector<Node>& place) {
  for (Node v = static_cast<Node>(circuit.inputs()); v < circuit.nodes(); ++v) {
    if (!wanted[v]) continue;
    std::vector<Node> fanins;
    for (const Node fanin : circuit.fanins(v)) fanins.push_back(place[fanin]);
    place[v] = builder.add(circuit.gate(v), fanins, circuit.name(v));
  }
}

}  // namespace

std::vector<Node> copy_into(Builder& builder, const Circuit& circuit, std::span<const Node> inputs,
                            const std::string& prefix) {
  if (inputs.size() != circuit.inputs()) {
    throw Error("a circuit of " + counted(circuit.inputs(), "input") + " was given " +
                std::to_string(inputs.size()));
  }
  std::vector<Node> place(inputs.begin(), inputs.end());
  place.reserve(circuit.nodes());
  for (Node v = static_cast<Node>(circuit.inputs()); v < circuit.nodes(); ++v) {
    std::vector<Node> fanins;
    for (const Node fanin : circuit.fanins(v)) fanins.push_back(place[fanin]);
    place.push_back(
        builder.add(circuit.gate(v), fanins, prefix.empty() ? "" : prefix + circuit.name(v)));
  }
  return place;
}

Circuit cone(const Circuit& circuit, std::span<const std::size_t> outputs, bool used_inputs_only) {
  std::vector<Node> roots;
  for (const std::size_t i : outputs) {
    if (i >= circuit.outputs().size()) {
      throw Error("there is no output " + std::to_string(i) + " among " +
                  std::to_string(circuit.outputs().size()));
    }
    roots.push_back(circuit.outputs()[i].node);
  }
  const std::vector<bool> inside = in_cone(circuit, roots);
  Builder builder;
  std::vector<Node> place(circuit.nodes());
  for (Node i = 0; i < circuit.inputs(); ++i) {
    if (inside[i] || !used_inputs_only) place[i] = builder.input(circuit.name(i));
  }
  add_gates(builder, circuit, inside, place);
  for (const std::size_t i : outputs) {
    builder.output(place[circuit.outputs()[i].node], circuit.outputs()[i].name);
  }
  return builder.build();
}

Circuit with_outputs(const Circuit& circuit, std::span<const Node> nodes) {
  Builder builder;
  std::vector<Node> place = add_inputs(builder, circuit, "");
  place.resize(circuit.nodes());
  add_gates(builder, circuit, std::vector<bool>(circuit.nodes(), true), place);
  for (const Node node : nodes) {
    if (node >= circuit.nodes()) throw Error("there is no node " + std::to_string(node));
    builder.output(node, circuit.name(node));
  }
  return builder.build();
}

Circuit compose(const Circuit& outer, const Circuit& inner) {
  if (outer.inputs() != inner.outputs().size()) {
    throw Error("the inner circuit has " + counted(inner.outputs().size(), "output") +
                ", the outer one " + counted(outer.inputs(), "input"));
  }
  Builder builder;
  const std::vector<Node> inner_place = copy_into(builder, inner, add_inputs(builder, inner, ""));
  std::vector<Node> between;
  for (const Output& output : inner.outputs()) between.push_back(inner_place[output.node]);
  const std::vector<Node> place = copy_into(builder, outer, between);
  for (const Output& output : outer.outputs()) builder.output(place[output.node], output.name);
  return builder.build();
}

Circuit in_order_of(const Circuit& model, const Circuit& circuit) {
  check_same(model.inputs(), circuit.inputs(), "input");
  check_same(model.outputs().size(), circuit.outputs().size(), "output");
  std::unordered_map<std::string, std::size_t> inputs, outputs;
  for (Node i = 0; i < circuit.inputs(); ++i) inputs.emplace(circuit.name(i), i);
  for (const Output& output : circuit.outputs()) outputs.emplace(output.name, outputs.size());
  const auto place = [](const auto& places, const std::string& name, const char* what) {
    const auto found = places.find(name);
    if (found == places.end()) {
      throw Error(std::string("only one of the circuits has an ") + what + " \"" + name + "\"");
    }
    return found->second;
  };
  Builder builder;
  std::vector<Node> nodes(circuit.inputs());
  for (Node i = 0; i < model.inputs(); ++i) {
    nodes[place(inputs, model.name(i), "input")] = builder.input(model.name(i));
  }
  nodes.resize(circuit.nodes());
  add_gates(builder, circuit, std::vector<bool>(circuit.nodes(), true), nodes);
  for (const Output& wanted : model.outputs()) {
    const Output& output = circuit.outputs()[place(outputs, wanted.name, "output")];
    builder.output(nodes[output.node], output.name);
  }
  return builder.build();
}

Circuit side_by_side(std::span<const Circuit> parts) {
  Builder builder;
  std::vector<std::vector<Node>> inputs;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    inputs.push_back(add_inputs(builder, parts[i], part_prefix(i)));
  }
  for (std::size_t i = 0; i < parts.size(); ++i) {
    const auto place = copy_into(builder, parts[i], inputs[i], part_prefix(i));
    for (const Output& output : parts[i].outputs()) {
      builder.output(place[output.node], part_prefix(i) + output.name);
    }
  }
  return builder.build();
}

Circuit on_same_inputs(std::span<const Circuit> parts) {
  if (parts.empty()) throw Error("there is no circuit to put on the same inputs");
  Builder builder;
  const std::vector<Node> inputs = add_inputs(builder, parts[0], "");
  for (std::size_t i = 0; i < parts.size(); ++i) {
    check_same(parts[0].inputs(), parts[i].inputs(), "input");
    const auto place = copy_into(builder, parts[i], inputs, part_prefix(i));
    for (const Output& output : parts[i].outputs()) {
      builder.output(place[output.node], part_prefix(i) + output.name);
    }
  }
  return builder.build();
}

Circuit miter(const Circuit& a, const Circuit& b) {
  check_same(a.inputs(), b.inputs(), "input");
  check_same(a.outputs().size(), b.outputs().size(), "output");
  Builder builder;
  const std::vector<Node> inputs = add_inputs(builder, a, "");
  const std::vector<Node> in_a = copy_into(builder, a, inputs);
  const std::vector<Node> in_b = copy_into(builder, b, inputs);
  std::vector<Node> differences;
  for (std::size_t i = 0; i < a.outputs().size(); ++i) {
    differences.push_back(
        builder.add(Op::Xor, {in_a[a.outputs()[i].node], in_b[b.outputs()[i].node]}));
  }
  Node any;
  if (differences.empty()) {
    any = builder.add(Op::Zero, {});
  } else {
    any = differences.size() == 1 ? differences[0] : builder.add(Op::Or, differences);
  }
  builder.output(any, "differ");
  return builder.build();
}

}  // namespace circuits
