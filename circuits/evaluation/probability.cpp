#include "circuits/evaluation/probability.h"

#include <algorithm>
#include <array>
#include <bit>
#include <cmath>
#include <string>

#include "circuits/evaluation/evaluate.h"
#include "circuits/evaluation/input_words.h"
#include "circuits/evaluation/simulator.h"

namespace circuits {
namespace {

void check_count(std::size_t inputs, std::size_t numbers) {
  if (inputs == numbers) return;
  throw Error("there are " + std::to_string(inputs) + " inputs and " + std::to_string(numbers) +
              " numbers for them");
}

void check_probabilities(const Circuit& circuit, std::span<const double> p) {
  check_count(circuit.inputs(), p.size());
  for (std::size_t i = 0; i < p.size(); ++i) {
    if (p[i] >= 0 && p[i] <= 1) continue;
    throw Error("the probability of input " + std::to_string(i) + " is " + std::to_string(p[i]) +
                "; it must be in [0, 1]");
  }
}

// Π_i (point_i or 1 − point_i) for all 2^n choices, in the order of truth tables.
std::vector<double> products(std::span<const double> point) {
  std::vector<double> weights{1};
  for (const double x : point) {
    const std::size_t half = weights.size();
    for (std::size_t k = 0; k < half; ++k) weights.push_back(weights[k] * x);
    for (std::size_t k = 0; k < half; ++k) weights[k] *= 1 - x;
  }
  return weights;
}

// Sums of the weights of inputs on which a function is 1, by its words.
class Weights {
 public:
  explicit Weights(std::span<const double> point)
      : words_(products(point.subspan(std::min<std::size_t>(6, point.size())))) {
    const auto bits = products(point.first(std::min<std::size_t>(6, point.size())));
    for (std::size_t byte = 0; byte < 8; ++byte) {
      for (std::size_t k = 0; k < 256; ++k) {
        double& sum = bytes_[byte][k];
        sum = 0;
        for (std::size_t bit = 0; bit < 8; ++bit) {
          // Bits beyond 2^n weigh nothing.
          if ((k >> bit & 1) != 0 && 8 * byte + bit < bits.size()) sum += bits[8 * byte + bit];
        }
      }
    }
  }

  double sum(std::span<const std::uint64_t> row, std::size_t first) const {
    double total = 0;
    for (std::size_t w = 0; w < row.size(); ++w) total += words_[first + w] * of_word(row[w]);
    return total;
  }

 private:
  double of_word(std::uint64_t word) const {
    double sum = 0;
    for (std::size_t byte = 0; byte < 8; ++byte) sum += bytes_[byte][word >> (8 * byte) & 255];
    return sum;
  }

  std::vector<double> words_;                     // of each word, by its number
  std::array<std::array<double, 256>, 8> bytes_;  // of the bits of each byte of a word
};

}  // namespace

double multilinear_extension(const TruthTable& function, std::span<const double> point) {
  check_count(static_cast<std::size_t>(function.inputs()), point.size());
  return Weights(point).sum(function.words(), 0);
}

std::vector<double> exact_probabilities(const Circuit& circuit, std::span<const double> p) {
  check_probabilities(circuit, p);
  if (p.size() > TruthTable::kMostInputs) {
    throw Error("exact probabilities are for at most " + std::to_string(TruthTable::kMostInputs) +
                " inputs, not " + std::to_string(p.size()) + ": sample them");
  }
  const Weights weights(p);
  std::vector<double> result(circuit.nodes(), 0);
  const std::size_t words = std::size_t{1} << (p.size() > 6 ? p.size() - 6 : 0);
  Simulator(circuit, all_nodes(circuit))
      .stream(counting_inputs(), words, [&](const Simulator::Block& block) {
        for (std::size_t v = 0; v < result.size(); ++v) {
          result[v] += weights.sum(block.row(v), block.first);
        }
        return true;
      });
  return result;
}

std::vector<double> gatewise_probabilities(const Circuit& circuit, std::span<const double> p) {
  check_probabilities(circuit, p);
  return evaluate_nodes(circuit, Reals{}, std::vector<double>(p.begin(), p.end()));
}

std::vector<Estimate> sampled_probabilities(const Circuit& circuit, std::span<const double> p,
                                            std::size_t words, std::uint64_t seed) {
  check_probabilities(circuit, p);
  if (words == 0) throw Error("probabilities need at least one word of samples");
  std::vector<std::uint64_t> ones(circuit.nodes(), 0);
  const Simulator simulator(circuit, all_nodes(circuit));
  simulator.stream(random_inputs({p.begin(), p.end()}, seed), words, [&](const auto& block) {
    for (std::size_t v = 0; v < ones.size(); ++v) {
      for (const std::uint64_t word : block.row(v)) {
        ones[v] += static_cast<std::uint64_t>(std::popcount(word));
      }
    }
    return true;
  });
  const double samples = 64 * static_cast<double>(words);
  std::vector<Estimate> result;
  for (const std::uint64_t count : ones) {
    const double share = static_cast<double>(count) / samples;
    const double q = (static_cast<double>(count) + 1) / (samples + 2);
    result.push_back({share, std::sqrt(q * (1 - q) / samples)});
  }
  return result;
}

}  // namespace circuits
