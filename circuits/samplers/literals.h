// Nodes and their complements, for samplers that negate fan-ins.
#pragma once

#include <unordered_map>

#include "circuits/builder.h"

namespace circuits {

// Gives a node, or its NOT, which is made when it is first asked for. The builder must outlive it.
class Literals {
 public:
  explicit Literals(Builder& builder) : builder_(builder) {}

  Node operator()(Node node, bool negated) {
    if (!negated) return node;
    const auto found = inverters_.find(node);
    if (found != inverters_.end()) return found->second;
    return inverters_[node] = builder_.add(Op::Not, {node});
  }

 private:
  Builder& builder_;
  std::unordered_map<Node, Node> inverters_;
};

}  // namespace circuits
