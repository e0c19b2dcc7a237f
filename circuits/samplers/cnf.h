// Random k-CNF and k-DNF.
#pragma once

#include "circuits/samplers/parameters.h"
#include "circuits/samplers/random.h"

namespace circuits {

// `clauses` clauses of k literals: an AND of ORs (form = cnf) or an OR of ANDs (form = dnf). The
// variables of a clause are a uniform set of size k, the signs fair and independent; clauses are
// independent, or, if `distinct`, different from each other (one that is there already is drawn
// again): a uniform sequence of different clauses. A clause is a gate of k fan-ins in ascending
// order, or a literal for k = 1. Inputs may be irrelevant and the function constant.
struct CnfShape {
  static constexpr const char* family = "cnf";
  static constexpr const char* doc = "random k-CNF or k-DNF";
  std::size_t inputs = 8;
  std::size_t clauses = 12;
  std::size_t k = 3;
  std::string form = "cnf";
  bool distinct = true;

  Parameters parameters();
};
// Throws Error for a shape out of range, k > inputs, or when more than half of all 2^k · C(inputs, k)
// clauses shall be distinct ones.
Circuit sample_cnf(const CnfShape& shape, const WordSource& words);

}  // namespace circuits
