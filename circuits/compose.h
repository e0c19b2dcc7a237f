// Circuits from circuits. Gates keep their meaning; their names are kept only where it is said.
#pragma once

#include <span>
#include <string>
#include <vector>

#include "circuits/builder.h"
#include "circuits/circuit.h"
#include "circuits/error.h"

namespace circuits {

// Adds the gates of `circuit` to `builder`, its input i being the node inputs[i]; returns where each
// node went. Names become prefix + name; without a prefix, gates get default names. Throws Error
// when the number of inputs differs or a name is taken.
std::vector<Node> copy_into(Builder& builder, const Circuit& circuit, std::span<const Node> inputs,
                            const std::string& prefix = "");

// The inputs and gates from which `outputs` (numbers of outputs) are computed, with names. All
// inputs stay, in their order, unless used_inputs_only. Throws Error for an output that does not
// exist or is asked for twice.
Circuit cone(const Circuit& circuit, std::span<const std::size_t> outputs,
             bool used_inputs_only = false);

// The same gates and names with the outputs `nodes`, named as the nodes are. Throws Error for a node
// that does not exist or occurs twice.
Circuit with_outputs(const Circuit& circuit, std::span<const Node> nodes);

// outer(inner(x)): output i of `inner` is input i of `outer`. Inputs are named as in `inner`,
// outputs as in `outer`. Throws Error when the numbers differ.
Circuit compose(const Circuit& outer, const Circuit& inner);

// `circuit` with its inputs and outputs in the order in which `model` has those of the same names.
// Throws Error when the numbers differ, or naming one that only one of them has.
Circuit in_order_of(const Circuit& model, const Circuit& circuit);

// All parts next to each other in one circuit: inputs of part 0, then of part 1, …, outputs
// likewise; names of part i are prefixed with "c<i>.". Throws Error for a name that becomes too long.
Circuit side_by_side(std::span<const Circuit> parts);

// The parts on the same inputs (those of part 0, with its names), outputs of part 0, then of part 1,
// …; gates and outputs of part i are prefixed with "c<i>.". Throws Error when the numbers of inputs
// differ, or without parts.
Circuit on_same_inputs(std::span<const Circuit> parts);

// One output, "differ": 1 iff an output of a and b, taken by position, differs. Inputs are named as
// in a. Throws Error when the numbers of inputs or outputs differ, saying which.
Circuit miter(const Circuit& a, const Circuit& b);

}  // namespace circuits
