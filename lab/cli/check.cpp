#include <iostream>

#include "lab/cli/options.h"
#include "lab/core/error.h"

namespace lab {

int command_check(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("config", options::value<std::vector<std::string>>()->required(),
                          "sweep files");
  const auto map = parse_options(arguments, "check CONFIG…", described, {"config…"});
  if (map.count("help") > 0) return kOk;
  int code = kOk;
  for (const std::string& file : map["config"].as<std::vector<std::string>>()) {
    try {
      const Plan plan = checked_plan(read_sweep(file));
      std::cout << file << ": " << plan.runs.size() << " runs, " << stages_of(plan).size()
                << " stages\n";
    } catch (const InputError& error) {
      std::cerr << "lab: " << one_line(error.what()) << "\n";
      code = kWrongInput;
    }
  }
  return code;
}

}  // namespace lab
