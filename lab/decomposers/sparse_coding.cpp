#include "lab/decomposers/sparse_coding.h"

#include <ATen/ATen.h>
#include <ATen/Parallel.h>

#include <algorithm>
#include <cmath>
#include <vector>

#include "lab/core/error.h"
#include "lab/core/stop.h"

namespace lab {
namespace {

constexpr double kRounding = 2e-6;   // of float32 activations: no reason to fire
constexpr double kOfPenalty = 1e-3;  // of the penalty: a smaller gain is none
constexpr double kPursuitTolerance = 1e-6;
constexpr double kDependent =
    1e-10;  // share of an atom's square that must be new to the chosen ones

// The atoms' Gram matrix, and what one sample has to do with them.
struct Problem {
  std::int64_t atoms;
  const double* gram_MM;
  const double* norm_M;
  const double* projection_M;  // ⟨x, w_i⟩, less half the penalty of a code
  double size;                 // ‖x‖
};

// Least squares on a set of atoms that grows and shrinks, by a Cholesky factor of their Gram
// matrix.
class ActiveSet {
 public:
  explicit ActiveSet(std::int64_t atoms)
      : most_(atoms), factor_(atoms * atoms), codes_(atoms), state_(atoms), gradient_(atoms) {}

  void start(const Problem& problem) {
    problem_ = &problem;
    chosen_.clear();
    std::fill(state_.begin(), state_.end(), kFree);
    std::copy_n(problem.projection_M, most_, gradient_.begin());
  }

  // The free atom of largest gradient over norm (of largest size, when `either_sign`), or −1 when
  // none exceeds tolerance · ‖x‖.
  std::int64_t best(double tolerance, bool either_sign) const {
    std::int64_t winner = -1;
    double most = tolerance * problem_->size;
    for (std::int64_t i = 0; i < most_; ++i) {
      if (state_[i] != kFree || problem_->norm_M[i] == 0) continue;
      const double value =
          (either_sign ? std::abs(gradient_[i]) : gradient_[i]) / problem_->norm_M[i];
      if (value > most) {
        most = value;
        winner = i;
      }
    }
    return winner;
  }

  // Adds an atom; does not when it depends on those chosen, and then never offers it again.
  bool add(std::int64_t atom) {
    const bool independent = append(atom, kDependent);
    state_[atom] = independent ? kChosen : kBarred;
    return independent;
  }

  void bar_last() {  // the last one added was of no use
    state_[chosen_.back()] = kBarred;
    chosen_.pop_back();
  }

  // Removes the chosen atoms at which `leave(position)` holds.
  template <class Leave>
  void remove(const Leave& leave) {
    std::vector<std::int64_t> stay;
    for (std::size_t p = 0; p < chosen_.size(); ++p) {
      if (leave(p)) {
        state_[chosen_[p]] = kFree;
      } else {
        stay.push_back(chosen_[p]);
      }
    }
    chosen_.clear();
    for (auto& state : state_) {
      if (state == kBarred) state = kFree;
    }
    for (const std::int64_t atom : stay) append(atom, 0);  // independent before, so still
  }

  // The least-squares codes of the chosen atoms, in the order of `chosen`.
  const std::vector<double>& solve() { return solve(problem_->projection_M); }

  // An atom that depends on the chosen ones, as a sum of them.
  const std::vector<double>& coefficients(std::int64_t atom) {
    return solve(problem_->gram_MM + atom * most_);
  }

  // Sets the gradient ⟨x − c·atoms, w_i⟩ for codes of the chosen atoms.
  void update_gradient(const std::vector<double>& codes) {
    std::copy_n(problem_->projection_M, most_, gradient_.begin());
    for (std::size_t p = 0; p < chosen_.size(); ++p) {
      const double* row = problem_->gram_MM + chosen_[p] * most_;
      for (std::int64_t i = 0; i < most_; ++i) gradient_[i] -= codes[p] * row[i];
    }
  }

  const std::vector<std::int64_t>& chosen() const { return chosen_; }
  double size() const { return problem_->size; }

 private:
  enum State : std::uint8_t { kFree, kChosen, kBarred };
  double& at(std::size_t i, std::size_t j) { return factor_[i * most_ + j]; }

  // Solves (Gram matrix of the chosen) y = their entries of `right_M`.
  const std::vector<double>& solve(const double* right_M) {
    const std::size_t n = chosen_.size();
    for (std::size_t i = 0; i < n; ++i) {
      double sum = right_M[chosen_[i]];
      for (std::size_t j = 0; j < i; ++j) sum -= at(i, j) * codes_[j];
      codes_[i] = sum / at(i, i);
    }
    for (std::size_t i = n; i-- > 0;) {
      for (std::size_t j = i + 1; j < n; ++j) codes_[i] -= at(j, i) * codes_[j];
      codes_[i] /= at(i, i);
    }
    return codes_;
  }

  // Extends the factor unless the share of the atom's square that is new is at most `least_new`.
  bool append(std::int64_t atom, double least_new) {
    const std::size_t n = chosen_.size();
    if (static_cast<std::int64_t>(n) == most_) return false;
    const double* row = problem_->gram_MM + atom * most_;
    double left = row[atom];
    for (std::size_t i = 0; i < n; ++i) {
      double sum = row[chosen_[i]];
      for (std::size_t j = 0; j < i; ++j) sum -= at(i, j) * at(n, j);
      at(n, i) = sum / at(i, i);
      left -= at(n, i) * at(n, i);
    }
    if (least_new > 0 && left <= least_new * row[atom]) return false;
    at(n, n) = std::sqrt(std::max(left, kDependent * row[atom]));
    chosen_.push_back(atom);
    return true;
  }

  std::int64_t most_;
  const Problem* problem_ = nullptr;
  std::vector<double> factor_;  // lower triangle, row-major
  std::vector<double> codes_;
  std::vector<State> state_;
  std::vector<double> gradient_;
  std::vector<std::int64_t> chosen_;
};

// Moves the codes of the chosen atoms to their least-squares values, dropping on the way those that
// would become negative. False when the atom added last is one of them at once.
bool settle(ActiveSet& set, std::vector<double>& codes) {
  codes.resize(set.chosen().size(), 0.0);
  for (bool fresh = codes.back() == 0;; fresh = false) {
    const std::vector<double>& wanted = set.solve();
    const std::size_t n = codes.size();
    if (fresh && wanted[n - 1] <= 0) return false;
    double step = 1;
    for (std::size_t p = 0; p < n; ++p) {
      if (wanted[p] <= 0) step = std::min(step, codes[p] / (codes[p] - wanted[p]));
    }
    if (step == 1) {
      codes.assign(wanted.begin(), wanted.begin() + n);
      if (std::all_of(codes.begin(), codes.end(), [](double c) { return c > 0; })) return true;
    }
    std::vector<bool> leaves(n);
    for (std::size_t p = 0; p < n; ++p) {
      const bool bound = wanted[p] <= 0 && codes[p] / (codes[p] - wanted[p]) <= step;
      codes[p] += step * (wanted[p] - codes[p]);
      leaves[p] = bound || codes[p] <= 0;
    }
    set.remove([&](std::size_t p) { return leaves[p]; });
    std::size_t kept = 0;
    for (std::size_t p = 0; p < n; ++p) {
      if (!leaves[p]) codes[kept++] = codes[p];
    }
    codes.resize(kept);
    if (kept == 0) return true;
  }
}

// With a penalty an atom can be of use though it depends on the chosen ones: it takes over from them, at
// the same reconstruction, until the first of them is 0 and leaves. False when none would.
bool take_over(ActiveSet& set, std::vector<double>& codes, std::int64_t atom) {
  const std::vector<double>& share = set.coefficients(atom);
  const std::size_t n = codes.size();
  std::size_t leaver = n;
  for (std::size_t p = 0; p < n; ++p) {
    if (share[p] <= 0) continue;
    if (leaver == n || codes[p] * share[leaver] < codes[leaver] * share[p]) leaver = p;
  }
  if (leaver == n) return false;
  const double amount = codes[leaver] / share[leaver];
  std::vector<double> moved;
  for (std::size_t p = 0; p < n; ++p) {
    if (p != leaver) moved.push_back(codes[p] - amount * share[p]);
  }
  set.remove([&](std::size_t p) { return p == leaver; });
  codes = std::move(moved);
  if (set.add(atom)) codes.push_back(amount);
  return true;
}

void non_negative(ActiveSet& set, std::vector<double>& codes, std::int64_t atoms, double l1) {
  codes.clear();
  const bool penalised = l1 > 0;
  // With a small penalty much of its optimum lies below what would be rounding without one.
  const double tolerance =
      penalised ? std::min(kRounding, kOfPenalty * l1 / set.size()) : kRounding;
  for (std::int64_t exchange = 0; exchange < 100 * atoms; ++exchange) {
    const std::int64_t atom = set.best(tolerance, false);
    if (atom < 0) return;
    if (!set.add(atom) && (!penalised || !take_over(set, codes, atom))) continue;
    if (settle(set, codes)) {
      set.update_gradient(codes);
    } else {
      set.bar_last();
      codes.resize(set.chosen().size());
    }
  }
  throw Failure("non-negative least squares did not converge; are atoms nearly equal?");
}

void pursue(ActiveSet& set, std::vector<double>& codes, std::int64_t k) {
  codes.clear();
  while (static_cast<std::int64_t>(set.chosen().size()) < k) {
    const std::int64_t atom = set.best(kPursuitTolerance, true);
    if (atom < 0) return;
    if (!set.add(atom)) continue;
    const std::vector<double>& solved = set.solve();
    codes.assign(solved.begin(), solved.begin() + set.chosen().size());
    set.update_gradient(codes);
  }
}

// Calls code(set, codes) for every sample and scatters what it finds.
template <class Code>
at::Tensor each_sample(const at::Tensor& atoms_MD, const at::Tensor& acts_BD, double l1,
                       const Code& code) {
  const at::Tensor atoms = atoms_MD.to(at::kDouble), acts = acts_BD.to(at::kDouble);
  const at::Tensor gram_MM = at::matmul(atoms, atoms.t()).contiguous();
  const at::Tensor norm_M = gram_MM.diagonal().sqrt().contiguous();
  const at::Tensor projection_BM = (at::matmul(acts, atoms.t()) - norm_M * (l1 / 2)).contiguous();
  const at::Tensor size_B = acts.norm(2, 1).contiguous();
  const std::int64_t M = atoms.size(0);
  at::Tensor codes_BM = at::zeros({acts.size(0), M}, at::kFloat);
  float* const out = codes_BM.data_ptr<float>();
  at::parallel_for(0, acts.size(0), 256, [&](std::int64_t begin, std::int64_t end) {
    ActiveSet set(M);
    std::vector<double> codes;
    for (std::int64_t b = begin; b < end; ++b) {
      poll_stop();
      const Problem problem{M, gram_MM.data_ptr<double>(), norm_M.data_ptr<double>(),
                            projection_BM.data_ptr<double>() + b * M, size_B.data_ptr<double>()[b]};
      set.start(problem);
      code(set, codes);
      for (std::size_t p = 0; p < codes.size(); ++p) {
        const std::int64_t atom = set.chosen()[p];
        const bool rounding = std::abs(codes[p]) * problem.norm_M[atom] <= kRounding * problem.size;
        if (!rounding) out[b * M + atom] = static_cast<float>(codes[p]);
      }
    }
  });
  return codes_BM;
}

}  // namespace

at::Tensor non_negative_codes(const at::Tensor& atoms_MD, const at::Tensor& acts_BD, double l1) {
  return each_sample(atoms_MD, acts_BD, l1, [&](ActiveSet& set, std::vector<double>& codes) {
    non_negative(set, codes, atoms_MD.size(0), l1);
  });
}

at::Tensor pursuit_codes(const at::Tensor& atoms_MD, const at::Tensor& acts_BD, std::int64_t k) {
  return each_sample(atoms_MD, acts_BD, 0,
                     [&](ActiveSet& set, std::vector<double>& codes) { pursue(set, codes, k); });
}

}  // namespace lab
