// Builds circuits node by node. A gate's fan-ins must exist before it, so no cycle can arise.
#pragma once

#include <string>
#include <unordered_set>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// Every member throws Error with the reason: a wrong number of fan-ins, a fan-in that does not
// exist, an input after a gate, a name that is taken or no name.
//
// A name is UTF-8 text of 1 to 255 bytes without control characters. An empty name asks for the
// default one: x<i> for input i, g<v> for node v, y<i> for output i, followed by as many "_" as it
// takes to differ from all others.
class Builder {
 public:
  Node input(std::string name = "");
  Node add(Op op, const std::vector<Node>& fanins, std::string name = "");
  void output(Node node, std::string name = "");

  std::size_t nodes() const { return circuit_.nodes(); }
  Circuit build();  // the circuit so far; more may be added afterwards

 private:
  Node append(Op op, const std::vector<Node>& fanins, std::string name);

  Circuit circuit_;
  std::unordered_set<std::string> node_names_;    // those that were given
  std::unordered_set<std::string> output_names_;  // those that were given
};

}  // namespace circuits
