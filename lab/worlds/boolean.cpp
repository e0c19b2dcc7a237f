#include "lab/worlds/boolean.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

#include "circuits/evaluation/evaluate.h"
#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/core/rng.h"
#include "lab/worlds/world.h"

namespace lab {
namespace {

using circuits::Circuit;
using circuits::Node;

constexpr std::int64_t kMostListed = 24;  // inputs of which all 2^n values are listed

// Samples as bits: row-major [inputs, words], bit b % 64 of word b / 64 is sample b.
struct Bits {
  std::vector<std::uint64_t> words;
  std::size_t words_each;

  Bits(std::size_t inputs, std::int64_t samples)
      : words_each(static_cast<std::size_t>((samples + 63) / 64)) {
    words.assign(inputs * words_each, 0);
  }
  void set(std::size_t input, std::size_t sample, std::uint64_t bit) {
    words[input * words_each + sample / 64] |= bit << (sample % 64);
  }
};

// Inputs number first, first+1, … of the list of all 2^n, which starts again at its end.
Bits listed_bits(std::size_t inputs, std::int64_t first, std::int64_t samples) {
  Bits bits(inputs, samples);
  for (std::size_t b = 0; b < static_cast<std::size_t>(samples); ++b) {
    const std::uint64_t number = static_cast<std::uint64_t>(first) + b;
    for (std::size_t i = 0; i < inputs; ++i) bits.set(i, b, number >> i & 1);
  }
  return bits;
}

// Each sample from words of its own.
Bits drawn_bits(const circuits::InputDistribution& distribution, const Draw& draw,
                std::int64_t first, std::int64_t samples) {
  Bits bits(distribution.size(), samples);
  for (std::size_t b = 0; b < static_cast<std::size_t>(samples); ++b) {
    Words words = draw.at(static_cast<std::uint64_t>(first) + b);
    const circuits::Bits drawn = distribution.draw([&words] { return words(); });
    for (std::size_t i = 0; i < distribution.size(); ++i) {
      bits.set(i, b, circuits::bit(drawn, i) ? 1 : 0);
    }
  }
  return bits;
}

// Independent bits of one probability, many at a time.
Bits equal_bits(const Draw& draw, double p, std::size_t inputs, std::int64_t first,
                std::int64_t samples) {
  const std::size_t count = static_cast<std::size_t>(samples);
  std::vector<float> drawn(count * inputs);
  draw.bernoullis(p, first, samples, static_cast<std::int64_t>(inputs), drawn.data());
  Bits bits(inputs, samples);
  for (std::size_t b = 0; b < count; ++b) {
    for (std::size_t i = 0; i < inputs; ++i) {
      bits.set(i, b, drawn[b * inputs + i] != 0 ? 1 : 0);
    }
  }
  return bits;
}

// Bool [samples, columns of `nodes`] from the words of all nodes. 64 samples at a time, so that the
// rows written stay in the cache.
at::Tensor unpack(const std::vector<std::uint64_t>& node_words, std::size_t words_each,
                  const std::vector<Node>& nodes, std::int64_t samples) {
  const auto columns = static_cast<std::int64_t>(nodes.size());
  at::Tensor result = at::empty({samples, columns}, at::kBool);
  bool* out = result.mutable_data_ptr<bool>();
  for (std::int64_t first = 0; first < samples; first += 64) {
    const std::int64_t count = std::min<std::int64_t>(64, samples - first);
    for (std::int64_t c = 0; c < columns; ++c) {
      const std::uint64_t word = node_words[nodes[static_cast<std::size_t>(c)] * words_each +
                                            static_cast<std::size_t>(first / 64)];
      for (std::int64_t b = 0; b < count; ++b) out[(first + b) * columns + c] = word >> b & 1;
    }
  }
  return result;
}

// The nodes of these names, or without names every input and gate that is no constant and no copy or
// complement of another.
std::vector<Node> feature_nodes(const std::vector<std::string>& names, const Circuit& circuit) {
  using circuits::Op;
  std::vector<Node> nodes;
  if (names.empty()) {
    for (Node v = 0; v < circuit.nodes(); ++v) {
      const Op op = circuit.op(v);
      if (op != Op::Zero && op != Op::One && op != Op::Not && op != Op::Buf) nodes.push_back(v);
    }
    return nodes;
  }
  std::unordered_map<std::string, Node> named;
  std::vector<std::string> known;
  for (Node v = 0; v < circuit.nodes(); ++v) {
    named[circuit.name(v)] = v;
    known.push_back(circuit.name(v));
  }
  for (const std::string& name : names) {
    const auto found = named.find(name);
    if (found == named.end()) {
      throw InputError("world.features: the circuit has no input or gate \"" + name + "\"" +
                       suggestion(name, known));
    }
    if (std::ranges::find(nodes, found->second) != nodes.end()) {
      throw InputError("world.features: \"" + name + "\" stands there twice");
    }
    nodes.push_back(found->second);
  }
  return nodes;
}

class BooleanWorld : public World {
 public:
  BooleanWorld(const Boolean& config, Circuit circuit, std::int64_t seed)
      : config_(config),
        seed_(seed),
        distribution_(distribution_of(config.inputs, circuit.inputs())) {
    inputs_ = static_cast<std::int64_t>(circuit.inputs());
    targets_ = static_cast<std::int64_t>(circuit.outputs().size());
    boolean_targets_ = true;
    for (Node i = 0; i < circuit.inputs(); ++i) input_nodes_.push_back(i);
    feature_nodes_ = feature_nodes(config.features, circuit);
    for (const Node v : feature_nodes_) {
      truth_.features.push_back(
          {circuit.name(v), static_cast<std::int64_t>(truth_.features.size()), 1});
      truth_.gate_of_feature.push_back(v);
    }
    for (const circuits::Output& output : circuit.outputs()) output_nodes_.push_back(output.node);
    truth_.circuit = std::move(circuit);
  }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    const auto n = static_cast<std::size_t>(inputs_);
    if (std::holds_alternative<AllBits>(config_.inputs.kind)) {
      return batch(listed_bits(n, first, count), split, first, count);
    }
    const Draw draw("world/boolean/" + split, seed_);
    const auto* biased = std::get_if<BiasedBits>(&config_.inputs.kind);
    if (biased || std::holds_alternative<UniformBits>(config_.inputs.kind)) {
      return batch(equal_bits(draw, biased ? biased->p : 0.5, n, first, count), split, first,
                   count);
    }
    return batch(drawn_bits(*distribution_, draw, first, count), split, first, count);
  }

  std::optional<std::int64_t> support() const override {
    if (inputs_ > kMostListed) return std::nullopt;
    return std::int64_t{1} << inputs_;
  }

  Batch enumerate(std::int64_t first, std::int64_t count) const override {
    const auto listed = support();
    if (!listed) {
      throw InputError("a circuit of " + std::to_string(inputs_) +
                       " inputs has too many to list; at most " + std::to_string(kMostListed));
    }
    if (first < 0 || count < 0 || first > *listed - count) {
      throw InputError("inputs " + std::to_string(first) + " to " + std::to_string(first + count) +
                       " (not included) are not among the " + std::to_string(*listed) +
                       " listed ones");
    }
    return batch(listed_bits(static_cast<std::size_t>(inputs_), first, count), "all", first, count);
  }

 private:
  Batch batch(const Bits& bits, const std::string& split, std::int64_t first,
              std::int64_t count) const {
    const auto words = circuits::evaluate_words(*truth_.circuit, bits.words, bits.words_each);
    Batch batch;
    batch.present_BF = unpack(words, bits.words_each, feature_nodes_, count);
    batch.values_BC = batch.present_BF.to(at::kFloat);
    batch.inputs_BN = unpack(words, bits.words_each, input_nodes_, count).to(at::kFloat);
    if (config_.encoding == "plus_minus") batch.inputs_BN.mul_(2).sub_(1);
    batch.targets_BT = unpack(words, bits.words_each, output_nodes_, count).to(at::kFloat);
    batch.split = split;
    batch.first = first;
    return batch;
  }

  Boolean config_;
  std::int64_t seed_;
  std::optional<circuits::InputDistribution> distribution_;  // none for all inputs in turn
  std::vector<Node> input_nodes_;
  std::vector<Node> feature_nodes_;
  std::vector<Node> output_nodes_;
};

}  // namespace

std::unique_ptr<World> make_world(const Boolean& config, std::int64_t seed) {
  Words drawn = Draw("world/boolean/circuit", seed).at(0);
  const circuits::WordSource words = [&drawn] { return drawn(); };
  try {
    Circuit circuit = make_circuit(config.circuit, words);
    if (const std::string refusal =
            problem(config.inputs, static_cast<std::int64_t>(circuit.inputs()));
        !refusal.empty()) {
      throw InputError("world.inputs: " + refusal);
    }
    return std::make_unique<BooleanWorld>(config, std::move(circuit), seed);
  } catch (const circuits::Error& error) {
    throw InputError(std::string("world.circuit: ") + error.what());
  }
}

}  // namespace lab
