// What flipping one node does to the outputs, for a block of inputs at a time.
#pragma once

#include <cstdint>
#include <span>
#include <vector>

#include "circuits/circuit.h"
#include "circuits/evaluation/domains.h"
#include "circuits/evaluation/patterns.h"

namespace circuits {

// A block of the values of all nodes, and on which inputs a flip is seen. Evaluates only what
// changes. The circuit must outlive it. Memory 144 bytes a node.
class Flips {
 public:
  static constexpr std::size_t kWords = 8;
  using Block = WordBlocks<kWords>::Value;

  explicit Flips(const Circuit& circuit);

  // Evaluates words first … first + 7 of the patterns, which must have the circuit's inputs. Words
  // past the last are 0 inputs, not used.
  void load(const Patterns& patterns, std::uint64_t first);
  const Block& value(Node v) const { return values_[v]; }

  // The inputs of the block on which flipping v changes an output; bits that are no patterns are 0.
  Block seen(Node v);

 private:
  void change(Node v, const Block& value, Block& seen);

  const Circuit& circuit_;
  std::vector<Block> values_;
  Block used_{};
  std::vector<std::size_t> first_reader_;  // readers of v: readers_[first_reader_[v]] and on
  std::vector<Node> readers_;
  std::vector<bool> is_output_;
  std::vector<std::uint64_t> waiting_;           // bit v: node v has a changed fan-in
  std::vector<std::pair<Node, Block>> changed_;  // with the values before
};

}  // namespace circuits
