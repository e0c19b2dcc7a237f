// The subcommands of `lab circuit`, one file each, and what they share.
#pragma once

#include <string>
#include <vector>

#include "circuits/circuit.h"
#include "lab/cli/command.h"

namespace lab {

int circuit_sample(const Arguments& arguments);
int circuit_show(const Arguments& arguments);
int circuit_eval(const Arguments& arguments);
int circuit_analyze(const Arguments& arguments);
int circuit_convert(const Arguments& arguments);
int circuit_equivalent(const Arguments& arguments);
int circuit_rivals(const Arguments& arguments);

// The names of a circuit's outputs or, with `gates`, of its inputs, gates and constants, and the
// nodes that they are.
struct Columns {
  std::vector<std::string> names;
  std::vector<circuits::Node> nodes;
};
Columns columns_of(const circuits::Circuit& circuit, bool gates);

// The numbers of the outputs of these names. Throws InputError for a name that no output has.
std::vector<std::size_t> output_numbers(const circuits::Circuit& circuit,
                                        const std::vector<std::string>& names);

}  // namespace lab
