// The experiments there are, as the command line sees them.
#pragma once

#include <vector>

#include "experiments/keys.h"
#include "lab/core/config.h"
#include "lab/sweep/stage.h"

namespace lab {

// The last stage of a run, from its JSON: a sweep's "base" with one point's values put in. Throws
// ConfigError with the path inside the run.
StagePtr compose(const json& run);

// The picture of a run (picture.h): tables that figures of this one run are drawn from. Throws
// ConfigError as compose does, and InputError where an experiment has no pictures.
StagePtr compose_picture(const json& run);

// The site of a run of the experiment `recover`. Throws ConfigError as compose does, InputError for another experiment.
ExamineKey examine_key_of(const json& run);

// Every room and kind that a run's config can have, and the JSON Schema of a run (core/config.h).
std::vector<RoomDoc> describe_runs();
json schema_of_runs(json& definitions);

}  // namespace lab
