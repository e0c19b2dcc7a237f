// The probability that each node is 1 when the inputs are independent, input i being 1 with
// probability p[i]: exactly, by a rule for each gate, and from samples.
#pragma once

#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"
#include "circuits/functions/truth_table.h"

namespace circuits {

// The polynomial Σ_k f(k) Π_i (point_i if bit i of k is set, else 1 − point_i), the only one of
// degree at most 1 in each variable that agrees with f on {0, 1}^n; at probabilities it is
// P[f = 1]. Any real point, one number an input, else Error. Takes 2^n / 8 additions, 2^n / 8 bytes.
double multilinear_extension(const TruthTable& function, std::span<const double> point);

// All functions below throw Error unless p has one number in [0, 1] for each input; results are
// indexed by node.

// Exact up to rounding, by all 2^n inputs in blocks: nodes · 2^n / 8 additions, 2^n / 8 bytes and a
// block. Error beyond 24 inputs.
std::vector<double> exact_probabilities(const Circuit& circuit, std::span<const double> p);

// As if the fan-ins of every gate were independent (domains.h: Reals); linear time. Exact for
// nodes in whose cones no node is read twice. Where paths meet again the error can be anything: x and
// not x gives p(1 − p) instead of 0, and the or of many such gates tends to 1 instead of 0.
std::vector<double> gatewise_probabilities(const Circuit& circuit, std::span<const double> p);

// A share of 1s among samples. The standard error is √(q(1 − q) / samples) with
// q = (ones + 1) / (samples + 2), which is not 0 for shares 0 and 1.
struct Estimate {
  double value;
  double standard_error;
};

// From 64 · words independent samples, a function of the seed; probabilities are rounded down to
// multiples of 2^−53. Throws Error for words = 0, too.
std::vector<Estimate> sampled_probabilities(const Circuit& circuit, std::span<const double> p,
                                            std::size_t words, std::uint64_t seed);

}  // namespace circuits
