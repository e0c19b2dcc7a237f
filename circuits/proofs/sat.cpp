#include "circuits/proofs/sat.h"

#include <algorithm>
#include <cadical.hpp>
#include <cmath>
#include <limits>

namespace circuits {
namespace {

class AtDeadline : public CaDiCaL::Terminator {
 public:
  explicit AtDeadline(const Deadline& deadline) : deadline_(deadline) {}
  bool terminate() override { return deadline_.passed(); }

 private:
  const Deadline& deadline_;
};

}  // namespace

Deadline::Deadline(double seconds) : end_(std::chrono::steady_clock::time_point::max()) {
  constexpr double kNever = 1e9;
  if (std::isnan(seconds)) throw Error("a time limit must be a number of seconds");
  if (seconds >= kNever) return;
  end_ = std::chrono::steady_clock::now() +
         std::chrono::duration_cast<std::chrono::steady_clock::duration>(
             std::chrono::duration<double>(std::max(0.0, seconds)));
}

double Deadline::left() const {
  if (end_ == std::chrono::steady_clock::time_point::max()) {
    return std::numeric_limits<double>::infinity();
  }
  const std::chrono::duration<double> left = end_ - std::chrono::steady_clock::now();
  return std::max(0.0, left.count());
}

struct SatSolver::Hidden {
  CaDiCaL::Solver solver;
  int variables = 0;
};

SatSolver::SatSolver(Effort effort) : hidden_(std::make_unique<Hidden>()) {
  hidden_->solver.set("quiet", 1);
  if (effort == Effort::Plain) hidden_->solver.configure("plain");
}

SatSolver::~SatSolver() = default;

int SatSolver::variable() {
  if (hidden_->variables >= (1 << 30)) throw Error("more than 2^30 variables for the solver");
  return ++hidden_->variables;
}

void SatSolver::clause(std::span<const int> literals) {
  for (const int literal : literals) hidden_->solver.add(literal);
  hidden_->solver.add(0);
}

SatSolver::Answer SatSolver::solve(std::span<const int> assumed, std::int64_t conflicts,
                                   const Deadline& deadline) {
  if (deadline.passed()) return Answer::OutOfTime;
  CaDiCaL::Solver& solver = hidden_->solver;
  for (const int literal : assumed) solver.assume(literal);
  constexpr std::int64_t kMost = std::numeric_limits<int>::max();
  if (conflicts >= 0) solver.limit("conflicts", static_cast<int>(std::min(conflicts, kMost)));
  AtDeadline terminator(deadline);
  solver.connect_terminator(&terminator);
  const int status = solver.solve();
  solver.disconnect_terminator();
  if (status == 10) return Answer::Satisfiable;
  if (status == 20) return Answer::Unsatisfiable;
  return deadline.passed() ? Answer::OutOfTime : Answer::OutOfConflicts;
}

bool SatSolver::value(int literal) const {
  return hidden_->solver.val(literal) == literal;
}

}  // namespace circuits
