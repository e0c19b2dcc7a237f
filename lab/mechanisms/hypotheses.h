// Circuits as hypotheses about a network: what each predicts when one of its inner functions is
// exchanged, and where the predictions of two differ.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/rewriting/node_functions.h"
#include "lab/worlds/interchange.h"

namespace lab {

// A function that some gate of a circuit computes, up to complement. Complements are one: whoever
// exchanges a variable exchanges its complement, too.
struct InnerFunction {
  circuits::FunctionHash hash;
  std::vector<circuits::Node> nodes;  // all that compute it or its complement
};

// A circuit with its inner functions: those of gates that are not constant and not those of inputs or
// outputs, in the order of their first nodes. Throws InputError beyond 24 inputs.
struct Hypothesis {
  std::string name;
  circuits::Circuit circuit;
  std::vector<InnerFunction> functions;
};
Hypothesis hypothesis(const std::string& name, const circuits::Circuit& circuit);

// Bool [B, T]: the outputs on the pairs' bases when the function has the sources' values. All nodes
// that compute it are set.
at::Tensor prediction(const Hypothesis& hypothesis, const InnerFunction& function,
                      const Pairs& pairs);

// can_distinguish: the share of (function, pair) on which the predictions of two hypotheses differ, over
// the inner functions of both. One that has no such function predicts that nothing changes. 0: no
// exchange of a single function can tell them apart, and whatever ranks them is a tie. In [0, 1];
// symmetric. The circuits must compute the same outputs on the pairs.
double can_distinguish(const Hypothesis& a, const Hypothesis& b, const Pairs& pairs);

}  // namespace lab
