#include "lab/scores/computation.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "lab/core/error.h"
#include "lab/core/statistics.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

constexpr std::array<const char*, 3> kClasses{"00", "01", "11"};

void accumulate(std::vector<double>& sums, const at::Tensor& by_output) {
  const std::vector<double> more = to_vector(by_output.to(at::kDouble));
  for (std::size_t t = 0; t < more.size(); ++t) sums[t] += more[t];
}

void add_to(Computation::Sums& sums, const at::Tensor& errors) {
  sums.count += errors.numel();
  sums.errors += errors.sum().item<double>();
  sums.squares += errors.square().sum().item<double>();
}

void require_shape(const at::Tensor& facts_BT, const at::Tensor& outputs_BT) {
  if (facts_BT.defined() && facts_BT.sizes() != outputs_BT.sizes()) {
    throw InputError("computation: facts and outputs differ in shape");
  }
}

// The mean e² of each output over the samples where it is active; none where it never is.
std::vector<double> active_errors(const Computation& c) {
  std::vector<double> errors;
  for (std::size_t t = 0; t < c.active.size(); ++t) {
    if (c.active[t] > 0) errors.push_back(c.active_sums[t] / c.active[t]);
  }
  return errors;
}

void add_active(Scores& scores, const Computation& c) {
  const std::vector<double> errors = active_errors(c);
  if (!c.has_active || errors.size() < c.active.size()) {
    const std::string reason = c.has_active ? "an output is active on no sample: take more samples"
                                            : "what outputs are functions of is not known";
    scores.merge(all_absent({"mse_active", "mse_active_cv"}, reason));
    return;
  }
  const double average = mean(errors);
  double variance = 0;
  for (const double e : errors) variance += (e - average) * (e - average);
  variance /= static_cast<double>(errors.size());
  scores["mse_active"] = Score::of(average);
  scores["mse_active_cv"] = average > 0 ? Score::of(std::sqrt(variance) / average)
                                        : Score::absent("mse_active is 0, so it does not vary");
}

void add_classes(Scores& scores, const Computation& c) {
  for (std::size_t k = 0; k < kClasses.size(); ++k) {
    const Computation::Sums& sums = c.by_class[k];
    const std::string suffix = kClasses[k];
    if (sums.count == 0) {
      scores.merge(all_absent({"rmse_" + suffix, "bias_" + suffix},
                              c.has_classes ? "no sample has such inputs of a gate"
                                            : "outputs are not all gates of two inputs"));
      continue;
    }
    const auto count = static_cast<double>(sums.count);
    scores["rmse_" + suffix] = Score::of(std::sqrt(sums.squares / count));
    scores["bias_" + suffix] = Score::of(sums.errors / count);
  }
}

}  // namespace

void add_batch(Computation& c, const at::Tensor& outputs_BT, const at::Tensor& targets_BT,
               const ComputationFacts& facts, std::optional<double> threshold) {
  if (outputs_BT.dim() != 2 || outputs_BT.sizes() != targets_BT.sizes()) {
    throw InputError("computation: outputs and targets differ in shape");
  }
  require_shape(facts.active_BT, outputs_BT);
  require_shape(facts.classes_BT, outputs_BT);
  if (outputs_BT.numel() == 0) return;
  const auto outputs = static_cast<std::size_t>(outputs_BT.size(1));
  for (std::vector<double>* sums : {&c.worst, &c.squares, &c.active, &c.active_sums}) {
    sums->resize(outputs, 0);
  }
  c.wrong.resize(outputs, 0);

  const at::Tensor errors_BT = score_input(outputs_BT, "the output") - targets_BT.detach();
  const at::Tensor sizes_BT = errors_BT.abs(), squares_BT = errors_BT.square();
  c.inputs += errors_BT.size(0);
  c.off_by_half += (sizes_BT > .5).sum().item<std::int64_t>();
  add_to(c.all, errors_BT);
  const std::vector<double> worst = to_vector(sizes_BT.amax(0));
  for (std::size_t t = 0; t < outputs; ++t) c.worst[t] = std::max(c.worst[t], worst[t]);
  accumulate(c.squares, squares_BT.sum(0));
  if (facts.active_BT.defined()) {
    c.has_active = true;
    accumulate(c.active, facts.active_BT.sum(0));
    accumulate(c.active_sums, (squares_BT * facts.active_BT).sum(0));
  }
  if (facts.classes_BT.defined()) {
    c.has_classes = true;
    for (std::size_t k = 0; k < c.by_class.size(); ++k) {
      const auto ones = static_cast<std::int64_t>(k);
      add_to(c.by_class[k], errors_BT.masked_select(facts.classes_BT.eq(ones)));
    }
  }
  if (threshold) {
    c.has_threshold = true;
    const at::Tensor distance = outputs_BT.detach().to(at::kDouble) - *threshold;
    const at::Tensor wrong = at::where(targets_BT > .5, distance, -distance) <= 0;
    const std::vector<double> counts = to_vector(wrong.sum(0).to(at::kDouble));
    for (std::size_t t = 0; t < outputs; ++t) c.wrong[t] += static_cast<std::int64_t>(counts[t]);
  }
}

Scores computation_scores(const Computation& c, double epsilon) {
  if (c.inputs == 0) throw InputError("computation: no input was run");
  const auto outputs = static_cast<double>(c.worst.size());
  const auto count = static_cast<double>(c.all.count);
  Scores scores;
  scores["rmse"] = Score::of(std::sqrt(c.all.squares / count));
  scores["worst_error"] = Score::of(std::ranges::max(c.worst));
  scores["off_by_half"] = Score::of(static_cast<double>(c.off_by_half) / count);
  const auto close = std::ranges::count_if(c.worst, [&](double e) { return e <= epsilon; });
  scores["epsilon_accuracy"] = Score::of(static_cast<double>(close) / outputs);
  scores["exact_outputs"] =
      c.has_threshold ? Score::of(static_cast<double>(std::ranges::count(c.wrong, 0)) / outputs)
                      : Score::absent("targets are real, or no threshold decides");
  add_classes(scores, c);
  add_active(scores, c);
  return scores;
}

Table computation_table(const Computation& c, const std::vector<std::string>& labels) {
  const double nan = std::numeric_limits<double>::quiet_NaN();
  const auto inputs = static_cast<double>(c.inputs);
  Table table{{"rmse", "worst", "mse_active", "wrong"}, {}, labels};
  for (std::size_t t = 0; t < c.worst.size(); ++t) {
    table.rows.push_back({std::sqrt(c.squares[t] / inputs), c.worst[t],
                          c.active[t] > 0 ? c.active_sums[t] / c.active[t] : nan,
                          c.has_threshold ? static_cast<double>(c.wrong[t]) / inputs : nan});
  }
  return table;
}

std::optional<std::vector<std::array<circuits::Node, 2>>> output_pairs(
    const circuits::Circuit& circuit) {
  std::vector<std::array<circuits::Node, 2>> pairs;
  for (const circuits::Output& output : circuit.outputs()) {
    const auto fanins = circuit.fanins(output.node);
    if (fanins.size() != 2 || fanins[0] == fanins[1]) return std::nullopt;
    for (const circuits::Node fanin : fanins) {
      if (circuit.op(fanin) != circuits::Op::Input) return std::nullopt;
    }
    pairs.push_back({fanins[0], fanins[1]});
  }
  return pairs;
}

}  // namespace lab
