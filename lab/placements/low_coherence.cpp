// Vectors with small coherence, by gradient descent on a smooth maximum of their squared cosines.
#include <ATen/ATen.h>

#include <cmath>
#include <limits>

#include "lab/placements/families.h"

#include "lab/core/stop.h"
#include "lab/tensors/optimizer.h"
#include "lab/tensors/tensors.h"

namespace lab::families {

std::int64_t least_width(const LowCoherence&, const Truth& truth) {
  return least_width(Random{}, truth);
}

namespace {

// β times the largest cos² rises from the first to the last of these: from an average over many pairs
// to the few worst ones. Chosen, with the rate, for the least coherence of 24 to 256 vectors.
constexpr double kFirstSharpness = 3;
constexpr double kLastSharpness = 300;
constexpr double kRate = 0.03;  // of Adam, for rows of norm 1

struct Gram {
  at::Tensor cosines_CC;  // with zeros on the diagonal
  at::Tensor squares_CC;
  double largest;  // square
};

Gram gram_of(const at::Tensor& x_CD) {
  const at::Tensor cosines = x_CD.mm(x_CD.t()).fill_diagonal_(0);
  const at::Tensor squares = cosines.square();
  return {cosines, squares, squares.max().item<double>()};
}

// The gradient, up to a factor, of (1/β) log Σ exp(β cos²). Overwrites the squares.
at::Tensor gradient(const Gram& gram, const at::Tensor& x_CD, double beta) {
  return gram.squares_CC.sub_(gram.largest).mul_(beta).exp_().mul_(gram.cosines_CC).mm(x_CD);
}

}  // namespace

Placed place(const LowCoherence& config, const Task& task) {
  const std::int64_t rows = task.truth.coordinates();
  const Draw draw = task.draw("low_coherence");
  if (rows <= task.width) return {random_frame(draw, 0, rows, task.width), {}};

  const at::Tensor x = orthonormal_features(normals(draw, 0, rows, task.width), task.truth);
  const ScheduleConfig schedule{Cosine{}};
  Optimizer optimizer({.kind = Adam{}, .lr = kRate}, {x});
  at::Tensor best = x.clone();
  double least = std::numeric_limits<double>::infinity();
  for (std::int64_t step = 0; step <= config.steps; ++step) {
    poll_stop();
    const Gram gram = gram_of(x);
    if (gram.largest < least) {
      least = gram.largest;
      best.copy_(x);
    }
    if (step == config.steps || least == 0) break;
    const double done = static_cast<double>(step) / static_cast<double>(config.steps);
    const double sharpness = kFirstSharpness * std::pow(kLastSharpness / kFirstSharpness, done);
    optimizer.step({gradient(gram, x, sharpness / gram.largest)},
                   kRate * schedule_factor(schedule, step, config.steps));
    x.copy_(orthonormal_features(x, task.truth));
  }
  return {orthonormal_features(best.to(at::kDouble), task.truth), {}};
}

}  // namespace lab::families
