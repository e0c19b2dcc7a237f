#include "lab/sweep/store.h"

#include <tbb/parallel_for.h>

#include <nlohmann/json.hpp>

#include "lab/core/files.h"
#include "lab/core/hash.h"
#include "lab/core/json.h"
#include "lab/core/safetensors.h"

namespace lab {
namespace {

using Metadata = std::map<std::string, std::string>;

const char* const kOurs[] = {"id", "name", "key", "record", "provenance"};

fs::path run_path(const Store& store, const std::string& id) {
  return store.root / "runs" / (id + ".json");
}
fs::path stage_path(const Store& store, const std::string& id) {
  return store.root / "stages" / (id + ".safetensors");
}
fs::path failure_path(const Store& store, const std::string& id) {
  return store.root / "failures" / (id + ".json");
}

void put(const Store& store, const fs::path& path, std::string_view bytes) {
  write_atomically(path, bytes, store.root / "tmp");
}

// The bytes of a file, or nothing when it is not there or cannot be read.
std::optional<std::string> bytes_of(const fs::path& path) {
  std::error_code unreadable;
  if (!fs::exists(path, unreadable)) return std::nullopt;  // the usual case, without an exception
  try {
    return read_file(path);
  } catch (const InputError&) {
    return std::nullopt;
  }
}

// A JSON file of the store, or nothing when it is absent, broken, or not what its name says.
std::optional<json> verified(const fs::path& path, const std::string& id) {
  const std::optional<std::string> bytes = bytes_of(path);
  if (!bytes.has_value()) return std::nullopt;
  json value = json::parse(*bytes, nullptr, false);
  const auto is_text = [&](const char* name) {
    const auto found = value.find(name);
    return found != value.end() && found->is_string();
  };
  if (!value.is_object() || !is_text("key") || !is_text("name")) return std::nullopt;
  if (id_of(value["key"].get_ref<const std::string&>()) != id) return std::nullopt;
  return value;
}

// The failure that a failed run's file names.
std::optional<StageFailure> named_failure(const json& run) try {
  const json& failed = run.at("failed");
  return StageFailure{failed.at("id"), failed.at("name"), failed.at("message")};
} catch (const json::exception&) {
  return std::nullopt;
}

RunResult result_of(const Store& store, const std::optional<json>& run) {
  RunResult result;
  if (!run.has_value()) return result;
  const json status = run->value("status", json());
  const auto record = run->find("record");
  if (status == "done" && record != run->end()) {
    try {
      result.record = record_from_json(*record);
      result.status = Status::done;
    } catch (const InputError&) {  // JSON, but no record: counts as missing
    }
  }
  if (status != "failed") return result;
  const std::optional<StageFailure> failure = named_failure(*run);
  if (failure.has_value() && read_failure(store, failure->id).has_value()) {
    result.status = Status::failed;
    result.failure = *failure;
  }
  return result;
}

json header(const Stage& stage) {
  return {{"id", stage.id}, {"name", stage.name}, {"key", stage.key}};
}

void forget_failure(const Store& store, const std::string& id) {
  std::error_code absent;
  fs::remove(failure_path(store, id), absent);
}

// The stage's file as it was made, without what the store added; nothing when it is not whole.
std::optional<Product> product_of(const std::string& bytes, const std::string& id) try {
  SafetensorsView view = read_safetensors(bytes, id);
  if (id_of(view.metadata.at("key")) != id) return std::nullopt;
  Product product;
  product.record = record_from_json(json::parse(view.metadata.at("record")));
  for (const char* ours : kOurs) view.metadata.erase(ours);
  if (!view.tensors.empty() || !view.metadata.empty()) product.tensors = write_safetensors(view);
  return product;
} catch (const InputError&) {
  return std::nullopt;
} catch (const json::exception&) {
  return std::nullopt;
} catch (const std::out_of_range&) {  // no key or no record in the metadata
  return std::nullopt;
}

}  // namespace

const char* status_name(Status status) {
  switch (status) {
    case Status::done:
      return "done";
    case Status::failed:
      return "failed";
    default:
      return "missing";
  }
}

RunResult read_run(const Store& store, const std::string& id) {
  return result_of(store, verified(run_path(store, id), id));
}

std::optional<json> read_run_json(const Store& store, const std::string& id) {
  return verified(run_path(store, id), id);
}

std::vector<Status> run_states(const Store& store, const Plan& plan) {
  std::vector<Status> states(plan.runs.size());
  tbb::parallel_for(std::size_t{0}, states.size(), [&](std::size_t i) {
    states[i] = read_run(store, plan.runs[i].last->id).status;
  });
  return states;
}

std::optional<Product> read_stage(const Store& store, const std::string& id) {
  const std::optional<std::string> bytes = bytes_of(stage_path(store, id));
  if (bytes.has_value()) {
    if (std::optional<Product> product = product_of(*bytes, id)) return product;
  }
  const std::optional<json> run = verified(run_path(store, id), id);
  RunResult result = result_of(store, run);
  const bool has_tensors = result.status != Status::done || run->value("tensors", json()) != false;
  if (has_tensors) return std::nullopt;  // and the stage's file, which holds them, is not whole
  return Product{std::move(result.record), ""};
}

bool has_stage(const Store& store, const std::string& id) {
  return read_stage(store, id).has_value();
}

std::optional<StageFailure> read_failure(const Store& store, const std::string& id) {
  const std::optional<json> failure = verified(failure_path(store, id), id);
  if (!failure.has_value() || !failure->contains("message")) return std::nullopt;
  const json& message = (*failure)["message"];
  if (!message.is_string()) return std::nullopt;
  return StageFailure{id, (*failure)["name"].get<std::string>(), message.get<std::string>()};
}

void write_stage(const Store& store, const Stage& stage, const Product& product,
                 const json& provenance) {
  SafetensorsView view;
  if (!product.tensors.empty()) view = read_safetensors(product.tensors, stage.name);
  for (const char* ours : kOurs) {
    if (view.metadata.contains(ours)) {
      throw std::logic_error(std::string("a stage's metadata must not be called ") + ours);
    }
  }
  view.metadata["id"] = stage.id;
  view.metadata["name"] = stage.name;
  view.metadata["key"] = stage.key;
  view.metadata["record"] = to_json(product.record).dump();
  view.metadata["provenance"] = provenance.dump();
  put(store, stage_path(store, stage.id), write_safetensors(view));
  forget_failure(store, stage.id);
}

void write_run(const Store& store, const Stage& last, const Product& product,
               const json& provenance) {
  json run = header(last);
  run["status"] = "done";
  run["tensors"] = !product.tensors.empty();
  run["record"] = to_json(product.record);
  run["provenance"] = provenance;
  put(store, run_path(store, last.id), run.dump());
  forget_failure(store, last.id);
}

void write_failure(const Store& store, const Stage& stage, const std::string& message,
                   const json& provenance) {
  json failure = header(stage);
  failure["message"] = message;
  failure["provenance"] = provenance;
  put(store, failure_path(store, stage.id),
      failure.dump(-1, ' ', false, json::error_handler_t::replace));
}

void write_failed_run(const Store& store, const Stage& last, const StageFailure& failure,
                      const json& provenance) {
  json run = header(last);
  run["status"] = "failed";
  run["failed"] = {{"id", failure.id}, {"name", failure.name}, {"message", failure.message}};
  run["provenance"] = provenance;
  put(store, run_path(store, last.id), run.dump(-1, ' ', false, json::error_handler_t::replace));
}

}  // namespace lab
