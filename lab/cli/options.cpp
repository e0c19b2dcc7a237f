#include "lab/cli/options.h"

#include <algorithm>
#include <boost/program_options/parsers.hpp>
#include <boost/program_options/positional_options.hpp>
#include <iostream>

#include "experiments/experiment.h"
#include "lab/core/error.h"
#include "lab/report/claims.h"
#include "lab/report/figures.h"

namespace lab {

options::variables_map parse_options(const Arguments& arguments, const std::string& usage,
                                     options::options_description described,
                                     const std::vector<std::string>& positional) {
  described.add_options()("help,h", "show this");
  options::positional_options_description places;
  for (const std::string& name : positional) {
    const bool all = name.ends_with("…");
    places.add(all ? name.substr(0, name.size() - std::string("…").size()).c_str() : name.c_str(),
               all ? -1 : 1);
  }
  options::variables_map map;
  try {
    options::store(
        options::command_line_parser(arguments).options(described).positional(places).run(), map);
    if (map.count("help") > 0) {
      std::cout << "usage: lab " << usage << "\n" << described;
      return map;
    }
    options::notify(map);
  } catch (const options::error& error) {
    throw InputError(std::string(error.what()) + "; usage: lab " + usage);
  }
  return map;
}

void add_sweep_options(options::options_description& described) {
  described.add_options()("config", options::value<std::string>()->required(),
                          "the sweep's JSON file")(
      "out", options::value<std::string>(), "folder of the results (default: results/<name>)");
}

Plan checked_plan(const Sweep& sweep) {
  read_claims(sweep);
  read_figures(sweep);
  return make_plan(sweep, compose);
}

OpenSweep open_sweep(const options::variables_map& map) {
  OpenSweep open;
  open.sweep = read_sweep(map["config"].as<std::string>());
  open.plan = checked_plan(open.sweep);
  open.folder = map.count("out") > 0 ? std::filesystem::path(map["out"].as<std::string>())
                                     : std::filesystem::path("results") / open.sweep.config.name;
  open.store = {open.folder / "store"};
  return open;
}

}  // namespace lab
