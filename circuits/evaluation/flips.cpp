#include "circuits/evaluation/flips.h"

#include <bit>
#include <string>

#include "circuits/evaluation/evaluate.h"

namespace circuits {

using Blocks = WordBlocks<Flips::kWords>;

Flips::Flips(const Circuit& circuit, const Patterns& patterns)
    : circuit_(circuit),
      patterns_(patterns),
      values_(circuit.nodes(), Blocks{}.constant(false)),
      first_reader_(circuit.nodes() + 1, 0),
      is_output_(circuit.nodes(), false),
      waiting_(circuit.nodes() / 64 + 1, 0) {
  if (circuit.inputs() != patterns.inputs()) {
    throw Error("the circuit has " + std::to_string(circuit.inputs()) +
                " inputs, the patterns have " + std::to_string(patterns.inputs()));
  }
  for (const Output& output : circuit.outputs()) is_output_[output.node] = true;
  for (Node v = 0; v < circuit.nodes(); ++v) {
    for (const Node fanin : circuit.fanins(v)) ++first_reader_[fanin + 1];
  }
  for (Node v = 0; v < circuit.nodes(); ++v) first_reader_[v + 1] += first_reader_[v];
  readers_.resize(first_reader_.back());
  std::vector<std::size_t> next(first_reader_.begin(), first_reader_.end() - 1);
  for (Node v = 0; v < circuit.nodes(); ++v) {
    for (const Node fanin : circuit.fanins(v)) readers_[next[fanin]++] = v;
  }
}

void Flips::load(std::uint64_t first) {
  for (std::size_t w = 0; w < kWords; ++w) {
    used_[w] = patterns_.used(first + w);
    for (Node i = 0; i < circuit_.inputs(); ++i) {
      values_[i][w] = used_[w] == 0 ? 0 : patterns_.word(i, first + w);
    }
  }
  evaluate_from(circuit_, 0, Blocks{}, values_);
}

void Flips::replace(Node v, const Block& value) {
  changed_.push_back({v, values_[v]});
  values_[v] = value;
  for (std::size_t r = first_reader_[v]; r < first_reader_[v + 1]; ++r) {
    waiting_[readers_[r] / 64] |= std::uint64_t{1} << (readers_[r] % 64);
  }
}

Flips::Block Flips::seen(Node v) {
  Block flipped = values_[v];
  Blocks{}.complement(flipped);
  replace(v, flipped);
  // Readers come after what they read, so that one pass upwards meets every node that waits.
  for (std::size_t w = v / 64; w < waiting_.size(); ++w) {
    while (waiting_[w] != 0) {
      const auto u = static_cast<Node>(64 * w) + static_cast<Node>(std::countr_zero(waiting_[w]));
      waiting_[w] &= waiting_[w] - 1;
      const std::span<const Node> fanins = circuit_.fanins(u);
      const auto value_of = [&](std::size_t i) -> decltype(auto) { return (values_[fanins[i]]); };
      const Block value =
          apply(circuit_.op(u), circuit_.parameters(u), Blocks{}, fanins.size(), value_of);
      if (value != values_[u]) replace(u, value);
    }
  }
  Block seen = Blocks{}.constant(false);
  for (const auto& [u, before] : changed_) {
    for (std::size_t w = 0; w < kWords && is_output_[u]; ++w) {
      seen[w] |= (values_[u][w] ^ before[w]) & used_[w];
    }
    values_[u] = before;
  }
  changed_.clear();
  return seen;
}

}  // namespace circuits
