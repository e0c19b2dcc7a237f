// Algorithms and their places in a small network (identifiability.h: count_mappings).
#include <algorithm>
#include <string>

#include "lab/core/error.h"
#include "lab/mechanisms/identifiability.h"

namespace lab {
namespace {

constexpr std::int64_t kWidest = 8;

// Sets of neurons of one hidden layer: bits 0 … k−1 the first layer, k … 2k−1 the second.
using Neurons = std::uint32_t;

// Runs with some neurons' values of a base taken from a source.
class Exchanges {
 public:
  explicit Exchanges(const SmallNetwork& net) : net_(net), k_(static_cast<std::size_t>(net.width)) {
    for (unsigned row = 0; row < 4; ++row) {
      first_[row].resize(k_);
      for (std::size_t i = 0; i < k_; ++i) {
        first_[row][i] = net.activation(net.first_bias[i] + net.first_weight[i][0] * (row & 1U) +
                                        net.first_weight[i][1] * (row >> 1 & 1U));
      }
      second_[row] = second_layer(first_[row]);
    }
  }

  // What every exchange of these neurons gives: bit s of entry b for source s and base b.
  std::array<std::uint8_t, 4> outputs(Neurons neurons) const {
    const Neurons in_first = neurons & ((1U << k_) - 1), in_second = neurons >> k_;
    std::array<std::uint8_t, 4> bits{};
    for (unsigned base = 0; base < 4; ++base) {
      for (unsigned source = 0; source < 4; ++source) {
        const std::vector<double> second =
            in_second != 0 ? mixed(second_[base], second_[source], in_second)
                           : second_layer(mixed(first_[base], first_[source], in_first));
        double sum = net_.output_bias;
        for (std::size_t j = 0; j < k_; ++j) sum += net_.output_weight[j] * second[j];
        if (sum > 0.5) bits[base] = static_cast<std::uint8_t>(bits[base] | 1 << source);
      }
    }
    return bits;
  }

 private:
  std::vector<double> second_layer(const std::vector<double>& first) const {
    std::vector<double> values(k_);
    for (std::size_t j = 0; j < k_; ++j) {
      double sum = net_.second_bias[j];
      for (std::size_t i = 0; i < k_; ++i) sum += net_.second_weight[j][i] * first[i];
      values[j] = net_.activation(sum);
    }
    return values;
  }
  std::vector<double> mixed(std::vector<double> base, const std::vector<double>& source,
                            Neurons set) const {
    for (std::size_t i = 0; i < k_; ++i) {
      if ((set >> i & 1) != 0) base[i] = source[i];
    }
    return base;
  }

  const SmallNetwork& net_;
  std::size_t k_;
  std::array<std::vector<double>, 4> first_, second_;
};

// Places of each gate, one of each, without a common neuron.
std::int64_t disjoint_choices(const std::vector<std::vector<Neurons>>& places, Neurons used = 0,
                              std::size_t gate = 0) {
  if (gate == places.size()) return 1;
  std::int64_t choices = 0;
  for (const Neurons place : places[gate]) {
    if ((place & used) == 0) choices += disjoint_choices(places, used | place, gate + 1);
  }
  return choices;
}

std::vector<Neurons> minimal_of(const std::vector<Neurons>& sets) {
  std::vector<Neurons> minimal;
  std::ranges::copy_if(sets, std::back_inserter(minimal), [&](Neurons set) {
    return std::ranges::none_of(
        sets, [set](Neurons other) { return other != set && (other & ~set) == 0; });
  });
  return minimal;
}

}  // namespace

MappingCounts count_mappings(const SmallNetwork& network,
                             const std::vector<Algorithm>& algorithms) {
  if (network.width < 1 || network.width > kWidest) {
    throw InputError("identifiability: hidden layers must have 1 to 8 neurons, not " +
                     std::to_string(network.width));
  }
  const Exchanges exchanges(network);
  std::vector<Neurons> all;
  std::vector<std::array<std::uint8_t, 4>> outputs;
  for (int layer = 0; layer < 2; ++layer) {
    for (Neurons set = 1; set < 1U << network.width; ++set) {
      all.push_back(set << (layer * network.width));
      outputs.push_back(exchanges.outputs(all.back()));
    }
  }
  MappingCounts counts;
  for (const Algorithm& algorithm : algorithms) {
    if (algorithm.exchanged.empty()) continue;  // one gate alone: nothing to be mapped
    std::vector<std::vector<Neurons>> places, minimal;
    for (const auto& exchanged : algorithm.exchanged) {
      places.emplace_back();
      for (std::size_t i = 0; i < all.size(); ++i) {
        if (outputs[i] == exchanged) places.back().push_back(all[i]);
      }
      minimal.push_back(minimal_of(places.back()));
    }
    const std::int64_t mappings = disjoint_choices(places);
    counts.aligned += mappings > 0;
    counts.mappings += mappings;
    counts.minimal += disjoint_choices(minimal);
  }
  return counts;
}

}  // namespace lab
