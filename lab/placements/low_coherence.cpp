// Vectors with small coherence, by gradient descent on a smooth maximum of their squared cosines.
#include <torch/types.h>

#include <cmath>

#include "lab/placements/families.h"
#include "lab/tensors/optimizer.h"
#include "lab/tensors/tensors.h"

namespace lab::families {

std::int64_t least_width(const LowCoherence&, const Truth& truth) {
  return least_width(Random{}, truth);
}

namespace {

// β times the largest cos² rises from the first to the last of these: from an average over many
// pairs to the few worst ones.
constexpr double kFirstSharpness = 10;
constexpr double kLastSharpness = 3000;
constexpr double kRate = 0.02;  // of Adam, for rows of norm 1

struct Gram {
  at::Tensor cosines_CC;  // with zeros on the diagonal
  double largest_square;
};

Gram gram_of(const at::Tensor& x_CD) {
  Gram gram{x_CD.mm(x_CD.t()).fill_diagonal_(0), 0};
  const double largest = gram.cosines_CC.abs().max().item<double>();
  gram.largest_square = largest * largest;
  return gram;
}

// The gradient, up to a factor, of (1/β) log Σ exp(β cos²).
at::Tensor gradient(const Gram& gram, const at::Tensor& x_CD, double beta) {
  const at::Tensor weights =
      gram.cosines_CC.square().sub_(gram.largest_square).mul_(beta).exp_().mul_(gram.cosines_CC);
  return weights.mm(x_CD);
}

}  // namespace

Placed place(const LowCoherence& config, const Task& task) {
  const std::int64_t rows = task.truth.coordinates();
  if (rows <= task.width)
    return {random_frame(task.draw("low_coherence"), 0, rows, task.width), {}};

  const at::Tensor x = orthonormal_features(
      normals(task.draw("low_coherence"), 0, rows, task.width).to(at::kDouble), task.truth);
  const ScheduleConfig schedule{Cosine{}};
  Optimizer optimizer({.kind = Adam{}, .lr = kRate}, {x});
  at::Tensor best = x.clone();
  double least = gram_of(x).largest_square;
  for (std::int64_t step = 0; step < config.steps && least > 0; ++step) {
    const double done = static_cast<double>(step) / static_cast<double>(config.steps);
    const double sharpness = kFirstSharpness * std::pow(kLastSharpness / kFirstSharpness, done);
    const Gram gram = gram_of(x);
    if (gram.largest_square < least) {
      least = gram.largest_square;
      best.copy_(x);
    }
    optimizer.step({gradient(gram, x, sharpness / gram.largest_square)},
                   kRate * schedule_factor(schedule, step, config.steps));
    x.copy_(orthonormal_features(x, task.truth));
  }
  return {gram_of(x).largest_square < least ? x : best, {}};
}

}  // namespace lab::families
