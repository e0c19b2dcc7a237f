#include "experiments/superposition_levels.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>

#include "experiments/stages.h"
#include "lab/core/statistics.h"
#include "lab/scores/superposition.h"

namespace lab {
namespace {

constexpr double kPlateau = 0.5, kPlateauHalfWidth = 0.03;
constexpr double kSuperposed = 0.95;  // levels with a lower D* are searched for lines

struct Line {
  const char* score;
  double fraction;
};
constexpr Line kLines[] = {{"line_1_2", 1.0 / 2},
                           {"line_3_4", 3.0 / 4},
                           {"line_2_3", 2.0 / 3},
                           {"line_2_5", 2.0 / 5},
                           {"line_3_8", 3.0 / 8}};

double value_or_nan(const Score& score) {
  return score.present ? score.value : std::numeric_limits<double>::quiet_NaN();
}

void add_line_scores(Record& record, std::span<const double> pooled) {
  double others = 0;
  for (const Line& line : kLines) {
    const double stands = line_stands(pooled, line.fraction) ? 1 : 0;
    record.add(line.score, Score::of(stands));
    if (line.fraction != kPlateau) others += stands;
  }
  record.add("other_lines", Score::of(others));
  record.add("line_features", Score::of(static_cast<double>(pooled.size())));
}

Product make_levels(const SuperpositionLevelsKey& key, Context& context) {
  const at::NoGradGuard no_gradients;
  Table levels{
      {"level", "density", "inverse_density", "d_star", "povm_error", "train_loss"}, {}, {}};
  Table dimensionalities{{"level", "inverse_density", "norm", "dimensionality"}, {}, {}};
  const Draw blur("superposition_levels/blur", key.blur_seed.value_or(0));
  std::vector<double> d_stars, povm_errors, pooled, all;
  for (std::size_t k = 0; k < key.levels.size(); ++k) {
    context.stop().check();
    const TrainKey& train = key.levels[k];
    const auto level = static_cast<double>(k);
    const double density = key.densities[k];
    const at::Tensor w_CD = trained(train, context).subject->planted("hidden")->directions_CD;
    const SuperpositionReport report = superposition_scores(w_CD);
    Superposition each = superposition(w_CD);
    each.dimensionality =
        blurred(std::move(each.dimensionality), key.blur, blur, static_cast<std::int64_t>(k));
    for (std::size_t i = 0; i < each.norm.size(); ++i) {
      dimensionalities.rows.push_back({level, 1 / density, each.norm[i], each.dimensionality[i]});
    }
    const Score &d_star = report.scores.at("d_star"), &povm = report.scores.at("povm_error");
    if (!d_star.present) throw Failure("level " + std::to_string(k) + ": " + d_star.reason);
    const Record history = context.need(id_of(key_text(train))).record;
    levels.rows.push_back({level, density, 1 / density, d_star.value, povm.value,
                           value_or_nan(history.scores.at("train_loss"))});
    d_stars.push_back(d_star.value);
    povm_errors.push_back(povm.value);
    all.insert(all.end(), each.dimensionality.begin(), each.dimensionality.end());
    if (d_star.value >= kSuperposed) continue;
    pooled.insert(pooled.end(), each.dimensionality.begin(), each.dimensionality.end());
  }
  Product product;
  Record& record = product.record;
  record.add("d_star_first", Score::of(d_stars.front()));
  record.add("d_star_last", Score::of(d_stars.back()));
  const auto on_plateau = std::count_if(d_stars.begin(), d_stars.end(), [](double d) {
    return std::abs(d - kPlateau) <= kPlateauHalfWidth;
  });
  record.add("plateau_levels", Score::of(static_cast<double>(on_plateau)));
  record.add("povm_error_mean", Score::of(mean(povm_errors)));
  // Without any level in superposition (an untrained network, whose vectors are short) all are looked
  // at: a test of nothing would be no control.
  add_line_scores(record, pooled.empty() ? all : pooled);
  record.tables["levels"] = std::move(levels);
  record.tables["dimensionalities"] = std::move(dimensionalities);
  return product;
}

}  // namespace

StagePtr last_stage(const SuperpositionLevels& config, std::int64_t seed) {
  SuperpositionLevelsKey key;
  std::vector<StagePtr> needs;
  const double last = std::max<double>(1, static_cast<double>(config.levels - 1));
  for (std::int64_t k = 0; k < config.levels; ++k) {
    const double density = std::pow(config.least_density, static_cast<double>(k) / last);
    Sparse world;
    world.features = config.features;
    world.probability.kind = EqualProbabilities{density};
    world.magnitude.kind = UniformMagnitude{};
    const TrainKey train{{.kind = world, .seed = seed}, {.kind = config.subject, .seed = seed}};
    key.levels.push_back(train);
    key.densities.push_back(density);
    needs.push_back(train_stage(train));
  }
  key.blur = config.blur;
  if (config.blur > 0) key.blur_seed = seed;
  return make_stage(key, std::move(needs), make_levels);
}

}  // namespace lab
