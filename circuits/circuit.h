// Boolean circuits: immutable directed acyclic graphs of gates, with several outputs.
// Built by Builder (builder.h), from named gates in any order (netlist.h) or files (formats/);
// looked at by views.h, put together by compose.h, evaluated by evaluation/.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace circuits {

// What a node computes. With fan-ins a, b, …:
//   Zero, One            constants; no fan-ins
//   Not, Buf             not a; a
//   And, Or, Xor         of two or more; Xor is odd parity
//   Nand, Nor, Xnor      the complements of these
//   Maj                  1 iff more than half are 1; an odd number of fan-ins, at least 3
//   Mux                  if a then b else c
//   Threshold            1 iff Σ weight_i · fan-in_i ≥ bound; one or more
//   Lut                  a truth table of 1 to 6 fan-ins; fan-in 0 is the fastest
// The same fan-in may occur twice.
enum class Op : std::uint8_t {
  Input,
  Zero,
  One,
  Not,
  And,
  Or,
  Xor,
  Nand,
  Nor,
  Xnor,
  Buf,
  Maj,
  Mux,
  Threshold,
  Lut
};

struct OpRule {
  std::string_view name;  // "input", "zero", "and", …
  std::size_t least;      // fewest fan-ins
  std::size_t most;       // most fan-ins
};
const OpRule& rule(Op op);
std::optional<Op> op_named(std::string_view name);
std::string gate_op_names();  // "zero, one, …": all but input

// An op with its parameters; an op without any is a gate as it stands.
struct Gate {
  Op op;
  // Threshold: bound, then nothing (all weights are 1) or one weight a fan-in; |bound| and the sum
  // of |weights| are at most kLargestSum. Lut: the 2^k bits of its table as one number. Else empty.
  std::vector<std::int64_t> parameters;

  static constexpr std::int64_t kLargestSum = 1 << 20;
  static constexpr std::size_t kMostLutInputs = 6;

  Gate(Op op) : op(op) {}  // NOLINT: an op is a gate
  Gate(Op op, std::vector<std::int64_t> parameters) : op(op), parameters(std::move(parameters)) {}
  static Gate threshold(std::int64_t bound, const std::vector<std::int64_t>& weights = {});
  static Gate lut(std::uint64_t table) { return {Op::Lut, {static_cast<std::int64_t>(table)}}; }
  bool operator==(const Gate&) const = default;
};

// The empty text, or why `gate` cannot have this many fan-ins or these parameters.
std::string problem(const Gate& gate, std::size_t fanins);

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
// control characters. About 60 bytes a two-input gate.
class Circuit {
 public:
  Circuit() = default;  // no nodes, no outputs

  std::size_t nodes() const { return ops_.size(); }
  std::size_t inputs() const { return inputs_; }
  Op op(Node node) const { return ops_[node]; }
  std::span<const Node> fanins(Node node) const {
    return {fanins_.data() + first_fanin_[node], fanins_.data() + first_fanin_[node + 1]};
  }
  std::span<const std::int64_t> parameters(Node node) const {
    return {parameters_.data() + first_parameter_[node],
            parameters_.data() + first_parameter_[node + 1]};
  }
  Gate gate(Node node) const {
    return {op(node), {parameters(node).begin(), parameters(node).end()}};
  }
  const std::string& name(Node node) const { return names_[node]; }
  std::span<const Output> outputs() const { return outputs_; }

  bool operator==(const Circuit&) const = default;

 private:
  friend class Builder;
  std::size_t inputs_ = 0;
  std::vector<Op> ops_;
  // Node v's fan-ins start at first_fanin_[v], its parameters at first_parameter_[v]; both lists
  // have one more entry.
  std::vector<std::size_t> first_fanin_{0};
  std::vector<Node> fanins_;
  std::vector<std::uint32_t> first_parameter_{0};
  std::vector<std::int64_t> parameters_;
  std::vector<std::string> names_;
  std::vector<Output> outputs_;
};

}  // namespace circuits
