// Interchange at the level of the circuit: what it would say if one gate had the value that it has on
// another input. What an intervention on a network is compared with (Geiger et al. 2021, arXiv
// 2106.02997, interchange interventions).
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <string>
#include <vector>

#include "circuits/circuit.h"
#include "lab/worlds/world.h"

namespace lab {

// Two inputs for every row: the run that is changed, and the run from which a value is taken.
struct Pairs {
  Batch base;
  Batch source;
};

// Pair b is samples 2b and 2b+1 of the split, drawn as the world draws its inputs. Pairs first …
// first+count−1.
Pairs sample_pairs(const World& world, const std::string& split, std::int64_t first,
                   std::int64_t count);

// Bool [B, inputs of the circuit]: what the truth's circuit reads in a batch. Where every one of its
// inputs is a feature, their presence (so that a circuit may stand on concepts of real inputs, as in
// the world `equality`), else the bits of inputs_BN. Throws InputError without a circuit.
at::Tensor circuit_inputs(const Truth& truth, const Batch& batch);

// Bool [B, V]: the value of every node of `circuit` on a batch's inputs (0 and 1, or −1 and 1).
// Throws InputError when the inputs are not as many as the circuit's.
at::Tensor node_values(const circuits::Circuit& circuit, const at::Tensor& inputs_BN);

// Bool [B, T]: the circuit's outputs on the base inputs when the nodes `forced` have, in row b, the
// values `values_BK` [B, K] instead of their own. Nodes after them follow; a forced node that depends
// on another one keeps what it was forced to. Throws InputError when shapes do not fit.
at::Tensor outputs_when(const circuits::Circuit& circuit, const at::Tensor& inputs_BN,
                        const std::vector<circuits::Node>& forced, const at::Tensor& values_BK);

// outputs_when with the values that the nodes have on the pairs' sources; the first for circuits that
// read the world's inputs.
at::Tensor interchanged_outputs(const circuits::Circuit& circuit, const Pairs& pairs,
                                const std::vector<circuits::Node>& nodes);
at::Tensor interchanged_outputs(const Truth& truth, const Pairs& pairs,
                                const std::vector<circuits::Node>& nodes);

}  // namespace lab
