#include "lab/mechanisms/das.h"

#include <ATen/ATen.h>
#include <torch/csrc/autograd/autograd.h>

#include <cmath>

#include "lab/core/error.h"
#include "lab/core/stop.h"
#include "lab/subjects/interventions.h"
#include "lab/tensors/optimizer.h"

namespace lab {
namespace {

using std::int64_t;

// Interchanges whose sources have been run.
struct Task {
  const Interchange* of;
  at::Tensor source_BD;
  int64_t first, rows;  // which rows of the basis are exchanged
};

// The loss of a minibatch of pairs when the rows of the basis are exchanged.
at::Tensor loss_of(const Subject& subject, const std::string& at_tap, const Task& task,
                   const at::Tensor& basis_KD, const at::Tensor& chosen) {
  const Batch& base = task.of->pairs.base;
  const Batch batch{base.inputs_BN.index_select(0, chosen),
                    base.values_BC.index_select(0, chosen),
                    base.present_BF.index_select(0, chosen),
                    task.of->wanted_BT.index_select(0, chosen).to(at::kFloat),
                    base.split,
                    base.first};
  const at::Tensor source_BD = task.source_BD.index_select(0, chosen);
  const at::Tensor part_KD = basis_KD.narrow(0, task.first, task.rows);
  const at::Tensor output = subject.run(batch, [&](std::string_view tap, const at::Tensor& acts) {
    return tap == at_tap ? acts + (source_BD - acts).mm(part_KD.t()).mm(part_KD) : acts;
  });
  const std::optional<at::Tensor> own = subject.loss(output, batch);
  return own.has_value() ? *own : (output - batch.targets_BT).square().mean();
}

at::Tensor rows_of_basis(const at::Tensor& params_DK) {
  return std::get<0>(at::linalg_qr(params_DK)).t();
}

}  // namespace

std::vector<Place> trained_subspaces(const Subject& subject, const std::string& tap,
                                     const std::vector<Interchange>& single,
                                     const std::vector<Interchange>& joint,
                                     const PlaceSearch& search, const Draw& draw,
                                     std::int64_t start) {
  const int64_t k = search.dimensions, all = k * static_cast<int64_t>(single.size());
  Words words = draw.at(static_cast<std::uint64_t>(start));
  const at::Tensor start_KD = random_basis(all, subject.tap_width(tap), words);  // throws: too many
  std::vector<Task> tasks;
  const auto add = [&](const Interchange& of, int64_t first, int64_t rows) {
    tasks.push_back({&of, acts_at(subject, of.pairs.source, {tap})[0], first, rows});
  };
  for (std::size_t v = 0; v < single.size(); ++v) {
    add(single[v], static_cast<int64_t>(v) * k, k);
  }
  for (const Interchange& of : joint) add(of, 0, all);

  const at::Tensor params_DK = start_KD.t().contiguous().requires_grad_();
  OptimizerConfig adam;
  adam.lr = search.lr;
  Optimizer optimizer(adam, {params_DK});
  const ScheduleConfig cosine{Cosine{}};
  for (int64_t step = 0; step < search.steps; ++step) {
    poll_stop();
    at::Tensor gradient;
    {
      const at::AutoGradMode with_gradients(true);
      const at::Tensor basis_KD = rows_of_basis(params_DK);
      at::Tensor loss = at::zeros({});
      for (const Task& task : tasks) {
        std::vector<int64_t> chosen(static_cast<std::size_t>(search.batch));
        const auto pairs = static_cast<std::uint64_t>(task.source_BD.size(0));
        for (int64_t& row : chosen) row = static_cast<int64_t>(words.below(pairs));
        loss = loss + loss_of(subject, tap, task, basis_KD, at::tensor(chosen, at::kLong));
      }
      if (!std::isfinite(loss.item<double>())) {
        throw Failure("alignment: the loss is not finite at step " + std::to_string(step));
      }
      gradient = torch::autograd::grad({loss}, {params_DK})[0];
    }
    optimizer.step({gradient}, search.lr * schedule_factor(cosine, step, search.steps));
  }
  const at::Tensor basis_KD = rows_of_basis(params_DK.detach()).contiguous();
  std::vector<Place> places;
  for (std::size_t v = 0; v < single.size(); ++v) {
    places.push_back(
        subspace_place(tap, basis_KD.narrow(0, static_cast<int64_t>(v) * k, k).clone()));
  }
  return places;
}

}  // namespace lab
