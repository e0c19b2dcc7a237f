#include "circuits/rewriting/canonical.h"

#include <algorithm>
#include <limits>
#include <numeric>
#include <optional>
#include <string>
#include <tuple>
#include <utility>
#include <vector>

namespace circuits {
namespace {

constexpr std::uint64_t kMostVisits = 100'000'000;

using Colours = std::vector<std::uint64_t>;

// A colour is a hash; equal colours by chance only leave a tie to break.
std::uint64_t mixed(std::uint64_t hash, std::uint64_t value) {
  hash = (hash ^ value) + 0x9e3779b97f4a7c15;
  hash = (hash ^ (hash >> 30)) * 0xbf58476d1ce4e5b9;
  hash = (hash ^ (hash >> 27)) * 0x94d049bb133111eb;
  return hash ^ (hash >> 31);
}

bool ordered(const Circuit& circuit, Node v) {
  const Op op = circuit.op(v);
  return op == Op::Mux || op == Op::Lut ||
         (op == Op::Threshold && circuit.parameters(v).size() > 1);
}

std::size_t count_different(Colours colours) {
  std::ranges::sort(colours);
  return static_cast<std::size_t>(std::ranges::unique(colours).begin() - colours.begin());
}

// A circuit as a graph with colours on its nodes.
class Graph {
 public:
  Graph(const Circuit& circuit, InputOrder order)
      : circuit_(circuit), fixed_(order == InputOrder::Fixed), level_(circuit.nodes(), 0) {
    std::vector<std::size_t> first(circuit.nodes() + 1, 0);
    for (Node v = 0; v < circuit.nodes(); ++v) {
      for (const Node fanin : circuit.fanins(v)) {
        level_[v] = std::max(level_[v], level_[fanin] + 1);
        ++first[fanin + 1];
      }
    }
    std::partial_sum(first.begin(), first.end(), first.begin());
    first_user_ = first;
    users_.resize(first.back());
    for (Node v = 0; v < circuit.nodes(); ++v) {
      const auto fanins = circuit.fanins(v);
      for (std::size_t i = 0; i < fanins.size(); ++i) {
        users_[first[fanins[i]]++] = {v, ordered(circuit, v) ? i + 1 : 0};
      }
    }
    for (Node v = 0; v < circuit.nodes(); ++v) {
      std::uint64_t colour = mixed(static_cast<std::uint64_t>(circuit.op(v)), level_[v]);
      for (const std::int64_t value : circuit.parameters(v)) {
        colour = mixed(colour, static_cast<std::uint64_t>(value));
      }
      if (circuit.op(v) == Op::Input && fixed_) colour = mixed(colour, v + 1);
      initial_.push_back(colour);
    }
    for (std::size_t i = 0; i < circuit.outputs().size(); ++i) {
      std::uint64_t& colour = initial_[circuit.outputs()[i].node];
      colour = mixed(colour, ~std::uint64_t{i});
    }
  }

  const Circuit& circuit() const { return circuit_; }
  const Colours& initial() const { return initial_; }
  std::size_t nodes() const { return circuit_.nodes(); }

  // Makes colours depend on all that is below and above each node, until no more come apart.
  // Returns how many there are; adds the visits of nodes to `visits`.
  std::size_t refine(Colours& colours, std::uint64_t& visits) const {
    for (std::size_t different = 0;;) {
      for (Node v = 0; v < nodes(); ++v) look_down(v, colours);
      for (std::size_t v = nodes(); v-- > 0;) look_up(static_cast<Node>(v), colours);
      visits += 2 * nodes();
      const std::size_t now = count_different(colours);
      if (now == nodes() || now <= different) return now;
      different = now;
    }
  }

  // The circuit with its nodes in the order of colours, which are all different.
  std::string text(const Colours& colours, std::vector<Node>& order) const {
    order.resize(nodes());
    std::iota(order.begin(), order.end(), Node{0});
    std::ranges::sort(order, [&](Node a, Node b) {
      const auto rank = [&](Node v) {
        const bool input = circuit_.op(v) == Op::Input;
        return std::tuple(!input, level_[v], input && fixed_ ? std::uint64_t{v} : colours[v]);
      };
      return rank(a) < rank(b);
    });
    std::vector<Node> place(nodes());
    for (std::size_t i = 0; i < nodes(); ++i) place[order[i]] = static_cast<Node>(i);
    std::string text = std::to_string(circuit_.inputs()) + " inputs";
    for (const Node v : order) {
      if (circuit_.op(v) == Op::Input) continue;
      text += "; " + std::to_string(place[v]) + " " + std::string(rule(circuit_.op(v)).name);
      std::string mark = " (";
      for (const std::int64_t value : circuit_.parameters(v)) {
        text += mark + std::to_string(value);
        mark = " ";
      }
      if (!circuit_.parameters(v).empty()) text += ")";
      std::vector<Node> fanins;
      for (const Node fanin : circuit_.fanins(v)) fanins.push_back(place[fanin]);
      if (!ordered(circuit_, v)) std::ranges::sort(fanins);
      for (const Node fanin : fanins) text += " " + std::to_string(fanin);
    }
    text += "; outputs";
    for (const Output& output : circuit_.outputs())
      text += " " + std::to_string(place[output.node]);
    return text;
  }

 private:
  struct User {
    Node node;
    std::size_t position;  // 0 where the order of fan-ins does not matter
  };

  void look_down(Node v, Colours& colours) const {
    below_.clear();
    for (const Node fanin : circuit_.fanins(v)) below_.push_back(colours[fanin]);
    if (!ordered(circuit_, v)) std::ranges::sort(below_);
    for (const std::uint64_t colour : below_) colours[v] = mixed(colours[v], colour);
  }
  void look_up(Node v, Colours& colours) const {
    above_.clear();
    for (std::size_t i = first_user_[v]; i < first_user_[v + 1]; ++i) {
      above_.push_back(mixed(colours[users_[i].node], users_[i].position));
    }
    std::ranges::sort(above_);
    for (const std::uint64_t colour : above_) colours[v] = mixed(colours[v], colour);
  }

  const Circuit& circuit_;
  bool fixed_;
  std::vector<std::size_t> level_, first_user_;  // users of v from users_[first_user_[v]] on
  std::vector<User> users_;
  Colours initial_;
  mutable std::vector<std::uint64_t> below_, above_;  // room to sort in
};

// The smallest text over all ways of breaking ties.
class Search {
 public:
  explicit Search(const Graph& graph) : graph_(graph) {}

  std::string smallest() {
    explore(graph_.initial());
    return best_->text;
  }

 private:
  struct Leaf {
    std::string text;
    std::vector<Node> order;
    std::vector<Node> path;  // the nodes that were set apart
  };

  // Returns the length of path at which to go on: shorter when the rest is known by symmetry.
  std::size_t explore(Colours colours) {
    if (visits_ > kMostVisits) {
      throw Error("a circuit of " + std::to_string(graph_.nodes()) +
                  " nodes has too many ties for a canonical form; simplify it or fix its inputs");
    }
    if (graph_.refine(colours, visits_) == graph_.nodes()) return arrive(colours);
    const std::size_t depth = path_.size();
    const std::vector<Node> cell = smallest_cell(colours);
    std::vector<Node> explored;
    for (const Node v : cell) {
      if (known_by_symmetry(v, cell, explored)) continue;
      path_.push_back(v);
      Colours apart = colours;
      apart[v] = mixed(apart[v], 1);
      const std::size_t go_on = explore(std::move(apart));
      path_.pop_back();
      if (go_on < depth) return go_on;
      explored.push_back(v);
    }
    return depth;
  }

  std::vector<Node> smallest_cell(const Colours& colours) const {
    std::vector<std::pair<std::uint64_t, Node>> sorted;
    for (Node v = 0; v < graph_.nodes(); ++v) sorted.emplace_back(colours[v], v);
    std::ranges::sort(sorted);
    std::size_t begin = 0, size = std::numeric_limits<std::size_t>::max();
    for (std::size_t i = 0, j = 0; i < sorted.size(); i = j) {
      while (j < sorted.size() && sorted[j].first == sorted[i].first) ++j;
      if (j - i > 1 && j - i < size) {
        begin = i;
        size = j - i;
      }
    }
    std::vector<Node> cell;
    for (std::size_t i = begin; i < begin + size; ++i) cell.push_back(sorted[i].second);
    return cell;
  }

  // Whether automorphisms that keep the path take v to a node that was explored.
  bool known_by_symmetry(Node v, const std::vector<Node>& cell, const std::vector<Node>& explored) {
    if (explored.empty()) return false;
    std::vector<Node> reached{v};
    std::vector<bool> met(graph_.nodes(), false);
    met[v] = true;
    for (std::size_t i = 0; i < reached.size(); ++i) {
      for (const std::vector<Node>& map : automorphisms_) {
        const bool keeps = std::ranges::all_of(path_, [&](Node u) { return map[u] == u; });
        const Node image = map[reached[i]];
        if (!keeps || met[image]) continue;
        met[image] = true;
        reached.push_back(image);
      }
    }
    visits_ += automorphisms_.size() * cell.size();
    return std::ranges::any_of(explored, [&](Node u) { return met[u]; });
  }

  std::size_t arrive(const Colours& colours) {
    Leaf leaf;
    leaf.text = graph_.text(colours, leaf.order);
    leaf.path = path_;
    if (!best_) {
      first_ = best_ = std::move(leaf);
      return path_.size();
    }
    for (const Leaf* known : {&*first_, &*best_}) {
      if (known->text != leaf.text) continue;
      keep_automorphism(known->order, leaf.order);
      const auto [end, unused] = std::ranges::mismatch(known->path, leaf.path);
      return static_cast<std::size_t>(end - known->path.begin());
    }
    if (leaf.text < best_->text) best_ = std::move(leaf);
    return path_.size();
  }

  void keep_automorphism(const std::vector<Node>& from, const std::vector<Node>& to) {
    if (automorphisms_.size() * from.size() > kMostVisits / 8) return;  // it only saves time
    std::vector<Node> map(from.size());
    for (std::size_t i = 0; i < from.size(); ++i) map[from[i]] = to[i];
    automorphisms_.push_back(std::move(map));
  }

  const Graph& graph_;
  std::uint64_t visits_ = 0;
  std::vector<Node> path_;
  std::optional<Leaf> first_, best_;
  std::vector<std::vector<Node>> automorphisms_;
};

}  // namespace

std::string canonical_form(const Circuit& circuit, InputOrder order) {
  return Search(Graph(circuit, order)).smallest();
}

bool isomorphic(const Circuit& a, const Circuit& b, InputOrder order) {
  if (a.inputs() != b.inputs() || a.nodes() != b.nodes() ||
      a.outputs().size() != b.outputs().size()) {
    return false;
  }
  return structure_hash(a, order) == structure_hash(b, order) &&
         canonical_form(a, order) == canonical_form(b, order);
}

std::uint64_t structure_hash(const Circuit& circuit, InputOrder order) {
  const Graph graph(circuit, order);
  Colours colours = graph.initial();
  std::uint64_t visits = 0;
  graph.refine(colours, visits);
  std::ranges::sort(colours);
  std::uint64_t hash = mixed(circuit.inputs(), circuit.outputs().size());
  for (const std::uint64_t colour : colours) hash = mixed(hash, colour);
  return hash;
}

}  // namespace circuits
