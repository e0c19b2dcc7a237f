// What subcommands share: options, and finding a sweep and its store.
#pragma once

#include <boost/program_options/options_description.hpp>
#include <boost/program_options/variables_map.hpp>
#include <filesystem>
#include <string>

#include "lab/cli/command.h"
#include "lab/sweep/config.h"
#include "lab/sweep/plan.h"
#include "lab/sweep/store.h"

namespace lab {

namespace options = boost::program_options;

// Parses a command's arguments; words without a dash go to `positional` in turn, the last of which
// takes all that are left when its name ends in "…". Prints help and leaves `map` with "help" set
// when asked. Throws InputError for what is unknown or missing.
options::variables_map parse_options(const Arguments& arguments, const std::string& usage,
                                     options::options_description described,
                                     const std::vector<std::string>& positional);

// The plan of a sweep whose claims and figures are well formed, too: what is wrong is told before
// anything is computed. Throws InputError.
Plan checked_plan(const Sweep& sweep);

// A sweep's file with its plan, and where its results lie.
struct OpenSweep {
  Sweep sweep;
  Plan plan;
  std::filesystem::path folder;  // results/<name>, or what --out says
  Store store;                   // folder/store
};
OpenSweep open_sweep(const options::variables_map& map);

// "--out" and the positional CONFIG, which every command on a sweep takes.
void add_sweep_options(options::options_description& described);

}  // namespace lab
