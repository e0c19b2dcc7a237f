// The loss of a multi-layer perceptron and its gradients by hand: three matrix products a layer and one
// pass over its activations, in memory that is written again in every step.
#pragma once

#include <string>

#include "lab/subjects/training.h"

namespace lab {

// For parameters weight [out, in], bias [out] (where there are biases), weight, … of hidden layers
// with this activation and of a linear output, as MlpSubject has them. Equal to autograd's, to rounding.
// It holds scratch memory: one training at a time; gradients are overwritten by the next call.
Gradient mlp_gradient(const std::string& activation, bool bias, const LossConfig& loss);

}  // namespace lab
