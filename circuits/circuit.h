// Boolean circuits: immutable directed acyclic graphs of gates, with several outputs.
// Built by Builder (builder.h), from named gates in any order (netlist.h) or JSON (json.h);
// looked at by views.h, evaluated by evaluate.h.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace circuits {

// The meaning of a node. And, Or, Xor take two or more fan-ins (Xor is odd parity); the same fan-in
// may occur twice.
enum class Op : std::uint8_t { Input, Zero, One, Not, And, Or, Xor };

struct OpRule {
  std::string_view name;  // "input", "zero", "one", "not", "and", "or", "xor"
  std::size_t least;      // fewest fan-ins
  std::size_t most;       // most fan-ins
};
const OpRule& rule(Op op);
std::optional<Op> op_named(std::string_view name);

// A node's number. Inputs are nodes 0 … inputs()−1 in their order; constants and gates follow, each
// after all its fan-ins.
using Node = std::uint32_t;

struct Output {
  Node node;
  std::string name;
  bool operator==(const Output&) const = default;
};

// A value: copies are independent, equality compares structure and names. Every node has a name,
// unique among nodes, and every output one, unique among outputs; names are UTF-8 text without
// control characters.
class Circuit {
 public:
  Circuit() = default;  // no nodes, no outputs

  std::size_t nodes() const { return ops_.size(); }
  std::size_t inputs() const { return inputs_; }
  Op op(Node node) const { return ops_[node]; }
  std::span<const Node> fanins(Node node) const {
    return {fanins_.data() + first_fanin_[node], fanins_.data() + first_fanin_[node + 1]};
  }
  const std::string& name(Node node) const { return names_[node]; }
  std::span<const Output> outputs() const { return outputs_; }

  bool operator==(const Circuit&) const = default;

 private:
  friend class Builder;
  std::size_t inputs_ = 0;
  std::vector<Op> ops_;
  std::vector<std::size_t> first_fanin_{
      0};  // node v's fan-ins start here in fanins_; one more entry
  std::vector<Node> fanins_;
  std::vector<std::string> names_;
  std::vector<Output> outputs_;
};

}  // namespace circuits
