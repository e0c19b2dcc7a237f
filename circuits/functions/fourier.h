// Fourier (Walsh–Hadamard) analysis of F = (−1)^f, so that 0 becomes +1 and 1 becomes −1, over
// uniform inputs (O'Donnell, Analysis of Boolean Functions, 2014). The coefficient of a set S of
// inputs, given as a bit mask, is F̂(S) = E[F(x) (−1)^|x & S|].
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "circuits/functions/truth_table.h"

namespace circuits {

// Entry S is 2^n F̂(S), an exact whole number. Fast transform: n 2^n additions and 4 · 2^n bytes
// (64 MiB and about half a second for n = 24).
std::vector<std::int32_t> fourier_sums(const TruthTable& table);

// The functions below take these sums; their number is a power of two.

// The largest |S| with F̂(S) ≠ 0; 0 for constants.
int fourier_degree(std::span<const std::int32_t> sums);

// Entry k is Σ F̂(S)² over |S| = k, exact; the entries add up to 1 (Parseval).
std::vector<double> weight_by_level(std::span<const std::int32_t> sums);

// Stab_ρ = Σ_k ρ^k weight_k = E[F(x) F(y)] where each bit of y is that of x with probability
// (1 + ρ) / 2, else flipped. Throws Error unless −1 ≤ ρ ≤ 1.
double noise_stability(std::span<const double> weights, double rho);

// E[F] = 1 − 2 P[f = 1], from −1 (constant 1) to 1 (constant 0).
double bias(const TruthTable& table);

// Entry i is the number of inputs x on which flipping input i changes f: Inf_i = count / 2^n.
std::vector<std::uint64_t> influence_counts(const TruthTable& table);

}  // namespace circuits
