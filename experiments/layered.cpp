#include "experiments/layered.h"

#include <algorithm>
#include <map>
#include <numeric>
#include <tuple>

namespace lab {
namespace {

constexpr int sweeps = 10;
constexpr double lane_height = 0.4;
constexpr double least_share = 0.6;  // of the highest level's height that each level spreads over

// Nodes first, then lanes; neighbours are one level apart.
struct Graph {
  std::vector<std::size_t> level;
  std::vector<std::vector<std::size_t>> before, after;
  std::vector<std::vector<std::size_t>> members;     // of each level, from the top
  std::vector<std::vector<std::size_t>> wire_lanes;  // of each wire
  std::size_t nodes = 0;

  std::size_t add(std::size_t at_level) {
    level.push_back(at_level);
    before.emplace_back();
    after.emplace_back();
    if (members.size() <= at_level) members.resize(at_level + 1);
    members[at_level].push_back(level.size() - 1);
    return level.size() - 1;
  }
  void join(std::size_t upper, std::size_t lower) {
    after[upper].push_back(lower);
    before[lower].push_back(upper);
  }
  double height(std::size_t vertex) const { return vertex < nodes ? 1.0 : lane_height; }
};

Graph graph_of(const std::vector<std::size_t>& levels, const std::vector<LayeredWire>& wires) {
  Graph graph;
  for (const std::size_t level : levels) graph.add(level);
  graph.nodes = levels.size();
  std::map<std::tuple<std::size_t, bool, std::size_t>, std::size_t> lanes;
  for (const LayeredWire& wire : wires) {
    std::vector<std::size_t> passed;
    std::size_t last = wire.from;
    for (std::size_t level = levels[wire.from] + 1; level < levels[wire.to]; ++level) {
      const auto [lane, is_new] = lanes.emplace(std::tuple(wire.from, wire.inverted, level), 0);
      if (is_new) {
        lane->second = graph.add(level);
        graph.join(last, lane->second);
      }
      last = lane->second;
      passed.push_back(last);
    }
    graph.join(last, wire.to);
    graph.wire_lanes.push_back(std::move(passed));
  }
  return graph;
}

// The places nearest to `wanted` (least squares) that keep the order and at least these distances
// between neighbours: isotonic regression of what is left when the distances are taken off.
std::vector<double> spread(const std::vector<double>& wanted, const std::vector<double>& offsets) {
  struct Block {
    double sum;
    std::size_t count;
    double mean() const { return sum / static_cast<double>(count); }
  };
  std::vector<Block> blocks;
  for (std::size_t i = 0; i < wanted.size(); ++i) {
    blocks.push_back({wanted[i] - offsets[i], 1});
    while (blocks.size() > 1 && blocks[blocks.size() - 2].mean() >= blocks.back().mean()) {
      blocks[blocks.size() - 2].sum += blocks.back().sum;
      blocks[blocks.size() - 2].count += blocks.back().count;
      blocks.pop_back();
    }
  }
  std::vector<double> places;
  for (const Block& block : blocks) {
    for (std::size_t i = 0; i < block.count; ++i) {
      places.push_back(block.mean() + offsets[places.size()]);
    }
  }
  return places;
}

double mean_place(const std::vector<std::size_t>& vertices, const std::vector<double>& place) {
  double sum = 0;
  for (const std::size_t vertex : vertices) sum += place[vertex];
  return sum / static_cast<double>(vertices.size());
}

// The members' distances from the first one when they stand as close as they may.
std::vector<double> offsets_of(const Graph& graph, const std::vector<std::size_t>& members,
                               double stretch) {
  std::vector<double> offsets(members.size(), 0);
  for (std::size_t i = 1; i < members.size(); ++i) {
    const double apart = (graph.height(members[i - 1]) + graph.height(members[i])) / 2;
    offsets[i] = offsets[i - 1] + stretch * apart;
  }
  return offsets;
}

class Placing {
 public:
  explicit Placing(Graph& graph) : graph_(graph), place_(graph.level.size(), 0) {
    double highest = 0;
    for (const auto& members : graph.members) {
      const std::vector<double> offsets = offsets_of(graph, members, 1);
      heights_.push_back(offsets.empty() ? 0 : offsets.back());
      highest = std::max(highest, heights_.back());
      for (std::size_t i = 0; i < members.size(); ++i) {
        place_[members[i]] = offsets[i] - heights_.back() / 2;
      }
    }
    for (double& height : heights_) {  // from here on: how far each level is stretched
      height = height > 0 ? std::max(1.0, least_share * highest / height) : 1;
    }
  }

  // Puts the members of a level near their neighbours at the given sides.
  void put(std::size_t level, bool by_before, bool by_after, bool reorder) {
    std::vector<std::size_t>& members = graph_.members[level];
    std::map<std::size_t, double> wanted;
    for (const std::size_t vertex : members) {
      std::vector<std::size_t> near;
      if (by_before) near = graph_.before[vertex];
      if (by_after) {
        near.insert(near.end(), graph_.after[vertex].begin(), graph_.after[vertex].end());
      }
      wanted[vertex] = near.empty() ? place_[vertex] : mean_place(near, place_);
    }
    if (reorder && level > 0) {
      std::stable_sort(members.begin(), members.end(),
                       [&](auto a, auto b) { return wanted[a] < wanted[b]; });
    }
    std::vector<double> targets;
    for (const std::size_t vertex : members) targets.push_back(wanted[vertex]);
    const std::vector<double> places =
        spread(targets, offsets_of(graph_, members, heights_[level]));
    for (std::size_t i = 0; i < members.size(); ++i) place_[members[i]] = places[i];
  }

  std::vector<double> places() const {
    std::vector<double> result = place_;
    const double top = result.empty() ? 0 : *std::min_element(result.begin(), result.end());
    for (double& place : result) place -= top;
    return result;
  }

 private:
  Graph& graph_;
  std::vector<double> place_;
  std::vector<double> heights_;
};

}  // namespace

Layered layered(const std::vector<std::size_t>& levels, const std::vector<LayeredWire>& wires) {
  Graph graph = graph_of(levels, wires);
  Placing placing(graph);
  const std::size_t count = graph.members.size();
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t level = 1; level < count; ++level) placing.put(level, true, false, true);
    for (std::size_t level = count; level-- > 0;) placing.put(level, false, true, true);
  }
  for (std::size_t level = 1; level < count; ++level) placing.put(level, true, false, true);
  for (int sweep = 0; sweep < sweeps; ++sweep) {
    for (std::size_t level = 0; level < count; ++level) placing.put(level, true, true, false);
  }
  std::vector<double> places = placing.places();
  Layered result;
  for (const auto& lanes : graph.wire_lanes) {
    std::vector<double>& bends = result.bends.emplace_back();
    for (const std::size_t lane : lanes) bends.push_back(places[lane]);
  }
  places.resize(levels.size());
  result.place = std::move(places);
  return result;
}

}  // namespace lab
