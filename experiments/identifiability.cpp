#include "experiments/identifiability.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <optional>
#include <string>
#include <vector>

#include "experiments/stages.h"
#include "lab/core/error.h"
#include "lab/core/statistics.h"
#include "lab/mechanisms/algorithms.h"
#include "lab/mechanisms/identifiability.h"
#include "lab/subjects/activation.h"

namespace lab {
namespace {

const std::vector<std::string> kCounts{"circuits",         "sparse_circuits",
                                       "circuits_rounded", "minimal_circuits",
                                       "smallest_circuit", "readings",
                                       "sparse_readings",  "minimal_mappings",
                                       "algorithms",       "minimal_formula_mappings",
                                       "formulas"};
// Those of which exactly one would be an identified explanation.
const std::vector<std::string> kExplanations{"circuits", "minimal_circuits", "readings",
                                             "minimal_mappings", "minimal_formula_mappings"};

std::vector<double> row_of(const at::Tensor& weight, std::int64_t row) {
  return to_vector(weight[row]);
}

SmallNetwork small_network(const Subject& subject, const Mlp& config) {
  const Tensors w = subject.weights();
  SmallNetwork net{.width = config.widths[0],
                   .first_bias = to_vector(w.at("layer0.bias")),
                   .second_bias = to_vector(w.at("layer1.bias")),
                   .output_weight = to_vector(w.at("output.weight")),
                   .output_bias = w.at("output.bias").item<double>(),
                   .activation = [apply = activation_named(config.activation).apply](double x) {
                     return apply(at::scalar_tensor(x, at::kDouble)).item<double>();
                   }};
  for (std::int64_t i = 0; i < net.width; ++i) {
    const std::vector<double> first = row_of(w.at("layer0.weight"), i);
    net.first_weight.push_back({first[0], first[1]});
    net.second_weight.push_back(row_of(w.at("layer1.weight"), i));
  }
  return net;
}

double absent_if_negative(std::int64_t count) {
  return count < 0 ? std::numeric_limits<double>::quiet_NaN() : static_cast<double>(count);
}

// The algorithms that mappings are counted for.
struct Candidates {
  std::vector<Algorithm> pairs, formulas;
};

// The counts of one network, in the order of kCounts.
std::vector<double> counts_of(const SmallNetwork& net, const Candidates& candidates,
                              const CircuitCounts& circuits) {
  const MappingCounts pairs = count_mappings(net, candidates.pairs);
  const MappingCounts formulas = count_mappings(net, candidates.formulas);
  return {static_cast<double>(circuits.explaining),     static_cast<double>(circuits.sparse),
          static_cast<double>(circuits.rounded),        absent_if_negative(circuits.minimal),
          static_cast<double>(circuits.smallest),       absent_if_negative(circuits.readings),
          absent_if_negative(circuits.sparse_readings), static_cast<double>(pairs.minimal),
          static_cast<double>(pairs.aligned),           static_cast<double>(formulas.minimal),
          static_cast<double>(formulas.aligned)};
}

double median(std::vector<double> values) {
  const std::size_t middle = values.size() / 2;
  std::sort(values.begin(), values.end());
  return values.size() % 2 != 0 ? values[middle] : (values[middle - 1] + values[middle]) / 2;
}

InputTable function_of(const World& world) {
  const Batch all = world.enumerate(0, 4);
  InputTable table = 0;
  for (std::int64_t row = 0; row < 4; ++row) {
    const double x1 = all.inputs_BN[row][0].item<double>(),
                 x2 = all.inputs_BN[row][1].item<double>();
    if (all.targets_BT[row][0].item<double>() > 0.5) {
      table =
          static_cast<InputTable>(table | 1 << (static_cast<int>(x1) + 2 * static_cast<int>(x2)));
    }
  }
  return table;
}

bool learnt(const SmallNetwork& net, const Record& training, const TrainingConfig& config,
            InputTable wanted) {
  const Score& loss = training.scores.at("train_loss");
  const bool low = !config.target_loss || (loss.present && loss.value <= *config.target_loss);
  return low && computed_by(net) == wanted;
}

// Scores of a table with a row a counted network: "seed" and kCounts.
void add_scores(Record& record, const Table& table) {
  for (std::size_t c = 0; c < kCounts.size(); ++c) {
    std::vector<double> values;
    for (const auto& row : table.rows) values.push_back(row[c + 1]);
    const bool listed = !values.empty() && !std::isnan(values[0]);
    const Score none = Score::absent(values.empty() ? "no network has learnt the function"
                                                    : "layers are wider than 3");
    record.add(kCounts[c] + "_median", listed ? Score::of(median(values)) : none);
    if (std::ranges::count(kExplanations, kCounts[c]) == 0) continue;
    const auto ones = static_cast<double>(std::ranges::count(values, 1.0));
    record.add("one_" + kCounts[c],
               listed ? Score::of(ones / static_cast<double>(values.size())) : none);
  }
}

// What an untrained network has for the function that it happens to compute: its minimal mappings, or
// nothing where that function is constant.
std::optional<double> untrained_mappings(const SmallNetwork& net) {
  const InputTable computed = computed_by(net);
  if (computed == 0 || computed == 15) return std::nullopt;
  return static_cast<double>(count_mappings(net, two_gate_algorithms(computed)).minimal);
}

Product make_identifiability(const IdentifiabilityKey& key, Context& context) {
  const auto world = make_world(key.world, 0);
  const Mlp& config = std::get<Mlp>(key.subject.kind);
  const InputTable wanted = function_of(*world);
  const Candidates candidates{two_gate_algorithms(wanted),
                              formula_algorithms(wanted, static_cast<int>(key.depth))};
  Table table{{"seed"}, {}, {}};
  table.columns.insert(table.columns.end(), kCounts.begin(), kCounts.end());
  std::int64_t whole = 0;
  std::vector<double> untrained;
  for (std::int64_t i = 0; i < key.networks; ++i) {
    const std::int64_t seed = key.seed * key.networks + i;
    const auto subject = make_subject(config, *world, seed);
    if (const auto count = untrained_mappings(small_network(*subject, config))) {
      untrained.push_back(*count);
    }
    const Record training = subject->train(*world, context.stop());
    const SmallNetwork net = small_network(*subject, config);
    if (!learnt(net, training, config.training, wanted)) continue;
    const CircuitCounts circuits = count_circuits(net, context.stop());
    whole = circuits.whole;
    table.rows.push_back(counts_of(net, candidates, circuits));
    table.rows.back().insert(table.rows.back().begin(), static_cast<double>(seed));
  }
  const Score none = Score::absent("no network has learnt the function");
  Product product;
  Record& record = product.record;
  record.add("share_learnt",
             Score::of(static_cast<double>(table.rows.size()) / static_cast<double>(key.networks)));
  record.add("whole_circuits", whole == 0 ? none : Score::of(static_cast<double>(whole)));
  record.add("candidate_formulas", Score::of(static_cast<double>(candidates.formulas.size())));
  record.add("untrained_minimal_mappings",
             untrained.empty() ? Score::absent("all networks are constant before training")
                               : Score::of(mean(untrained)));
  add_scores(record, table);
  record.tables["networks"] = std::move(table);
  return product;
}

void require_small(const Identifiability& config, const World& world) {
  const auto* mlp = std::get_if<Mlp>(&config.subject.kind);
  if (mlp == nullptr || mlp->widths.size() != 2 || mlp->widths[0] != mlp->widths[1] ||
      mlp->widths[0] > 4 || !mlp->bias) {
    throw InputError(
        "identifiability: the subject must be an mlp with biases and two hidden layers of one "
        "width, at most 4 (widths: [2, 2])");
  }
  if (!std::holds_alternative<MeanSquared>(mlp->training.loss.kind)) {
    throw InputError("identifiability: the loss must be mse, so that outputs are read at 1/2");
  }
  const bool bits = world.inputs() == 2 && world.targets() == 1 && world.boolean_targets() &&
                    world.support() == 4 &&
                    world.enumerate(0, 4).inputs_BN.ge(0).all().item<bool>();
  if (!bits) {
    throw InputError(
        "identifiability: the world must be boolean with two inputs of 0 and 1 and one output");
  }
}

}  // namespace

StagePtr last_stage(const Identifiability& config, std::int64_t seed) {
  const TrainKey resolved = train_key(config.world, config.subject, seed);
  require_small(config, *make_world(resolved.world, 0));
  IdentifiabilityKey key{resolved.world, config.subject, config.networks, config.depth,
                         config.subject.seed.value_or(seed)};
  key.subject.seed.reset();
  return make_stage(key, {}, make_identifiability);
}

}  // namespace lab
