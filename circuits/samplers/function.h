// Random functions: tables drawn entry by entry, and their circuits of lookup tables.
#pragma once

#include "circuits/builder.h"
#include "circuits/functions/truth_table.h"
#include "circuits/samplers/parameters.h"
#include "circuits/samplers/random.h"

namespace circuits {

// Tables of 0 … 24 inputs, else Error.
// Entries are independent and 1 with probability p, drawn 64 at a time by biased_word: for p = 1/2
// each of the 2^(2^n) tables is equally likely, and a word is 64 entries.
TruthTable sample_table(int inputs, const WordSource& words, double p = 0.5);
// Uniform over the tables with exactly this many ones (Floyd's algorithm). Error for more than 2^n.
TruthTable sample_table_of_ones(int inputs, std::uint64_t ones, const WordSource& words);

// Adds a table of fanins.size() inputs to a circuit by Shannon's expansion: a lookup table (Lut) of
// the first six fan-ins for each value of the others, and multiplexers (Mux) of these, the seventh
// fan-in lowest. What is equal is shared, a multiplexer of equal branches left out. Without fan-ins,
// or where the table is constant: a constant.
Node add_lookup(Builder& builder, const TruthTable& table, const std::vector<Node>& fanins);
// The circuit of n inputs with one output each table. Throws Error when numbers of inputs differ or
// without tables.
Circuit lookup_circuit(const std::vector<TruthTable>& tables);

// Random functions of all inputs as one circuit. Outputs are independent. Each table is uniform
// among all (share = 1/2), has independent entries that are 1 with probability `share`, or, if
// `exact`, is uniform among the tables of exactly ⌊share · 2^inputs + 1/2⌋ ones. Nothing is rejected:
// inputs may be irrelevant and outputs constant.
struct FunctionShape {
  static constexpr const char* family = "function";
  static constexpr const char* doc = "uniformly random functions, by lookup tables";
  std::size_t inputs = 5;
  std::size_t outputs = 1;
  double share = 0.5;
  bool exact = false;

  Parameters parameters();
};
Circuit sample_function(const FunctionShape& shape, const WordSource& words);

// A junta: the set of the k inputs is uniform, the function uniform among the functions of k inputs
// that depend on all of them. By rejection: an attempt draws a uniform table, attempts are counted;
// the share of acceptable tables is 1/2, 5/8, 218/256, … for k = 1, 2, 3, … and goes to 1.
struct JuntaShape {
  static constexpr const char* family = "junta";
  static constexpr const char* doc = "random function that depends on exactly k of the inputs";
  std::size_t inputs = 10;
  std::size_t k = 3;

  Parameters parameters();
};
Sampled sample_junta(const JuntaShape& shape, const WordSource& words);

}  // namespace circuits
