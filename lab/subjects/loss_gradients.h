// The task losses (losses.h) and their gradients by the outputs, by hand.
#pragma once

#include <ATen/core/Tensor.h>

#include "lab/subjects/losses.h"

namespace lab {

// The value of mean_loss(loss, output, targets), and its gradient by the outputs in `gradient_BT`, which
// has their shape. All are contiguous float32. Where |·|^p, hinge and the like have kinks, the gradient is
// autograd's.
double loss_and_gradient(const LossConfig& loss, const at::Tensor& output_BT,
                         const at::Tensor& targets_BT, at::Tensor& gradient_BT);

}  // namespace lab
