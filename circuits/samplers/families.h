// All families of circuits by name: what a command line or a config file can ask for.
#pragma once

#include <map>
#include <string>
#include <vector>

#include "circuits/samplers/arithmetic.h"
#include "circuits/samplers/cnf.h"
#include "circuits/samplers/copies.h"
#include "circuits/samplers/dag.h"
#include "circuits/samplers/formula.h"
#include "circuits/samplers/function.h"
#include "circuits/samplers/layered.h"
#include "circuits/samplers/multitask.h"
#include "circuits/samplers/pairs.h"
#include "circuits/samplers/parity.h"
#include "circuits/samplers/random.h"
#include "circuits/samplers/selection.h"
#include "circuits/samplers/staircases.h"
#include "circuits/samplers/threshold.h"
#include "circuits/samplers/topology.h"

namespace circuits {

// What a family's function takes, whichever of the three forms it has, and one form for all.
template <auto kSample>
struct FamilyOf;
template <class S, Sampled (*kSample)(const S&, const WordSource&)>
struct FamilyOf<kSample> {
  using Shape = S;
  static Sampled sample(const S& shape, const WordSource& words) { return kSample(shape, words); }
};
template <class S, Circuit (*kSample)(const S&, const WordSource&)>
struct FamilyOf<kSample> {
  using Shape = S;
  static Sampled sample(const S& shape, const WordSource& words) {
    return {kSample(shape, words), 1};
  }
};
template <class S, Circuit (*kMake)(const S&)>
struct FamilyOf<kMake> {
  using Shape = S;
  static Sampled sample(const S& shape, const WordSource&) { return {kMake(shape), 1}; }
};

// Every family but copies (copies.h), which is made of another one: the one list of them.
template <class... Families>
struct FamilyList {};
using BasicFamilies =
    FamilyList<FamilyOf<sample_dag>, FamilyOf<sample_layered>, FamilyOf<sample_topology>,
               FamilyOf<sample_function>, FamilyOf<sample_junta>, FamilyOf<sample_parity>,
               FamilyOf<sample_staircase>, FamilyOf<sample_multitask>, FamilyOf<sample_read_once>,
               FamilyOf<sample_decision_tree>, FamilyOf<sample_cnf>, FamilyOf<threshold>,
               FamilyOf<sample_weighted_threshold>, FamilyOf<majority>,
               FamilyOf<sample_majority_tree>, FamilyOf<multiplexer>, FamilyOf<tribes>,
               FamilyOf<inner_product>, FamilyOf<adder>, FamilyOf<multiplier>, FamilyOf<comparator>,
               FamilyOf<modular_adder>, FamilyOf<popcount>, FamilyOf<sample_pairs>>;

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

// Every family with its parameters: random, parity, function, junta, …; each is the shape of the same
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
