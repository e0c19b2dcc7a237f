// And-inverter graphs as clauses: Tseitin, "On the complexity of derivation in propositional
// calculus", 1968. An AND c = ab becomes (¬c ∨ a)(¬c ∨ b)(c ∨ ¬a ∨ ¬b).
#pragma once

#include <vector>

#include "circuits/aig.h"
#include "circuits/proofs/sat.h"

namespace circuits {

// Gives signals of a graph, which may grow, to a solver. The clauses of a signal's cone are added
// when the signal is first asked for, so that the solver sees only what questions need. Both must
// outlive this object.
class Cnf {
 public:
  Cnf(const AigBuilder& graph, SatSolver& solver) : graph_(graph), solver_(solver) {}

  // The literal that is true iff the signal is 1.
  int literal(Signal signal);

  // After Satisfiable: the inputs of the graph; those that no question needed are 0.
  std::vector<bool> inputs() const;

 private:
  bool known(Signal signal) const { return variable_[signal >> 1] != 0; }
  void define(std::size_t v);  // by its fan-ins, which are known

  const AigBuilder& graph_;
  SatSolver& solver_;
  std::vector<int> variable_;  // of the solver, by variable of the graph; 0: none yet
};

}  // namespace circuits
