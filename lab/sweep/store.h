// The store: plain files, shared by any number of processes and hosts, without an index or locks.
//
//   runs/<id>.json              {id, name, key, status: "done", tensors, record, provenance} or
//                               {…, status: "failed", failed: {id, name, message}, provenance}
//   stages/<id>.safetensors     tensors; id, name, key, record and provenance in the metadata
//   failures/<id>.json          {id, name, key, message, provenance}: a stage that failed
//   tmp/                        files being written
//
// Every file appears whole or not at all. A file that does not parse, is cut short, or whose key
// does not hash to its name counts as absent and is overwritten. A failed run counts as failed as
// long as the failure of the stage that it names is there.
#pragma once

#include <filesystem>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "lab/sweep/plan.h"

namespace lab {

struct Store {
  std::filesystem::path root;  // created at the first write
};

struct StageFailure {
  std::string id;  // of the stage that failed
  std::string name;
  std::string message;
};

enum class Status { missing, done, failed };
const char* status_name(Status status);  // "missing", "done", "failed"

struct RunResult {
  Status status = Status::missing;
  Record record;         // when done
  StageFailure failure;  // when failed: the stage to blame, the run's last one or one that it needs
};

RunResult read_run(const Store& store, const std::string& id);
// The whole file of a run as JSON, or nothing.
std::optional<nlohmann::json> read_run_json(const Store& store, const std::string& id);
// The states of a plan's runs, in parallel; reads and verifies each file.
std::vector<Status> run_states(const Store& store, const Plan& plan);

// The product of a stage or of a run's last stage, when it is complete. Its tensors are the bytes
// that the stage made, without the store's metadata.
std::optional<Product> read_stage(const Store& store, const std::string& id);
bool has_stage(const Store& store, const std::string& id);
std::optional<StageFailure> read_failure(const Store& store, const std::string& id);

// Writing. `provenance` is an object. Throw std::runtime_error with the system's reason.
void write_stage(const Store& store, const Stage& stage, const Product& product,
                 const nlohmann::json& provenance);  // also removes its failure
void write_run(const Store& store, const Stage& last, const Product& product,
               const nlohmann::json& provenance);  // also removes its failure
void write_failure(const Store& store, const Stage& stage, const std::string& message,
                   const nlohmann::json& provenance);
void write_failed_run(const Store& store, const Stage& last, const StageFailure& failure,
                      const nlohmann::json& provenance);

}  // namespace lab
