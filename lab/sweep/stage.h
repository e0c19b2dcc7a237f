// A stage: one cached computation, named by the hash of its key.
#pragma once

#include <functional>
#include <memory>
#include <nlohmann/json_fwd.hpp>
#include <string>
#include <vector>

#include "lab/core/record.h"
#include "lab/core/stop.h"

namespace lab {

// What a stage makes and the store keeps: a record, and tensors as safetensors bytes (may be
// empty).
struct Product {
  Record record;
  std::string tensors;
};

// What a stage may ask for while it is made.
class Context {
 public:
  virtual ~Context() = default;
  // The product of a stage that the present one needs; it lies in the store already.
  virtual Product need(const std::string& id) = 0;
  // Long loops poll it and throw Stopped.
  virtual const StopToken& stop() const = 0;
};

struct Stage {
  std::string id;                                   // id_of(key)
  std::string name;                                 // what it does: "train", "fit", "evaluate"
  std::string key;                                  // canonical text (core/config.h: key_text)
  std::vector<std::shared_ptr<const Stage>> needs;  // made before it
  // Computes the product from the key alone; reads the stages it needs through the context and
  // never computes them. Throws Failure when it cannot, Stopped when asked to stop.
  std::function<Product(Context&)> make;
};
using StagePtr = std::shared_ptr<const Stage>;

// Turns the raw JSON of one run (the experiment's config with all fields of one point of the sweep)
// into its last stage, whose record is the run's. Throws ConfigError, with paths inside the run.
// Called from several threads at once.
using Compose = std::function<StagePtr(const nlohmann::json& run)>;

}  // namespace lab
