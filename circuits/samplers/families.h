// All families of circuits by name: what a command line or a config file can ask for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "circuits/samplers/random.h"

namespace circuits {

struct FamilyParameter {
  std::string name;
  std::string value;  // the default, as text
  std::string range;
  std::string doc;
};

struct Family {
  std::string name;
  std::string doc;
  std::vector<FamilyParameter> parameters;
};

// Every family with its parameters: dag, parity, function, junta, …; each is the shape of the same
// name in a header of this folder, whose members are the parameters. The family "copies" has the
// parameter "of", the name of another family, and takes parameters of that one with the prefix "of.".
const std::vector<Family>& families();

// Parameters by name, as text; those that are absent have their defaults.
using FamilyParameters = std::map<std::string, std::string>;

// Throws Error for a name or key that does not exist (with those that do), a value that cannot be
// read or is out of range, and for all that the family's sampler refuses. Families without rejection
// report one attempt.
Sampled sample_family(const std::string& name, const FamilyParameters& parameters,
                      const WordSource& words);

}  // namespace circuits
