#include "experiments/examine.h"

#include <ATen/ATen.h>

#include "experiments/evaluation_sums.h"
#include "experiments/measure.h"
#include "lab/geometry/circle.h"
#include "lab/scores/dictionary.h"
#include "lab/scores/probes.h"
#include "lab/scores/superposition.h"

namespace lab {
namespace {

// Linear probes for the circuit's gates at the site, beside the untrained network and the inputs.
void add_probes(Record& record, const ExamineKey& key, const World& world,
                const Measured& measured) {
  const at::Tensor gates_BG = gate_values(world, measured.batch);
  if (gates_BG.size(1) == 0) {
    record.add(
        all_absent({"gate_probe", "gate_probe_tap", "gate_probe_untrained", "gate_probe_inputs"},
                   "the world has no gates"));
    return;
  }
  const Trained start = untrained(key.train);
  const at::Tensor before_BD = Site(*start.subject, key.site).acts(measured.batch).out_BD;
  const Draw draw("scores/probes", key.train.world.seed.value_or(0));
  ProbeReport report = probe_scores(measured.acts.out_BD, before_BD, measured.batch.inputs_BN,
                                    gates_BG, split_inputs(measured.batch.inputs_BN, draw));
  record.add(report.scores);
  record.tables["gate_probes"] = std::move(report.table);
}

// The features that are present and the task's loss, over all samples.
void add_task(Record& record, const World& world, const Site& site, const Measured& head,
              std::int64_t samples, std::int64_t rows) {
  double present = 0;  // a whole number
  std::optional<double> loss;
  const double total = static_cast<double>(samples);
  for_each_batch(
      world, head.batch, samples, rows, [&](const Batch& batch, std::optional<std::int64_t> place) {
        const std::int64_t count = batch.inputs_BN.size(0);
        present += batch.present_BF.sum().item<double>();
        const auto here =
            site.loss(batch, place.has_value() ? head.acts.out_BD.narrow(0, *place, count)
                                               : site.acts(batch).out_BD);
        if (!here.has_value()) return;
        loss = loss.value_or(0) + here->item<double>() * static_cast<double>(count) / total;
      });
  record.add("true_l0", Score::of(present / total));
  record.add("task_loss",
             loss.has_value() ? Score::of(*loss) : Score::absent("the subject has no task"));
}

Scores truth_scores(const World& world, const Subject& subject, const Measured& measured) {
  std::vector<Scores> circles;
  for (const Relation& relation : relations_of(world, subject, "circle")) {
    const at::Tensor rows = at::tensor(coordinates_of(world.truth(), relation), at::kLong);
    circles.push_back(circle_scores(measured.directions_CD.index_select(0, rows)));
  }
  Scores scores = mean_of(circles, circle_score_names, "the world has no circle");
  scores.merge(coherence_scores(measured.directions_CD));
  Scores prefixed;
  for (auto& [name, score] : scores) prefixed.emplace("truth_" + name, std::move(score));
  return prefixed;
}

Product make_examine(const ExamineKey& key, Context& context) {
  return examine(key, context, Held{});
}

}  // namespace

Product examine(const ExamineKey& key, Context& context, const Held& held) {
  const at::NoGradGuard no_gradients;
  const Trained on = trained(key.train, context);
  const Site site(*on.subject, key.site);
  const std::int64_t numbers = on.world->truth().coordinates();
  const Measured measured = measure(*on.world, *on.subject, site, key.samples,
                                    rows_that_fit(key.samples, numbers, held.kept), held.batch);
  Product product;
  Record& record = product.record;
  add_task(record, *on.world, site, measured, key.samples,
           rows_that_fit(key.samples, numbers, held.batch));
  record.add("direction_r2", measured.estimated ? Score::of(measured.direction_r2)
                                                : Score::absent("the directions are planted"));
  add_emulation(record, *on.world, *on.subject, key.samples, context.stop());
  add_probes(record, key, *on.world, measured);
  record.add(named(truth_scores(*on.world, *on.subject, measured), measured.estimated));
  SuperpositionReport shared = superposition_scores(measured.directions_CD);
  record.add(named(std::move(shared.scores), measured.estimated));
  record.tables["dimensionalities"] = std::move(shared.table);
  return product;
}

StagePtr examine_stage(const ExamineKey& key) {
  return make_stage(key, {train_stage(key.train)}, make_examine);
}

}  // namespace lab
