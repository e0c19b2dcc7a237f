#include "experiments/experiment.h"

#include "experiments/align.h"
#include "experiments/compute.h"
#include "experiments/derive.h"
#include "experiments/emulate.h"
#include "experiments/hedging.h"
#include "experiments/identifiability.h"
#include "experiments/kgons.h"
#include "experiments/knockoff.h"
#include "experiments/learn.h"
#include "experiments/modular_addition.h"
#include "experiments/phase_diagram.h"
#include "experiments/picture_circuit.h"
#include "experiments/recover.h"
#include "experiments/rivals.h"
#include "experiments/seed_consistency.h"
#include "experiments/stages.h"
#include "experiments/superposition_levels.h"
#include "experiments/translate.h"

namespace lab {
namespace {

// An experiment at one point of a sweep. The list of experiments is the variant.
struct RunConfig {
  static constexpr const char* room = "experiments";
  std::variant<Recover, SuperpositionLevels, Derive, PhaseDiagram, Kgons, KnockoffExperiment,
               RivalsExperiment, AlignExperiment, Translate, Emulate, Learn, ModularAddition,
               Identifiability, Compute, SeedConsistency, HedgingExperiment>
      kind;
  std::int64_t seed = 0;

  void fields(Fields& f) {
    f.kind(kind);
    f("seed", seed, at_least(0),
      "seed of the run; world, subject and decomposer may have their own");
  }
};

// Experiments on a subject of a world show the world's circuit, unless they have pictures of their own.
template <class Experiment>
StagePtr picture_of(const Experiment& experiment, std::int64_t seed) {
  if constexpr (requires { train_key(experiment.world, experiment.subject, seed); }) {
    return circuit_picture_stage(train_key(experiment.world, experiment.subject, seed));
  } else {
    throw InputError(std::string("the experiment '") + Experiment::name +
                     "' has no pictures: figures of single runs need another");
  }
}

}  // namespace

StagePtr compose(const json& run) {
  const RunConfig config = read_config<RunConfig>(run);
  return std::visit([&](const auto& experiment) { return last_stage(experiment, config.seed); },
                    config.kind);
}

StagePtr compose_picture(const json& run) {
  const RunConfig config = read_config<RunConfig>(run);
  return std::visit([&](const auto& experiment) { return picture_of(experiment, config.seed); },
                    config.kind);
}

ExamineKey examine_key_of(const json& run) {
  const RunConfig config = read_config<RunConfig>(run);
  const auto* recover = std::get_if<Recover>(&config.kind);
  if (recover == nullptr) {
    throw InputError("only runs of the experiment `recover` have a site that can be handed out");
  }
  return examine_key(*recover, config.seed);
}

std::vector<RoomDoc> describe_runs() {
  RunConfig prototype;
  return describe(view_of(prototype));
}

json schema_of_runs(json& definitions) {
  RunConfig prototype;
  return schema(view_of(prototype), definitions);
}

}  // namespace lab
