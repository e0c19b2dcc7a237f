// Satisfiability of clauses, by CaDiCaL, with limits.
#pragma once

#include <chrono>
#include <cstdint>
#include <memory>
#include <span>

#include "circuits/error.h"

namespace circuits {

// A moment after which work stops.
class Deadline {
 public:
  // Seconds from now; anything from about 30 years on, infinity included, is never.
  explicit Deadline(double seconds);
  bool passed() const { return std::chrono::steady_clock::now() >= end_; }
  double left() const;  // seconds, at least 0

 private:
  std::chrono::steady_clock::time_point end_;
};

// A solver to which clauses are added between calls. Variables are 1, 2, …, −v is the complement of
// v. One thread at a time.
class SatSolver {
 public:
  // Thorough: preprocessing for one hard question. Plain: none, for many easy ones.
  enum class Effort { Thorough, Plain };
  enum class Answer { Satisfiable, Unsatisfiable, OutOfTime, OutOfConflicts };

  explicit SatSolver(Effort effort);
  ~SatSolver();
  SatSolver(const SatSolver&) = delete;
  SatSolver& operator=(const SatSolver&) = delete;

  int variable();  // a new one
  void clause(std::span<const int> literals);
  void clause(std::initializer_list<int> literals) {
    clause(std::span<const int>(literals.begin(), literals.size()));
  }
  // Whether all clauses and the literals `assumed` can be satisfied. Gives up after `conflicts`
  // conflicts (negative: never) or at the deadline.
  Answer solve(std::span<const int> assumed, std::int64_t conflicts, const Deadline& deadline);
  // After Satisfiable: the value of a literal.
  bool value(int literal) const;

 private:
  struct Hidden;  // keeps the library's header out of ours
  std::unique_ptr<Hidden> hidden_;
};

}  // namespace circuits
