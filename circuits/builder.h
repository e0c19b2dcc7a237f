// Builds circuits node by node. A gate's fan-ins must exist before it, so no cycle can arise.
#pragma once

#include <string>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// Whether add() gives an earlier gate again when it has the same op, parameters and fan-ins (in any
// order where the order does not matter) and the new one is not given another name.
enum class Sharing { None, Structural };

// Every member throws Error with the reason: a wrong number of fan-ins, parameters that do not fit,
// a fan-in that does not exist, an input after a gate, a name that is taken or no name. After an
// Error the builder is as it was before.
//
// A name is UTF-8 text of 1 to 255 bytes without control characters. An empty name asks for the
// default one: x<i> for input i, g<v> for node v, y<i> for output i, followed by as many "_" as it
// takes to differ from all others.
class Builder {
 public:
  explicit Builder(Sharing sharing = Sharing::None) : sharing_(sharing) {}

  Node input(std::string name = "");
  Node add(const Gate& gate, const std::vector<Node>& fanins, std::string name = "");
  void output(Node node, std::string name = "");

  std::size_t nodes() const { return circuit_.nodes(); }
  std::size_t inputs() const { return circuit_.inputs(); }
  Op op(Node node) const { return circuit_.op(node); }
  std::span<const Node> fanins(Node node) const { return circuit_.fanins(node); }
  Circuit build() const;  // the circuit so far; more may be added afterwards

 private:
  Node append(const Gate& gate, const std::vector<Node>& fanins, std::string name);

  Sharing sharing_;
  Circuit circuit_;
  std::unordered_set<std::string> node_names_;         // those that were given
  std::unordered_set<std::string> output_names_;       // those that were given
  std::unordered_multimap<std::size_t, Node> shared_;  // by hash of structure
};

}  // namespace circuits
