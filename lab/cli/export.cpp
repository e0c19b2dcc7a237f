// `lab export`: a site's activations for those who train elsewhere, and what judges the outcome.
#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>
#include <set>
#include <system_error>
#include <vector>

#include "experiments/bundle.h"
#include "experiments/experiment.h"
#include "experiments/stages.h"
#include "lab/cli/bundle.h"
#include "lab/cli/options.h"
#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/core/output.h"
#include "lab/tensors/npy.h"

namespace lab {
namespace {

constexpr const char* activations_name = "activations";

const Run& chosen_run(const Plan& plan, const std::string& prefix) {
  const Run* found = nullptr;
  for (const Run& run : plan.runs) {
    if (!run.last->id.starts_with(prefix)) continue;
    if (found != nullptr && !prefix.empty() && found->last->id != run.last->id) {
      throw InputError("--run: several runs begin with \"" + prefix + "\"; give more digits");
    }
    if (found == nullptr) found = &run;
  }
  if (found == nullptr) {
    throw InputError("--run: no run of the sweep begins with \"" + prefix +
                     "\"; `lab table CONFIG --format json` lists them");
  }
  return *found;
}

// What a run says of the world, the subject, the site and the seed: all but the decomposer.
json without_decomposer(json run) {
  run.erase("decomposer");
  return run;
}

// What tells the run from others of its subject: its values in all columns in which these differ.
std::string arm_name(const Plan& plan, const Run& run, const std::vector<std::size_t>& columns) {
  const std::vector<json> point = point_of(plan, run);
  std::string name;
  for (const std::size_t column : columns) {
    const std::string cell = cell_text(point[column]);
    if (!cell.empty()) name += (name.empty() ? "" : " ") + cell;
  }
  return name.empty() ? "run " + run.last->id.substr(0, 8) : name;
}

// A sweep of all arms on the same subject, so that a score comes with its neighbours; those that run a
// program of the user's, which may not be there where the bundle goes, are left out and named in `left_out`.
json sweep_of(const Plan& plan, const Run& chosen, std::set<std::string>& left_out) {
  json base = without_decomposer(raw_of(plan, chosen));
  std::vector<const Run*> same;
  for (const Run& run : plan.runs) {
    const json raw = raw_of(plan, run);
    if (raw.contains("decomposer") && without_decomposer(raw) == base) same.push_back(&run);
  }
  std::vector<std::size_t> columns;
  for (std::size_t i = 0; i + 1 < plan.columns.size(); ++i) {  // the last is the seed
    const bool differ = std::ranges::any_of(same, [&](const Run* run) {
      return point_of(plan, *run)[i] != point_of(plan, *same[0])[i];
    });
    if (differ || plan.columns[i] == "arm") columns.push_back(i);
  }
  json arms = json::array();
  std::set<std::string> names;
  for (const Run* run : same) {
    const json decomposer = raw_of(plan, *run)["decomposer"];
    if (std::ranges::any_of(
            arms, [&](const json& arm) { return arm["set"]["decomposer"] == decomposer; })) {
      continue;
    }
    std::string name = arm_name(plan, *run, columns);
    if (runs_program(decomposer)) {
      left_out.insert(name);
      continue;
    }
    if (!names.insert(name).second) name += " " + run->last->id.substr(0, 8);
    arms.push_back({{"name", name}, {"set", {{"decomposer", decomposer}}}});
  }
  const json seed = base.contains("seed") ? base["seed"] : json(0);
  base.erase("seed");
  return {{"name", plan.name}, {"base", base}, {"axes", {arms}}, {"seeds", {seed}}};
}

// Where the truth goes, and that what is handed out holds nothing of it.
fs::path truth_folder(const fs::path& folder, bool blind) {
  if (!blind) return folder;
  std::error_code absent;
  for (const auto& entry : fs::directory_iterator(folder, absent)) {
    if (!entry.path().filename().string().starts_with(std::string(activations_name) + ".")) {
      throw InputError("--blind: " + folder.string() + " holds " +
                       entry.path().filename().string() + " already; give an empty folder");
    }
  }
  return folder.string() + ".truth";
}

// What was computed before is not computed again. The subject is kept whatever it is made of; dictionaries
// that are made of files are not kept, nor is any on a subject that is: the files' place is in their keys,
// and it is another one here.
void keep_computed(const OpenSweep& open, const Bundle& bundle, const json& sweep,
                   const fs::path& folder) {
  const Store store{folder / "store"};
  StagePtr subject;
  std::vector<StagePtr> stages;
  {
    const InFolder there(folder);
    json run = sweep["base"];
    run["seed"] = sweep["seeds"][0];
    subject = train_stage(examine_key_of(run).train);
    if (!sweep["axes"][0].empty()) {  // else an arm comes when something is scored
      stages = stages_of(make_plan(parse_sweep(sweep.dump(), bundle_sweep), compose));
    }
  }
  write_stage(store, *subject, bundle.trained, json::object());
  for (const StagePtr& stage : stages) {
    if (has_stage(store, stage->id)) continue;
    const auto product = read_stage(open.store, stage->id);
    if (product) write_stage(store, *stage, *product, json::object());
  }
}

// NAME.TENSOR.npy of an export before this one: none may be taken for this one's.
void remove_npy(const fs::path& folder, const std::string& name) {
  std::error_code absent;
  std::vector<fs::path> stale;
  for (const auto& entry : fs::directory_iterator(folder, absent)) {
    const fs::path& file = entry.path();
    if (file.extension() == ".npy" && file.filename().string().starts_with(name + ".")) {
      stale.push_back(file);
    }
  }
  for (const fs::path& file : stale) fs::remove(file);
}

// NAME.safetensors, and beside it on request NAME.TENSOR.npy for each of its tensors.
void write_tensors(const fs::path& folder, const std::string& name, const Tensors& tensors,
                   bool npy) {
  remove_npy(folder, name);
  write_output(folder / (name + ".safetensors"), to_safetensors(tensors));
  if (!npy) return;
  for (const auto& [tensor, x] : tensors) {
    write_output(folder / (name + "." + tensor + ".npy"), to_npy(x));
  }
}

}  // namespace

int command_export(const Arguments& arguments) {
  options::options_description described("options");
  add_sweep_options(described);
  described.add_options()("run", options::value<std::string>()->default_value("", "the first"),
                          "a run of the sweep (first digits of its id): its subject and site")(
      "samples", options::value<std::int64_t>()->default_value(65536), "activations to train on")(
      "held-out", options::value<std::int64_t>()->default_value(8192),
      "other activations, with the truth about them")(
      "o,o", options::value<std::string>()->required(), "folder to write")(
      "npy", options::bool_switch(), "every tensor also as a file of numpy, FILE.TENSOR.npy")(
      "blind", options::bool_switch(),
      "a challenge: the truth and what it follows from go to DIR.truth instead");
  const auto map =
      parse_options(arguments, "export CONFIG -o DIR [options]", described, {"config"});
  if (map.count("help") > 0) return kOk;
  const auto samples = map["samples"].as<std::int64_t>(),
             held_out = map["held-out"].as<std::int64_t>();
  if (samples < 1 || held_out < 2 || samples > 100'000'000 || held_out > 10'000'000) {
    throw InputError("--samples must be from 1 to 10^8, --held-out from 2 to 10^7");
  }
  // Without a slash at its end, which completion puts there.
  const fs::path folder =
      (fs::absolute(map["o"].as<std::string>()) / "").lexically_normal().parent_path();
  const fs::path truth = truth_folder(folder, map["blind"].as<bool>());
  const OpenSweep open = open_sweep(map);
  const Run& run = chosen_run(open.plan, map["run"].as<std::string>());
  const Bundle bundle =
      make_bundle(raw_of(open.plan, run), samples, held_out,
                  [&](const std::string& id) { return read_stage(open.store, id); });

  const bool npy = map["npy"].as<bool>();
  write_tensors(folder, activations_name, bundle.activations, npy);
  write_tensors(truth, "held_out", bundle.truth, npy);
  if (!bundle.trained.tensors.empty()) {
    write_tensors(truth, "subject", from_safetensors(bundle.trained.tensors, "subject"), npy);
  }
  std::set<std::string> left_out;
  const json sweep = with_own_files(sweep_of(open.plan, run, left_out), truth);
  write_output(truth / bundle_sweep, sweep.dump(2) + "\n");
  keep_computed(open, bundle, sweep, truth);
  for (const std::string& arm : left_out) {
    std::cout << "left out, since it runs a program that may not be where this goes: " << arm
              << "\n";
  }
  std::cout << "activations to train on: " << (folder / activations_name).string() << ".safetensors"
            << " (x [" << samples << ", " << bundle.activations.at("x").size(1) << "])\n"
            << "to score an SAE that was trained on them: lab sae score SAE --on " << truth.string()
            << "\n";
  return kOk;
}

}  // namespace lab
