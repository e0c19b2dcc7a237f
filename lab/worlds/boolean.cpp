#include "lab/worlds/boolean.h"

#include <ATen/Functions.h>

#include <algorithm>
#include <optional>
#include <span>
#include <unordered_map>
#include <utility>

#include "circuits/evaluation/simulator.h"
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

// Row-major [samples, rows of `words`] from bits, row-major [rows, words_each]. 64 samples at a time, so
// that what is written stays in the cache.
template <class Value>
void unpack(std::span<const std::uint64_t> words, std::size_t words_each, std::int64_t rows,
            std::int64_t samples, Value* out) {
  for (std::int64_t first = 0; first < samples; first += 64) {
    const std::int64_t count = std::min<std::int64_t>(64, samples - first);
    for (std::int64_t r = 0; r < rows; ++r) {
      const std::uint64_t word =
          words[static_cast<std::size_t>(r) * words_each + static_cast<std::size_t>(first / 64)];
      Value* column = out + first * rows + r;
      for (std::int64_t b = 0; b < count; ++b) {
        column[b * rows] = static_cast<Value>(word >> b & 1);
      }
    }
  }
}

at::Tensor unpacked_floats(std::span<const std::uint64_t> words, std::size_t words_each,
                           std::int64_t rows, std::int64_t samples) {
  at::Tensor result = at::empty({samples, rows}, at::kFloat);
  unpack(words, words_each, rows, samples, result.mutable_data_ptr<float>());
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
        distribution_(distribution_of(config.inputs, circuit.inputs())),
        outputs_(circuit),
        features_(circuit, feature_nodes(config.features, circuit)) {
    inputs_ = static_cast<std::int64_t>(circuit.inputs());
    boolean_targets_ = config.targets == "bits";
    encoding_ = config.encoding == "plus_minus" ? Encoding{-1, 1} : Encoding{0, 1};
    targets_ = boolean_targets_ ? static_cast<std::int64_t>(circuit.outputs().size()) : 1;
    for (const Node v : feature_nodes(config.features, circuit)) {
      truth_.features.push_back(
          {circuit.name(v), static_cast<std::int64_t>(truth_.features.size()), 1});
      truth_.gate_of_feature.push_back(v);
    }
    truth_.circuit = std::move(circuit);
  }

  Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const override {
    return batch(bits(split, first, count), split, first, count, true);
  }

  Batch sample_task(const std::string& split, std::int64_t first,
                    std::int64_t count) const override {
    return batch(bits(split, first, count), split, first, count, false);
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
    return batch(listed_bits(static_cast<std::size_t>(inputs_), first, count), "all", first, count,
                 true);
  }

 private:
  Bits bits(const std::string& split, std::int64_t first, std::int64_t count) const {
    const auto n = static_cast<std::size_t>(inputs_);
    if (std::holds_alternative<AllBits>(config_.inputs.kind)) return listed_bits(n, first, count);
    const Draw draw("world/boolean/" + split, seed_);
    const auto* biased = std::get_if<BiasedBits>(&config_.inputs.kind);
    if (biased || std::holds_alternative<UniformBits>(config_.inputs.kind)) {
      return equal_bits(draw, biased ? biased->p : 0.5, n, first, count);
    }
    return drawn_bits(*distribution_, draw, first, count);
  }

  Batch batch(const Bits& bits, const std::string& split, std::int64_t first, std::int64_t count,
              bool with_features) const {
    Batch batch;
    batch.split = split;
    batch.first = first;
    batch.inputs_BN = unpacked_floats(bits.words, bits.words_each, inputs_, count);
    if (config_.encoding == "plus_minus") batch.inputs_BN.mul_(2).sub_(1);
    const auto said = outputs_.run(bits.words, bits.words_each);
    const auto outputs = static_cast<std::int64_t>(outputs_.rows());
    batch.targets_BT = unpacked_floats(said, bits.words_each, outputs, count);
    if (config_.targets == "sum") batch.targets_BT = (1 - 2 * batch.targets_BT).sum(1, true);
    if (!with_features) return batch;
    const auto values = features_.run(bits.words, bits.words_each);
    const auto columns = static_cast<std::int64_t>(features_.rows());
    batch.present_BF = at::empty({count, columns}, at::kBool);
    unpack(std::span<const std::uint64_t>(values), bits.words_each, columns, count,
           batch.present_BF.mutable_data_ptr<bool>());
    batch.values_BC = batch.present_BF.to(at::kFloat);
    return batch;
  }

  Boolean config_;
  std::int64_t seed_;
  std::optional<circuits::InputDistribution> distribution_;  // none for all inputs in turn
  circuits::Simulator outputs_, features_;
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
