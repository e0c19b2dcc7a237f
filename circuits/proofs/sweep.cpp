#include "circuits/proofs/sweep.h"

#include <unordered_map>
#include <utility>

#include "circuits/evaluation/input_words.h"
#include "circuits/proofs/cnf.h"

namespace circuits {
namespace {

std::uint64_t hashed(std::uint64_t hash, std::uint64_t word) {
  hash = (hash ^ word) * 0x9e3779b97f4a7c15;
  return hash ^ (hash >> 29);
}

// A hash of each variable's values on the inputs tried so far, equal for complements: the values are
// taken exclusive-or the first one.
class Signatures {
 public:
  explicit Signatures(const AigBuilder& graph)
      : graph_(graph),
        words_(1 + graph.inputs() + graph.ands().size()),
        hash_(words_.size()),
        phase_(words_.size()) {}

  // Evaluates 64 inputs; word(i) holds the values of input i.
  template <class Word>
  void add(const Word& word) {
    const std::size_t inputs = graph_.inputs();
    for (std::size_t i = 0; i < inputs; ++i) words_[1 + i] = word(i);
    for (std::size_t i = 0; i < graph_.ands().size(); ++i) {
      const auto [a, b] = graph_.ands()[i];
      words_[1 + inputs + i] = value(a) & value(b);
    }
    for (std::size_t v = 0; v < words_.size(); ++v) {
      if (!begun_) phase_[v] = (words_[v] & 1) != 0;
      hash_[v] = hashed(hash_[v], phase_[v] ? ~words_[v] : words_[v]);
    }
    begun_ = true;
  }
  std::uint64_t hash(std::size_t v) const { return hash_[v]; }
  bool phase(std::size_t v) const { return phase_[v]; }

 private:
  std::uint64_t value(Signal s) const { return words_[s >> 1] ^ (std::uint64_t{0} - (s & 1)); }

  const AigBuilder& graph_;
  std::vector<std::uint64_t> words_, hash_;
  std::vector<bool> phase_;
  bool begun_ = false;
};

class Sweeper {
 public:
  Sweeper(const AigBuilder& graph, std::int64_t conflicts, const Deadline& deadline)
      : from_(graph),
        conflicts_(conflicts),
        deadline_(deadline),
        signatures_(graph),
        result_{AigBuilder(graph.inputs()), {}, 0, true},
        solver_(SatSolver::Effort::Plain),
        cnf_(result_.graph, solver_) {}

  Swept run(std::size_t rounds) {
    for (std::size_t round = 0; round < rounds; ++round) {
      signatures_.add([&](std::size_t i) { return random(i); });
      ++rounds_;
    }
    for (std::size_t v = 0; v < 1 + from_.inputs(); ++v) {
      result_.image.push_back(static_cast<Signal>(2 * v));
      first_.try_emplace(signatures_.hash(v), v);
    }
    for (std::size_t i = 0; i < from_.ands().size(); ++i) {
      const auto [a, b] = from_.ands()[i];
      result_.image.push_back(result_.graph.both(image(a), image(b)));
      if (result_.finished && deadline_.passed()) result_.finished = false;
      if (result_.finished) merge(1 + from_.inputs() + i);
    }
    return std::move(result_);
  }

 private:
  // A class may hold several functions that no input tried so far tells apart.
  static constexpr int kTries = 8;

  Signal image(Signal s) const { return result_.image[s >> 1] ^ (s & 1); }

  std::uint64_t random(std::size_t input) const {
    std::uint64_t word = 0;
    uniform_inputs(0)(input, rounds_, {&word, 1});
    return word;
  }

  // Compares variable v with the first of its class until they are equal, v is alone, or the
  // question is too hard.
  void merge(std::size_t v) {
    for (int attempt = 0; attempt < kTries; ++attempt) {
      const auto [found, alone] = first_.try_emplace(signatures_.hash(v), v);
      if (alone) return;
      const std::size_t other = found->second;
      const bool complement = signatures_.phase(v) != signatures_.phase(other);
      const Signal candidate = result_.image[other] ^ (complement ? 1u : 0u);
      if (candidate == result_.image[v]) return;
      const auto answer = differ(candidate, result_.image[v]);
      if (answer == SatSolver::Answer::Unsatisfiable) {
        result_.image[v] = candidate;
        ++result_.merged;
      }
      if (answer != SatSolver::Answer::Satisfiable) return;
      refine(v);
    }
  }

  SatSolver::Answer differ(Signal a, Signal b) {
    const int left = cnf_.literal(a), right = cnf_.literal(b);
    for (const int sign : {1, -1}) {
      const int assumed[] = {sign * left, -sign * right};
      const auto answer = solver_.solve(assumed, conflicts_, deadline_);
      if (answer != SatSolver::Answer::Unsatisfiable) return answer;
    }
    solver_.clause({-left, right});
    solver_.clause({left, -right});
    return SatSolver::Answer::Unsatisfiable;
  }

  // Bit 0 of each word is the solver's input, the others flip each input with probability 1/8.
  void refine(std::size_t upto) {
    const std::vector<bool> counterexample = cnf_.inputs();
    ++rounds_;
    const InputWords flips = random_inputs(std::vector<double>(from_.inputs(), 0.125), rounds_);
    signatures_.add([&](std::size_t i) {
      std::uint64_t word = 0;
      flips(i, 0, {&word, 1});
      return (word & ~std::uint64_t{1}) ^ (counterexample[i] ? ~std::uint64_t{0} : 0);
    });
    first_.clear();
    for (std::size_t v = 0; v < upto; ++v) first_.try_emplace(signatures_.hash(v), v);
  }

  const AigBuilder& from_;
  std::int64_t conflicts_;
  const Deadline& deadline_;
  Signatures signatures_;
  std::size_t rounds_ = 0;
  std::unordered_map<std::uint64_t, std::size_t> first_;  // of each class
  Swept result_;
  SatSolver solver_;
  Cnf cnf_;
};

}  // namespace

Swept sweep(const AigBuilder& graph, std::size_t rounds, std::int64_t conflicts,
            const Deadline& deadline) {
  return Sweeper(graph, conflicts, deadline).run(rounds);
}

}  // namespace circuits
