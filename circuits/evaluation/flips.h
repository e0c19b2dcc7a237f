// The values of all nodes on a block of inputs, and what flipping one node does to the outputs.
#pragma once

#include <cstdint>
#include <utility>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/error.h"
#include "circuits/evaluation/domains.h"
#include "circuits/evaluation/patterns.h"

namespace circuits {

// Evaluates only what a flip changes. The circuit and the patterns must outlive it. About 150 bytes
// a node.
class Flips {
 public:
  static constexpr std::size_t kWords = 8;
  using Block = WordBlocks<kWords>::Value;

  // Throws Error when the patterns are not of as many inputs as the circuit has.
  Flips(const Circuit& circuit, const Patterns& patterns);

  // Moves to words first … first + 7 of the patterns; those past the last are not used.
  void load(std::uint64_t first);

  // Of the loaded block; bits that are no patterns are anything in value, 0 in used and seen.
  const Block& value(Node v) const { return values_[v]; }
  const Block& used() const { return used_; }
  // The patterns on which flipping v changes an output.
  Block seen(Node v);

 private:
  void replace(Node v, const Block& value);

  const Circuit& circuit_;
  const Patterns& patterns_;
  std::vector<Block> values_;
  Block used_{};
  std::vector<std::size_t> first_reader_;  // the readers of v: from readers_[first_reader_[v]] on
  std::vector<Node> readers_;
  std::vector<bool> is_output_;
  std::vector<std::uint64_t> waiting_;           // bit v: a fan-in of node v has changed
  std::vector<std::pair<Node, Block>> changed_;  // with the values before
};

}  // namespace circuits
