#include <iostream>

#include "lab/cli/options.h"
#include "lab/sweep/execute.h"

namespace lab {

int command_status(const Arguments& arguments) {
  options::options_description described("options");
  add_sweep_options(described);
  const auto map = parse_options(arguments, "status CONFIG [--out DIR]", described, {"config"});
  if (map.count("help") > 0) return kOk;
  const OpenSweep open = open_sweep(map);
  std::cout << text(census(open.plan, open.store));
  for (const StagePtr& stage : stages_of(open.plan)) {
    if (const auto failure = read_failure(open.store, stage->id)) {
      std::cout << "failed: " << failure->name << " " << failure->id << ": " << failure->message
                << "\n";
    }
  }
  return kOk;
}

}  // namespace lab
