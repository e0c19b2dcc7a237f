#include "lab/mechanisms/symbolic.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <utility>

#include "circuits/builder.h"
#include "lab/core/error.h"
#include "lab/core/stop.h"
#include "lab/mechanisms/bit_functions.h"
#include "lab/tensors/tensors.h"

namespace lab {
namespace {

using std::int64_t;
using Bits = std::vector<std::size_t>;  // numbers of bits, ascending

constexpr double negligible = 1e-5;  // a change of a neuron that is kept as an interval
constexpr double two_values = 1e-4;  // width of a value, of the distance between the two
constexpr std::size_t most_bits_joined = 8;
constexpr int64_t most_conflicts = 100'000;

struct Interval {
  double low, high;
  double width() const { return high - low; }
};
Interval hull(const Interval& a, const Interval& b) {
  return {std::min(a.low, b.low), std::max(a.high, b.high)};
}
// Rounded away from the middle.
Interval outwards(double low, double high) {
  constexpr double infinity = std::numeric_limits<double>::infinity();
  return {std::nextafter(low, -infinity), std::nextafter(high, infinity)};
}
Interval sum(const Interval& a, const Interval& b) {
  return outwards(a.low + b.low, a.high + b.high);
}
Interval times(const Interval& a, double factor) {
  return factor < 0 ? outwards(a.high * factor, a.low * factor)
                    : outwards(a.low * factor, a.high * factor);
}

// A function of some bits as a table: entry p for the pattern in which bit i of p is the value of bits[i].
struct Function {
  Bits bits;
  std::vector<Interval> values;
};

Bits joined(const Bits& a, const Bits& b) {
  Bits all;
  std::ranges::set_union(a, b, std::back_inserter(all));
  return all;
}

// The same function, of more bits.
Function over(const Function& table, const Bits& bits) {
  std::vector<std::size_t> place;
  for (const std::size_t bit : table.bits) {
    place.push_back(static_cast<std::size_t>(std::ranges::lower_bound(bits, bit) - bits.begin()));
  }
  Function wide{bits, std::vector<Interval>(std::size_t{1} << bits.size())};
  for (std::size_t p = 0; p < wide.values.size(); ++p) {
    std::size_t own = 0;
    for (std::size_t i = 0; i < place.size(); ++i) own |= (p >> place[i] & 1) << i;
    wide.values[p] = table.values[own];
  }
  return wide;
}

Function plus(const Function& a, const Function& b) {
  const Bits bits = joined(a.bits, b.bits);
  Function result = over(a, bits);
  const Function other = over(b, bits);
  for (std::size_t p = 0; p < result.values.size(); ++p) {
    result.values[p] = sum(result.values[p], other.values[p]);
  }
  return result;
}

// Without the bits that change nothing.
Function reduced(Function table) {
  for (std::size_t i = table.bits.size(); i-- > 0;) {
    const std::size_t step = std::size_t{1} << i;
    std::vector<Interval> without;
    for (std::size_t p = 0; p < table.values.size(); ++p) {
      if ((p & step) == 0) without.push_back(hull(table.values[p], table.values[p | step]));
    }
    if (std::ranges::any_of(without, [](const Interval& v) { return v.width() > negligible; })) {
      continue;
    }
    table.bits.erase(table.bits.begin() + static_cast<std::ptrdiff_t>(i));
    table.values = std::move(without);
  }
  return table;
}

// The two values that a table takes, and where it takes the higher one; nothing where it takes one or more.
struct TwoValues {
  Interval low, high;
  std::vector<bool> is_high;
};
std::optional<TwoValues> two_values_of(const Function& table) {
  const auto [least, most] =
      std::ranges::minmax(table.values, {}, [](const Interval& v) { return v.low + v.high; });
  const double middle = (least.low + least.high + most.low + most.high) / 4;
  TwoValues found{least, most, {}};
  for (const Interval& value : table.values) {
    const bool high = value.low + value.high > 2 * middle;
    found.is_high.push_back(high);
    Interval& side = high ? found.high : found.low;
    side = hull(side, value);
  }
  const double distance = found.high.low - found.low.high;
  const double width = std::max(found.low.width(), found.high.width());
  if (!(distance > 0) || width > two_values * distance) return std::nullopt;
  return found;
}

// Why a network cannot be followed.
struct Lost {
  std::string reason;
};

class Run {
 public:
  Run(const circuits::Circuit& truth, const Encoding& encoding) {
    for (std::size_t i = 0; i < truth.inputs(); ++i) {
      nodes_.push_back(builder_.input(truth.name(static_cast<circuits::Node>(i))));
      values_.push_back({{i}, {{encoding.zero, encoding.zero}, {encoding.one, encoding.one}}});
    }
  }

  void layer(const AffineMap& map, double slope, const std::string& name) {
    std::vector<Function> next = linear(map, name);
    for (Function& table : next) {
      for (Interval& value : table.values) value = kinked(value, slope);
      table = reduced(std::move(table));
    }
    values_ = std::move(next);
  }

  Symbolic outputs(const AffineMap& map, double threshold, const circuits::Circuit& truth) {
    Symbolic result{std::nullopt, std::numeric_limits<double>::infinity(), ""};
    const std::vector<Function> said = linear(map, "output");
    for (std::size_t t = 0; t < said.size(); ++t) {
      std::vector<bool> is_high;
      for (const Interval& value : said[t].values) {
        result.margin =
            std::min(result.margin, std::max(value.low - threshold, threshold - value.high));
        is_high.push_back(value.low > threshold);
      }
      const std::string& name = truth.outputs()[t].name;
      if (!(result.margin >= least_proved_margin)) {
        throw Lost{"output " + name + " may come within " + std::to_string(least_proved_margin) +
                   " of the threshold, for a pattern of bits that may never occur"};
      }
      builder_.output(node_of(said[t].bits, is_high), name);
    }
    result.circuit = builder_.build();
    return result;
  }

 private:
  static Interval kinked(const Interval& value, double slope) {
    const auto kink = [&](double x) { return std::max(x, slope * x); };
    const double a = kink(value.low), b = kink(value.high);
    const bool straddles = value.low < 0 && value.high > 0;
    return outwards(straddles ? std::min({a, b, 0.}) : std::min(a, b), std::max(a, b));
  }

  // The pre-activations of a layer.
  std::vector<Function> linear(const AffineMap& map, const std::string& name) {
    std::vector<Function> result;
    const auto weight = map.weight_OI.accessor<double, 2>();
    const auto bias = map.bias_O.accessor<double, 1>();
    for (int64_t o = 0; o < weight.size(0); ++o) {
      poll_stop();
      std::map<Bits, Function> groups;  // what is heard from functions of the same bits
      for (int64_t i = 0; i < weight.size(1); ++i) {
        if (weight[o][i] != 0) add(groups, values_[static_cast<std::size_t>(i)], weight[o][i]);
      }
      Function total{{}, {{bias[o], bias[o]}}};
      for (const Function& part : as_bits(groups)) {
        if (joined(total.bits, part.bits).size() > most_bits_at_once) {
          throw Lost{"unit " + std::to_string(o) + " of " + name + " hears more than " +
                     std::to_string(most_bits_at_once) + " bits at once"};
        }
        total = plus(total, part);
      }
      result.push_back(reduced(std::move(total)));
    }
    return result;
  }

  static void add(std::map<Bits, Function>& groups, const Function& value, double weight) {
    Function part = value;
    for (Interval& entry : part.values) entry = times(entry, weight);
    part = reduced(std::move(part));
    const auto [group, is_new] = groups.try_emplace(part.bits, part);
    if (!is_new) group->second = plus(group->second, part);
  }

  // The groups, where they take two values as functions of one bit; first two together, then each alone.
  std::vector<Function> as_bits(const std::map<Bits, Function>& groups) {
    std::vector<Function> parts;
    for (const auto& [bits, table] : groups) parts.push_back(reduced(table));
    for (std::size_t a = 0; a < parts.size(); ++a) {
      for (std::size_t b = a + 1; b < parts.size(); ++b) {
        const Bits all = joined(parts[a].bits, parts[b].bits);
        const bool overlap = all.size() < parts[a].bits.size() + parts[b].bits.size();
        if (!overlap || all.size() > most_bits_joined) continue;
        const Function both = plus(parts[a], parts[b]);
        if (!two_values_of(both).has_value()) continue;
        parts[a] = both;
        parts.erase(parts.begin() + static_cast<std::ptrdiff_t>(b--));
      }
    }
    for (Function& part : parts) part = as_bit(std::move(part));
    return parts;
  }

  Function as_bit(Function table) {
    if (table.bits.size() < 2) return table;
    std::optional<TwoValues> two = two_values_of(table);
    if (!two) return table;
    if (two->is_high[0]) {  // one bit for a function and its complement
      two->is_high.flip();
      std::swap(two->low, two->high);
    }
    const auto [known, is_new] =
        bit_of_.try_emplace(std::pair(table.bits, two->is_high), nodes_.size());
    if (is_new) nodes_.push_back(node_of(table.bits, two->is_high));
    return {{known->second}, {two->low, two->high}};
  }

  circuits::Node node_of(const Bits& bits, const std::vector<bool>& is_high) {
    BitFunction function{{}, {}, circuits::TruthTable(static_cast<int>(bits.size()), false)};
    std::vector<circuits::Node> nodes;
    for (std::size_t i = 0; i < bits.size(); ++i) {
      function.fanins.push_back(static_cast<int64_t>(i));
      nodes.push_back(nodes_[bits[i]]);
    }
    for (std::size_t p = 0; p < is_high.size(); ++p) {
      if (is_high[p]) function.table.set(p, true);
    }
    function.cubes = circuits::isop(function.table, function.table);
    return add_bit(builder_, function, nodes, "").node;
  }

  circuits::Builder builder_{circuits::Sharing::Structural};
  std::vector<circuits::Node> nodes_;  // of bits
  std::vector<Function> values_;       // of the neurons of the last layer
  std::map<std::pair<Bits, std::vector<bool>>, std::size_t> bit_of_;
};

}  // namespace

Symbolic run_symbols(const PiecewiseLinear& network, const circuits::Circuit& truth,
                     const Encoding& encoding, double threshold) {
  if (network.maps.empty() ||
      network.maps.front().weight_OI.size(1) != static_cast<int64_t>(truth.inputs()) ||
      network.maps.back().weight_OI.size(0) != static_cast<int64_t>(truth.outputs().size())) {
    throw InputError("run_symbols: the network has not as many inputs and outputs as the circuit");
  }
  for (const AffineMap& map : network.maps) {
    require_finite(map.weight_OI, "a weight");
    require_finite(map.bias_O, "a bias");
  }
  try {
    Run run(truth, encoding);
    for (std::size_t i = 0; i + 1 < network.maps.size(); ++i) {
      run.layer(network.maps[i], network.slope, "layer" + std::to_string(i));
    }
    return run.outputs(network.maps.back(), threshold, truth);
  } catch (const Lost& lost) {
    return {std::nullopt, 0, lost.reason};
  }
}

Score prove_exact(const Subject& subject, const World& world) {
  const std::string no_list = "there are too many inputs to list, and ";
  const auto network = subject.piecewise_linear();
  if (!network) {
    return Score::absent(no_list + "the subject is not affine maps with ReLUs between");
  }
  const auto encoding = world.encoding();
  const auto threshold = subject.decision_threshold();
  if (!encoding || !threshold || !world.boolean_targets()) {
    return Score::absent(no_list + "inputs or outputs are no bits");
  }
  const circuits::Circuit& truth = *world.truth().circuit;
  const Symbolic found = run_symbols(*network, truth, *encoding, *threshold);
  if (!found.circuit) return Score::absent(no_list + "no proof was found: " + found.reason);
  // A limit that does not depend on the machine: conflicts, not time.
  const circuits::Equivalence same =
      circuits::equivalent(*found.circuit, truth, {.seconds = 1e6, .conflicts = most_conflicts});
  if (same.verdict == circuits::Verdict::Unknown) {
    return Score::absent(no_list + "the solver gave up: " + same.limit);
  }
  return Score::of(same.verdict == circuits::Verdict::Equivalent ? 1 : 0);
}

}  // namespace lab
