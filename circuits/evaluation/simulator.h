// Fast simulation of a circuit on many inputs: 64 in a word, several words in a vector, vectors in
// blocks whose values stay in the second-level cache.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <span>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"
#include "circuits/evaluation/input_words.h"
#include "circuits/evaluation/program.h"

namespace circuits {

// Compiles a circuit once (program.h) and runs it any number of times. A value: runs share nothing,
// so several threads may use one Simulator.
class Simulator {
 public:
  // The rows of the results are the outputs, or the nodes `wanted`. Nodes on which no row depends
  // are not computed. Throws Error for a node that does not exist.
  explicit Simulator(const Circuit& circuit);
  Simulator(const Circuit& circuit, std::span<const Node> wanted);

  std::size_t inputs() const { return program_.inputs.size(); }
  std::size_t rows() const { return program_.wanted.size(); }
  // And or xor steps that every word takes.
  std::size_t steps() const { return program_.steps.size(); }
  // The words of a block, and the bytes that a run needs for its values.
  std::size_t block_words() const;
  std::size_t table_bytes() const;

  // `inputs` is row-major [inputs(), words], the result [rows(), words]. Throws Error when the
  // sizes do not fit.
  std::vector<std::uint64_t> run(std::span<const std::uint64_t> inputs, std::size_t words) const;

  // A block of results: words first … first + words − 1. Rows are valid until the sink returns.
  class Block {
   public:
    std::size_t first = 0, words = 0;
    std::span<const std::uint64_t> row(std::size_t i) const {
      return {table_ + (std::size_t{program_->wanted[i]} * slot_words_), words};
    }

   private:
    friend class Simulator;
    const Program* program_ = nullptr;
    const std::uint64_t* table_ = nullptr;
    std::size_t slot_words_ = 0;
  };
  // Whether to go on.
  using Sink = std::function<bool(const Block&)>;

  // Simulates words 0 … words − 1 of `words_of` in blocks of block_words() (the last one may be
  // shorter) and hands each to `sink` in this order, until it returns false. Nothing but one block
  // is stored. `words_of` is asked for the inputs that matter only.
  void stream(const InputWords& words_of, std::size_t words, const Sink& sink) const;

 private:
  Program program_;
  std::size_t slot_lines_;
};

// Every node, for a Simulator of all of them.
std::vector<Node> all_nodes(const Circuit& circuit);

}  // namespace circuits
