#include "lab/mechanisms/identifiability.h"

#include <algorithm>
#include <bit>
#include <cmath>
#include <string>

#include "lab/core/error.h"
#include "lab/mechanisms/readings.h"

namespace lab {
namespace {

using Values = std::array<double, 4>;

constexpr std::int64_t kWidest = 4, kWidestListed = 3;

double input(std::size_t row, std::size_t which) {
  return static_cast<double>(row >> which & 1);
}

InputTable table_of(const Values& outputs) {
  InputTable table = 0;
  for (std::size_t row = 0; row < 4; ++row) {
    table = static_cast<InputTable>(table | (outputs[row] > 0.5) << row);
  }
  return table;
}

bool rounds_to(const Values& outputs, InputTable table) {
  for (std::size_t row = 0; row < 4; ++row) {
    if (std::abs(outputs[row] - static_cast<double>(table >> row & 1)) >= 0.5) return false;
  }
  return true;
}

// A neuron's values when it reads the inputs in `mask`.
Values first_values(const SmallNetwork& net, std::size_t neuron, unsigned mask) {
  Values values;
  for (std::size_t row = 0; row < 4; ++row) {
    double sum = net.first_bias[neuron];
    for (std::size_t which = 0; which < 2; ++which) {
      if (mask >> which & 1) sum += net.first_weight[neuron][which] * input(row, which);
    }
    values[row] = net.activation(sum);
  }
  return values;
}

// The same of the second layer, when it reads the neurons in `mask`, which have these values.
Values second_values(const SmallNetwork& net, std::size_t neuron, unsigned mask,
                     const std::vector<Values>& first) {
  Values values;
  for (std::size_t row = 0; row < 4; ++row) {
    double sum = net.second_bias[neuron];
    for (std::size_t i = 0; i < first.size(); ++i) {
      if (mask >> i & 1) sum += net.second_weight[neuron][i] * first[i][row];
    }
    values[row] = net.activation(sum);
  }
  return values;
}

// Goes through all circuits: the edges into the first layer, then, neuron by neuron, those into the
// second. A neuron of the second layer that reads something has its edge to the output.
class Search {
 public:
  Search(const SmallNetwork& net, const StopToken& stop)
      : net_(net), stop_(stop), k_(static_cast<std::size_t>(net.width)), wanted_(computed_by(net)) {
    first_mask_.resize(k_);
    second_mask_.resize(k_);
    first_.resize(k_);
    second_.resize(k_);
    if (listed()) explains_.resize(std::size_t{1} << (k_ * k_ + 3 * k_));
  }

  CircuitCounts run() {
    if (listed()) counts_.readings = counts_.sparse_readings = 0;
    choose_first(0);
    if (listed()) counts_.minimal = minimal();
    return counts_;
  }

 private:
  bool listed() const { return net_.width <= kWidestListed; }

  void choose_first(std::size_t neuron) {
    if (neuron == k_) return with_first();
    for (unsigned mask = 0; mask < 4; ++mask) {
      first_mask_[neuron] = mask;
      if (mask != 0) first_[neuron] = first_values(net_, neuron, mask);
      choose_first(neuron + 1);
    }
  }

  void with_first() {
    stop_.check();
    unsigned inputs_used = 0;
    alive_ = 0;
    for (std::size_t i = 0; i < k_; ++i) {
      inputs_used |= first_mask_[i];
      alive_ |= static_cast<unsigned>(first_mask_[i] != 0) << i;
    }
    if (inputs_used != 3) return;
    cached_.assign(k_ << k_, {});
    for (std::size_t j = 0; j < k_; ++j) {
      for (unsigned mask = 1; mask < 1U << k_; ++mask) {
        if ((mask & ~alive_) == 0) cached_[j << k_ | mask] = second_values(net_, j, mask, first_);
      }
    }
    const double b = net_.output_bias;
    choose_second(0, 0, {b, b, b, b});
  }

  void choose_second(std::size_t neuron, unsigned used, const Values& sum) {
    if (neuron == k_) {
      if (used == alive_) found(sum);
      return;
    }
    second_mask_[neuron] = 0;
    choose_second(neuron + 1, used, sum);
    for (unsigned mask = 1; mask < 1U << k_; ++mask) {
      if ((mask & ~alive_) != 0) continue;
      second_mask_[neuron] = mask;
      second_[neuron] = cached_[neuron << k_ | mask];
      Values more = sum;
      for (std::size_t row = 0; row < 4; ++row) {
        more[row] += net_.output_weight[neuron] * second_[neuron][row];
      }
      choose_second(neuron + 1, used | mask, more);
    }
  }

  void found(const Values& outputs) {
    ++counts_.whole;
    if (table_of(outputs) != wanted_) return;
    ++counts_.explaining;
    counts_.sparse += leaves_out();
    counts_.rounded += rounds_to(outputs, wanted_);
    const std::int64_t edges = edge_count();
    counts_.smallest = counts_.smallest == 0 ? edges : std::min(counts_.smallest, edges);
    if (!listed()) return;
    explains_[edge_set()] = true;
    const std::int64_t readings =
        count_readings({first_mask_, second_mask_, first_, second_, wanted_});
    counts_.readings += readings;
    if (leaves_out()) counts_.sparse_readings += readings;
  }

  bool leaves_out() const {
    const auto out = [](unsigned mask) { return mask == 0; };
    return std::ranges::any_of(first_mask_, out) || std::ranges::any_of(second_mask_, out);
  }

  std::int64_t edge_count() const {
    std::int64_t edges = 0;
    for (std::size_t i = 0; i < k_; ++i) {
      edges +=
          std::popcount(first_mask_[i]) + std::popcount(second_mask_[i]) + (second_mask_[i] != 0);
    }
    return edges;
  }

  std::size_t edge_set() const {
    std::size_t edges = 0, place = 0;
    for (std::size_t i = 0; i < k_; ++i, place += 2) edges |= std::size_t{first_mask_[i]} << place;
    for (std::size_t j = 0; j < k_; ++j, place += k_) {
      edges |= std::size_t{second_mask_[j]} << place;
    }
    for (std::size_t j = 0; j < k_; ++j, ++place) {
      edges |= std::size_t{second_mask_[j] != 0} << place;
    }
    return edges;
  }

  // Explaining sets without an explaining proper subset: `within` says whether a set or a subset of it
  // explains, built up an edge at a time.
  std::int64_t minimal() const {
    std::vector<bool> within = explains_;
    for (std::size_t edge = 1; edge < explains_.size(); edge <<= 1) {
      for (std::size_t set = 0; set < explains_.size(); ++set) {
        if ((set & edge) != 0 && within[set ^ edge]) within[set] = true;
      }
    }
    std::int64_t count = 0;
    for (std::size_t set = 0; set < explains_.size(); ++set) {
      if (!explains_[set]) continue;
      bool proper = false;
      for (std::size_t edge = 1; edge < explains_.size() && !proper; edge <<= 1) {
        proper = (set & edge) != 0 && within[set ^ edge];
      }
      count += !proper;
    }
    return count;
  }

  const SmallNetwork& net_;
  const StopToken& stop_;
  std::size_t k_;
  InputTable wanted_;
  CircuitCounts counts_;
  std::vector<unsigned> first_mask_, second_mask_;  // what each neuron reads; 0: left out
  std::vector<Values> first_, second_;              // values of the neurons that are in
  unsigned alive_ = 0;                              // first-layer neurons that are in
  std::vector<Values> cached_;                      // second-layer values by neuron and mask
  std::vector<bool> explains_;                      // by set of edges
};

}  // namespace

std::array<double, 4> outputs(const SmallNetwork& net) {
  const auto k = static_cast<std::size_t>(net.width);
  std::vector<Values> first(k);
  for (std::size_t i = 0; i < k; ++i) first[i] = first_values(net, i, 3);
  Values sum{net.output_bias, net.output_bias, net.output_bias, net.output_bias};
  for (std::size_t j = 0; j < k; ++j) {
    const Values values = second_values(net, j, (1U << k) - 1, first);
    for (std::size_t row = 0; row < 4; ++row) sum[row] += net.output_weight[j] * values[row];
  }
  return sum;
}

InputTable computed_by(const SmallNetwork& network) {
  return table_of(outputs(network));
}

CircuitCounts count_circuits(const SmallNetwork& network, const StopToken& stop) {
  if (network.width < 1 || network.width > kWidest) {
    throw InputError("identifiability: hidden layers must have 1 to 4 neurons, not " +
                     std::to_string(network.width));
  }
  return Search(network, stop).run();
}

}  // namespace lab
