// The ordered list of a sweep's runs, each with its last stage.
#pragma once

#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lab/sweep/stage.h"

namespace lab {

struct Axes;
struct Sweep;

struct Run {
  std::size_t number;  // its place in the whole sweep, from 0
  StagePtr last;       // its id is the run's id; two runs may share it
};

struct Plan {
  std::string name;
  std::shared_ptr<const Axes> axes;
  std::vector<std::string> columns;  // of tables: axes in their order, "seed" last
  std::vector<Run> runs;             // in the order of the sweep
};

// Composes every run. Equal stages (by id) are one StagePtr. `compose` is called from several
// threads at once; the result does not depend on how many. Throws InputError, one line with the
// file's name, the place in the file that is to blame and the reason, of the first run that is
// wrong.
Plan make_plan(const Sweep& sweep, const Compose& compose);

// The run's value in each column of the plan; null where it has none.
std::vector<nlohmann::json> point_of(const Plan& plan, const Run& run);
// "arm=topk decomposer.k=4 seed=0": the columns that the run has a value in.
std::string point_text(const Plan& plan, const Run& run);
// A value as a cell of a table shows it: words without quotes, everything else as JSON; null is "".
std::string cell_text(const nlohmann::json& value);
// The run's raw JSON, as it was composed.
nlohmann::json raw_of(const Plan& plan, const Run& run);

// Every stage of the plan once, needs before what needs them, in the order of the runs.
std::vector<StagePtr> stages_of(const Plan& plan);

// Part i of n, 1 ≤ i ≤ n.
struct Shard {
  std::size_t index = 1;
  std::size_t count = 1;
};
Shard parse_shard(const std::string& text);  // "2/3"; throws InputError

// The runs that pass every filter and lie in the shard, in the order of the sweep.
// A filter is "path=value"; the path is a column of the plan or a path of the run's raw JSON.
// Filters of one path are alternatives, those of different paths must all hold. The shard cuts the
// whole plan, sorted by (first stage, place), into contiguous parts whose sizes differ by at most
// one, so that shards are disjoint and share few stages. Throws InputError when a filter is
// malformed or no run of the plan matches.
Plan select(const Plan& plan, const std::vector<std::string>& only, const Shard& shard);

}  // namespace lab
