#include "experiments/kgons.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <array>
#include <cmath>
#include <vector>

#include "experiments/stages.h"
#include "lab/subjects/toy_autoencoder.h"
#include "lab/theory/kgons.h"

namespace lab {
namespace {

struct KgonsKey {
  static constexpr const char* stage = "kgons";
  static constexpr std::int64_t revision = 1;
  TrainKey train;
  void fields(Fields& f) { f("train", train, required(), "the autoencoder"); }
};

Product make_kgons(const KgonsKey& key, Context& context) {
  const Tensors weights = trained(key.train, context).subject->weights();
  const at::Tensor W = weights.at("W").to(at::kDouble), b = weights.at("b").to(at::kDouble);
  std::vector<std::array<double, 2>> vectors;
  std::vector<double> biases;
  Table table{{"x", "y", "bias"}, {}, {}};
  for (std::int64_t i = 0; i < W.size(0); ++i) {
    vectors.push_back({W[i][0].item<double>(), W[i][1].item<double>()});
    biases.push_back(b[i].item<double>());
    table.rows.push_back({vectors.back()[0], vectors.back()[1], biases.back()});
  }
  const double loss = one_active_loss(vectors, biases);
  const std::vector<Kgon> kgons = six_feature_kgons();
  const auto distance = [&](const Kgon& kgon) { return std::fabs(loss / kgon.loss - 1); };
  const auto nearest = std::min_element(
      kgons.begin(), kgons.end(),
      [&](const Kgon& left, const Kgon& right) { return distance(left) < distance(right); });
  const auto corners = std::count_if(vectors.begin(), vectors.end(),
                                     [](const auto& v) { return std::hypot(v[0], v[1]) > 0.5; });

  Product product{context.need(id_of(key_text(key.train))).record, ""};
  product.record.add("expected_loss", Score::of(loss));
  product.record.add("critical_distance", Score::of(distance(*nearest)));
  product.record.add("landed_on", Score::of(static_cast<double>(nearest - kgons.begin())));
  product.record.add("corners", Score::of(static_cast<double>(corners)));
  product.record.tables["features"] = std::move(table);
  return product;
}

}  // namespace

StagePtr last_stage(const Kgons& config, std::int64_t seed) {
  OrderedGroups world;
  world.groups = {{"feature", 6}};
  world.magnitude.kind = UniformMagnitude{0, 1};
  ToyAutoencoder subject;
  subject.hidden = 2;
  subject.init_sd = config.init_sd;
  subject.training = config.training;
  const TrainKey train{WorldConfig{world, seed}, SubjectConfig{subject, seed}};
  return make_stage(KgonsKey{train}, {train_stage(train)}, make_kgons);
}

}  // namespace lab
