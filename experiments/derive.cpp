#include "experiments/derive.h"

#include <optional>
#include <string>
#include <vector>

#include "experiments/stages.h"
#include "lab/core/error.h"
#include "lab/theory/absorption.h"
#include "lab/theory/circle_tiling.h"
#include "lab/theory/kgons.h"
#include "lab/theory/superposition_phases.h"

namespace lab {
namespace {

struct DeriveKey {
  static constexpr const char* stage = "derive";
  static constexpr std::int64_t revision = 2;
  DerivationConfig what;
  std::optional<WorldConfig> world;
  void fields(Fields& f) {
    f("what", what, required(), "what is derived");
    f("world", world, any(), "the world it is derived about");
  }
};

void put(Record& record, const std::string& name, double value) {
  record.add(name, Score::of(value));
}

void derive(const PhaseCostsDerivation& what, const DeriveKey&, Record& record) {
  const PhaseCosts costs = phase_costs(what.importance, what.density);
  put(record, "cost_not_represented", costs.not_represented);
  put(record, "cost_dedicated", costs.dedicated);
  put(record, "cost_antipodal", costs.antipodal);
  put(record, "antipodal_bound", antipodal_bound(what.importance, what.density));
  put(record, "phase", static_cast<double>(costs.best));
  put(record, "margin", costs.margin);
}

void derive(const PhaseBoundaryDerivation& what, const DeriveKey&, Record& record) {
  put(record, "boundary", antipodal_boundary(what.importance));
}

void derive(const KgonsDerivation&, const DeriveKey&, Record& record) {
  Table table{{"corners", "plus", "loss", "length", "bias"}, {}, {}};
  for (const Kgon& kgon : six_feature_kgons()) {
    put(record, "loss_" + kgon.name, kgon.loss);
    put(record, "length_" + kgon.name, kgon.length);
    put(record, "bias_" + kgon.name, kgon.bias);
    table.labels.push_back(kgon.name);
    table.rows.push_back({static_cast<double>(kgon.corners), static_cast<double>(kgon.plus),
                          kgon.loss, kgon.length, kgon.bias});
  }
  record.tables["kgons"] = std::move(table);
}

void derive(const AbsorptionDerivation& what, const DeriveKey& key, Record& record) {
  const Pair& pair = std::get<Pair>(key.world.value().kind);
  AbsorptionSetting setting{pair.both, pair.parent_alone, pair.child_alone, what.l1};
  Score star;
  try {
    star = Score::of(epsilon_star_by_crossing(setting));
  } catch (const Failure& failure) {  // the two dictionaries never cost the same
    if (what.share_of_star) throw;
    star = Score::absent(failure.what());
  }
  record.add("epsilon_star", star);
  put(record, "epsilon_star_closed_form", epsilon_star(pair.both, what.l1));
  if (what.share_of_star) setting.epsilon = *what.share_of_star * star.value;
  if (pair.both + pair.parent_alone + setting.epsilon > 1) {
    throw Failure("the probabilities of the pair add up to more than 1: lower share_of_star");
  }
  put(record, "child_alone", setting.epsilon);

  const BestDictionary two = best_dictionary(setting, 2), triple = best_dictionary(setting, 3);
  put(record, "child_angle", two.child());
  put(record, "loss", two.loss);
  put(record, "loss_faithful", absorption_loss(setting, std::vector<double>{0, 90}));
  put(record, "loss_absorbed", absorption_loss(setting, std::vector<double>{0, 45}));
  put(record, "loss_triple", triple.loss);
  const char* const names[] = {"triple_parent", "triple_composite", "triple_child"};
  for (std::size_t i = 0; i < 3; ++i) {
    record.add(names[i], setting.epsilon > 0
                             ? Score::of(triple.degrees.at(i))
                             : Score::absent("the child never comes alone: two atoms are enough"));
  }
}

void derive(const CircleTilingDerivation& what, const DeriveKey&, Record& record) {
  const double l1 = tiling_l1(what.latents);
  const double excess = tiling_lasso_excess(what.latents, what.l1);
  put(record, "fvu", tiling_fvu(what.latents));
  put(record, "l1", l1);
  put(record, "lasso_loss", tiling_lasso(what.latents, what.l1));
  put(record, "lasso_excess", excess);
  put(record, "lasso_excess_ratio", excess / (what.l1 * (l1 - 1)));
}

void derive(const ExpectedL0Derivation&, const DeriveKey& key, Record& record) {
  put(record, "expected_l0", std::get<Tree>(key.world.value().kind).expected_l0());
}

Product make_derive(const DeriveKey& key, Context&) {
  Product product;
  std::visit([&](const auto& kind) { derive(kind, key, product.record); }, key.what.kind);
  return product;
}

}  // namespace

StagePtr last_stage(const Derive& config, std::int64_t) {
  DeriveKey key{config.what, config.world};
  if (key.world.has_value()) key.world->seed.reset();  // nothing is sampled
  return make_stage(key, {}, make_derive);
}

}  // namespace lab
