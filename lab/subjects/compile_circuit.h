// From a circuit to layers of ReLU neurons that compute it exactly. Knows nothing of tensors.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "circuits/circuit.h"

namespace lab {

// A value of the plan or its complement, or a constant.
struct Literal {
  std::int64_t value = -1;  // number of a value; −1: a constant
  bool complement = false;  // of a constant: whether it is 1
  bool operator==(const Literal&) const = default;
};

// constant + Σ coefficient · value
struct Affine {
  struct Term {
    std::int64_t value;
    double coefficient;
  };
  std::vector<Term> terms;
  double constant = 0;
};

// relu(pre) of the values that the layer before carries, added `weight` times to one value.
struct PlannedNeuron {
  Affine pre;
  std::int64_t value;
  double weight;
  std::string text;  // "g7: relu(a + b - 1)"
};

struct PlannedLayer {
  std::vector<PlannedNeuron> neurons;
  std::vector<std::int64_t> carried;  // the values that are known after it, ascending
  std::vector<double> constants;      // added to each of these
};

struct CircuitPlan {
  std::vector<std::string> names;  // of values: inputs, then gates
  std::vector<std::int64_t>
      level;  // 0 for inputs; a gate's value is made by layer number level − 1
  std::vector<std::int64_t> inputs;  // the inputs that layer 0 or an output reads, ascending
  std::vector<PlannedLayer> layers;
  std::vector<Literal> outputs;
  std::vector<Literal> nodes;  // what each node of the circuit is
};

// Every value is 0 or 1 on boolean inputs. With literals a, b, … (complements are 1 − value and cost
// nothing, nor do NOT, BUF and constants):
//   and of n     relu(Σ − (n − 1))            one neuron; nand, or, nor likewise by complements
//   xor          relu(a + b) − 2 relu(a + b − 1)
//   maj of 3     relu(Σ − 1) − relu(Σ − 2)    0, 0, 1, 1 for Σ = 0 … 3; one ReLU cannot
//   mux s a b    relu(a + s − 1) + relu(b − s)
// XOR of more is a balanced tree, MAJ of more, THRESHOLD and LUT become multiplexers as circuits/evaluation
// evaluates them. No two nodes share a neuron but for copies and complements. Levels: a gate's layer follows those of its fan-ins; what
// is read later is carried on by a neuron relu(v) = v a layer, an output to the last one. Gates that no
// output depends on are made, too: they are features.
CircuitPlan plan_circuit(const circuits::Circuit& circuit);

}  // namespace lab
