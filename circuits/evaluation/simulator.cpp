#include "circuits/evaluation/simulator.h"

#include <hwy/aligned_allocator.h>

#include <algorithm>
#include <numeric>
#include <string>

#include "circuits/evaluation/kernel.h"

namespace circuits {
namespace {

// Lines a slot, a power of two. As many as leave all slots in a first-level cache of
// 48 KiB, if that is 4 at least; else 4 or 2 where they stay in half a second-level cache of 1 MiB;
// else 2 (a step costs little more than with 1) unless the values outgrow the third level.
std::size_t lines_for(std::uint32_t slots) {
  constexpr std::size_t kFirst = 48 << 10, kSecond = 640 << 10, kThird = 16 << 20, kMost = 32;
  const std::size_t one = std::max<std::size_t>(1, slots) * kLineBytes;
  std::size_t lines = kMost;
  while (lines > 4 && one * lines > kFirst) lines /= 2;
  if (one * lines <= kSecond) return lines;
  return 2 * one <= kThird ? 2 : 1;
}

std::vector<Node> output_nodes(const Circuit& circuit) {
  std::vector<Node> nodes;
  for (const Output& output : circuit.outputs()) nodes.push_back(output.node);
  return nodes;
}

// What run_steps takes: 1, 2 or a multiple of 4 lines that hold this many words.
std::size_t lines_of(std::size_t words) {
  const std::size_t lines = (words + kLineWords - 1) / kLineWords;
  return lines <= 2 ? lines : (lines + 3) / 4 * 4;
}

}  // namespace

std::vector<Node> all_nodes(const Circuit& circuit) {
  std::vector<Node> nodes(circuit.nodes());
  std::iota(nodes.begin(), nodes.end(), Node{0});
  return nodes;
}

Simulator::Simulator(const Circuit& circuit) : Simulator(circuit, output_nodes(circuit)) {}

Simulator::Simulator(const Circuit& circuit, std::span<const Node> wanted)
    : program_(compile(circuit, wanted)), slot_lines_(lines_for(program_.slots)) {}

std::size_t Simulator::block_words() const {
  return slot_lines_ * kLineWords;
}

std::size_t Simulator::table_bytes() const {
  return program_.slots * slot_lines_ * kLineBytes;
}

void Simulator::stream(const InputWords& words_of, std::size_t words, const Sink& sink) const {
  if (words == 0) return;
  const std::size_t slot_words = block_words();
  const auto table = hwy::AllocateAligned<std::uint64_t>(program_.slots * slot_words + kLineWords);
  if (!table) {
    throw Error("no memory for simulation: " + std::to_string(table_bytes()) + " bytes");
  }
  std::fill_n(table.get(), program_.slots * slot_words, 0);
  if (program_.one != Program::kNoSlot) {
    std::fill_n(table.get() + program_.one * slot_words, slot_words, ~std::uint64_t{0});
  }
  Block block;
  block.program_ = &program_;
  block.table_ = table.get();
  block.slot_words_ = slot_words;
  for (; block.first < words; block.first += slot_words) {
    block.words = std::min(slot_words, words - block.first);
    for (std::size_t i = 0; i < program_.inputs.size(); ++i) {
      const std::uint32_t slot = program_.inputs[i];
      if (slot == Program::kNoSlot) continue;
      words_of(i, block.first, {table.get() + slot * slot_words, block.words});
    }
    run_steps(program_, slot_lines_, lines_of(block.words), table.get());
    if (!sink(block)) return;
  }
}

std::vector<std::uint64_t> Simulator::run(std::span<const std::uint64_t> inputs,
                                          std::size_t words) const {
  if (inputs.size() != this->inputs() * words) {
    throw Error("the circuit has " + std::to_string(this->inputs()) + " inputs and was given " +
                std::to_string(inputs.size()) + " words for " + std::to_string(words) + " each");
  }
  std::vector<std::uint64_t> result(rows() * words);
  stream(stored_inputs(inputs, words), words, [&](const Block& block) {
    for (std::size_t i = 0; i < rows(); ++i) {
      std::ranges::copy(block.row(i),
                        result.begin() + static_cast<std::ptrdiff_t>(i * words + block.first));
    }
    return true;
  });
  return result;
}

}  // namespace circuits
