#include "experiments/phase_diagram.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <limits>
#include <optional>

#include "experiments/stages.h"
#include "lab/subjects/toy_autoencoder.h"
#include "lab/theory/superposition_phases.h"

namespace lab {
namespace {

// All cells by one of their training keys, that of the first model of the first cell.
struct PhaseDiagramKey {
  static constexpr const char* stage = "phase_diagram";
  static constexpr std::int64_t revision = 1;
  TrainKey train;
  std::vector<double> importances;
  std::vector<double> densities;
  std::int64_t models = 1;
  double clear_margin = 0;
  void fields(Fields& f) {
    f("train", train, required(), "the first model of the first cell");
    f("importances", importances, required(), "importance of the extra feature");
    f("densities", densities, required(), "probability that a feature is present");
    f("models", models, required(), "models a cell; their seeds follow each other");
    f("clear_margin", clear_margin, required(), "margin of the cells that are judged");
  }

  // Model `number` of a cell.
  TrainKey model(double importance, double density, std::int64_t number) const {
    TrainKey key = train;
    std::get<Sparse>(key.world.kind).probability.kind = EqualProbabilities{density};
    std::get<ToyAutoencoder>(key.subject.kind).importance.kind = ListedImportance{{1, importance}};
    key.world.seed = *train.world.seed + number;
    key.subject.seed = *train.subject.seed + number;
    return key;
  }
};

TwoFeatureModel model_of(const Trained& trained) {
  const Tensors weights = trained.subject->weights();
  const at::Tensor W = weights.at("W").to(at::kDouble), b = weights.at("b").to(at::kDouble);
  return {{W[0][0].item<double>(), W[1][0].item<double>()},
          {b[0].item<double>(), b[1].item<double>()}};
}

struct Cell {
  double importance, density;
  TwoFeatureModel model;  // the best
  double loss;
  PhaseCosts costs;
  bool judged;

  double excess() const { return loss / derived_loss() - 1; }
  double derived_loss() const {
    return std::min({costs.not_represented, costs.dedicated, costs.antipodal});
  }
  bool agrees() const {
    const TrainedPhase trained = phase_of(model);
    return trained.known && trained.phase == costs.best;
  }
};

Cell cell_of(const PhaseDiagramKey& key, double importance, double density, Context& context) {
  std::optional<TwoFeatureModel> best;
  double least = std::numeric_limits<double>::infinity();
  for (std::int64_t number = 0; number < key.models; ++number) {
    const TwoFeatureModel model =
        model_of(trained(key.model(importance, density, number), context));
    const double loss = expected_loss(model, importance, density);
    if (loss >= least) continue;
    best = model;
    least = loss;
  }
  const PhaseCosts costs = phase_costs(importance, density);
  const bool degenerate = importance == 1 && density > 0.6;
  return {importance, density, best.value(),
          least,      costs,   costs.margin >= key.clear_margin && !degenerate};
}

std::vector<double> row_of(const Cell& cell) {
  const TrainedPhase trained = phase_of(cell.model);
  return {
      cell.importance,
      cell.density,
      trained.known ? static_cast<double>(trained.phase) : std::numeric_limits<double>::quiet_NaN(),
      static_cast<double>(cell.costs.best),
      cell.loss,
      cell.derived_loss(),
      cell.excess(),
      cell.costs.margin,
      cell.judged ? 1.0 : 0.0,
      cell.model.w[0],
      cell.model.w[1]};
}

Score share(std::int64_t part, std::int64_t whole) {
  if (whole == 0) return Score::absent("no cell is clear of the boundaries");
  return Score::of(static_cast<double>(part) / static_cast<double>(whole));
}

Product make_phase_diagram(const PhaseDiagramKey& key, Context& context) {
  Product product;
  Table table{{"importance", "density", "phase", "derived_phase", "loss", "derived_loss", "excess",
               "margin", "judged", "w1", "w2"},
              {},
              {}};
  std::int64_t cells = 0, judged = 0, agreed = 0, judged_agreed = 0;
  double worst = -1;
  for (const double importance : key.importances) {
    for (const double density : key.densities) {
      context.stop().check();
      const Cell cell = cell_of(key, importance, density, context);
      table.rows.push_back(row_of(cell));
      ++cells;
      judged += cell.judged;
      agreed += cell.agrees();
      judged_agreed += cell.judged && cell.agrees();
      worst = std::max(worst, cell.excess());
    }
  }
  product.record.add("agreement", share(judged_agreed, judged));
  product.record.add("agreement_all", share(agreed, cells));
  product.record.add("cells", Score::of(static_cast<double>(cells)));
  product.record.add("cells_judged", Score::of(static_cast<double>(judged)));
  product.record.add("worst_excess", Score::of(worst));
  product.record.tables["diagram"] = std::move(table);
  return product;
}

}  // namespace

StagePtr last_stage(const PhaseDiagram& config, std::int64_t seed) {
  ToyAutoencoder subject;
  subject.hidden = 1;
  subject.init_sd = config.init_sd;
  subject.training = config.training;
  Sparse world;
  world.features = 2;
  world.magnitude.kind = UniformMagnitude{0, 1};
  const std::int64_t first = seed * config.models;
  const TrainKey train{WorldConfig{world, first}, SubjectConfig{subject, first}};
  const PhaseDiagramKey key{train, config.importances, config.densities, config.models,
                            config.clear_margin};
  PhaseDiagramKey named = key;
  named.train = key.model(config.importances.front(), config.densities.front(), 0);
  std::vector<StagePtr> needs;
  for (const double importance : config.importances) {
    for (const double density : config.densities) {
      for (std::int64_t number = 0; number < config.models; ++number) {
        needs.push_back(train_stage(key.model(importance, density, number)));
      }
    }
  }
  return make_stage(named, std::move(needs), make_phase_diagram);
}

}  // namespace lab
