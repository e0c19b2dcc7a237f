// A store in memory for the tests of experiments.
#pragma once

#include <map>
#include <string>

#include "lab/sweep/stage.h"

namespace lab {

// Makes a stage and all that it needs, in memory.
class Memory : public Context {
 public:
  Product make(const StagePtr& stage) {
    for (const StagePtr& need : stage->needs) {
      if (!products_.contains(need->id)) products_[need->id] = make(need);
    }
    return stage->make(*this);
  }
  Product need(const std::string& id) override { return products_.at(id); }
  const StopToken& stop() const override { return stop_; }

 private:
  std::map<std::string, Product> products_;
  StopToken stop_;
};

}  // namespace lab
