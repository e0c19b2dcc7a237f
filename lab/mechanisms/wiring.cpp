#include "lab/mechanisms/wiring.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
#include <map>
#include <optional>
#include <set>
#include <string>

#include "lab/core/error.h"
#include "lab/core/stop.h"
#include "lab/subjects/interventions.h"

namespace lab {
namespace {

using circuits::Node;
using std::int64_t;

std::vector<int64_t> tap_order(const Subject& subject, const std::vector<FoundGate>& found) {
  std::vector<int64_t> order;
  for (const FoundGate& gate : found) {
    subject.tap_width(gate.place.tap);  // throws where there is none
    const auto tap = std::ranges::find(subject.taps(), gate.place.tap, &Tap::name);
    order.push_back(tap - subject.taps().begin());
  }
  return order;
}

using Edges = std::set<std::pair<Node, Node>>;

// Ordered pairs of gates, as positions of the places that stand for them, and their effects.
struct Compared {
  std::vector<std::pair<std::size_t, std::size_t>> pairs;
  std::vector<double> effects;
};

// The first place of every gate, as positions; ascending by gate.
std::map<Node, std::size_t> first_places(const std::vector<FoundGate>& found,
                                         const std::vector<int64_t>& order) {
  std::map<Node, std::size_t> first;
  for (std::size_t i = 0; i < found.size(); ++i) {
    const auto [known, is_new] = first.try_emplace(found[i].gate, i);
    if (!is_new && order[i] < order[known->second]) known->second = i;
  }
  return first;
}

// The last place of a gate before a tap.
std::optional<std::size_t> last_before(const std::vector<FoundGate>& found,
                                       const std::vector<int64_t>& order, Node gate, int64_t tap) {
  std::optional<std::size_t> last;
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].gate != gate || order[i] >= tap) continue;
    if (!last || order[i] > order[*last]) last = i;
  }
  return last;
}

Compared compare(const Subject& subject, const Pairs& pairs, const std::vector<FoundGate>& found) {
  const at::Tensor effects_GG = patch_effects(subject, pairs, found);
  const std::vector<int64_t> order = tap_order(subject, found);
  const std::map<Node, std::size_t> first = first_places(found, order);
  Compared compared;
  for (const auto& [u, any] : first) {
    for (const auto& [v, to] : first) {
      const auto from = last_before(found, order, u, order[to]);  // of v itself there is none
      if (!from) continue;
      const double effect =
          effects_GG[static_cast<int64_t>(*from)][static_cast<int64_t>(to)].item<double>();
      if (std::isnan(effect)) continue;
      compared.pairs.emplace_back(*from, to);
      compared.effects.push_back(effect);
    }
  }
  return compared;
}

struct EdgeScores {
  Score precision, recall, auroc;
};

Score auroc(const std::vector<double>& effects, const std::vector<bool>& edge) {
  double wins = 0, count = 0;
  for (std::size_t i = 0; i < effects.size(); ++i) {
    for (std::size_t j = 0; j < effects.size(); ++j) {
      if (!edge[i] || edge[j]) continue;
      ++count;
      wins += effects[i] > effects[j] ? 1 : effects[i] == effects[j] ? .5 : 0;
    }
  }
  return count > 0 ? Score::of(wins / count)
                   : Score::absent("there are no edges, or no pairs that are none");
}

// `edge`: which of the pairs are edges, of `all` in the circuit.
EdgeScores judge(const std::vector<double>& effects, const std::vector<bool>& edge,
                 std::size_t all) {
  double said = 0, hits = 0;
  for (std::size_t i = 0; i < effects.size(); ++i) {
    if (effects[i] < edge_effect) continue;
    ++said;
    hits += edge[i];
  }
  return {
      said > 0 ? Score::of(hits / said) : Score::absent("no effect is large enough for an edge"),
      all > 0 ? Score::of(hits / static_cast<double>(all))
              : Score::absent("the circuit has no edge between found gates"),
      auroc(effects, edge)};
}

}  // namespace

Edges circuit_edges(const circuits::Circuit& circuit, const std::vector<FoundGate>& found) {
  std::vector<bool> is_found(circuit.nodes(), false);
  for (const FoundGate& gate : found) {
    if (gate.gate >= circuit.nodes()) {
      throw InputError("wiring: the circuit has no node " + std::to_string(gate.gate));
    }
    is_found[gate.gate] = true;
  }
  // The found nodes that reach each node through none that is found; a found node is reached by itself.
  std::vector<std::set<Node>> reached_by(circuit.nodes());
  Edges edges;
  for (Node v = 0; v < circuit.nodes(); ++v) {
    std::set<Node> from;
    for (const Node u : circuit.fanins(v)) from.insert(reached_by[u].begin(), reached_by[u].end());
    if (is_found[v]) {
      for (const Node u : from) edges.emplace(u, v);
    }
    reached_by[v] = is_found[v] ? std::set<Node>{v} : std::move(from);
  }
  return edges;
}

at::Tensor patch_effects(const Subject& subject, const Pairs& pairs,
                         const std::vector<FoundGate>& found) {
  const at::NoGradGuard no_gradients;
  const std::vector<int64_t> order = tap_order(subject, found);
  const auto count = static_cast<int64_t>(found.size());
  std::vector<std::string> taps;
  for (const FoundGate& gate : found) taps.push_back(gate.place.tap);
  const std::vector<at::Tensor> base = acts_at(subject, pairs.base, taps);
  const std::vector<at::Tensor> source = acts_at(subject, pairs.source, taps);
  const auto changed = [&](std::size_t h, const at::Tensor& acts_BD) {
    const at::Tensor change = found[h].place.exchange(base[h], acts_BD) - base[h];
    return change.to(at::kDouble).square().sum().item<double>();
  };
  at::Tensor effects =
      at::full({count, count}, std::numeric_limits<double>::quiet_NaN(), at::kDouble);
  for (std::size_t h = 0; h < found.size(); ++h) {
    const double whole = changed(h, source[h]);
    if (!(whole > 0)) continue;
    for (std::size_t g = 0; g < found.size(); ++g) {
      if (order[g] >= order[h]) continue;
      poll_stop();
      std::vector<Hook> hooks{replace(found[g].place, source[g])};
      for (std::size_t k = 0; k < found.size(); ++k) {
        if (order[g] < order[k] && order[k] < order[h]) {
          hooks.push_back(replace(found[k].place, base[k]));
        }
      }
      at::Tensor reached;
      hooks.push_back([&](std::string_view tap, const at::Tensor& acts_BD) {
        if (tap == found[h].place.tap) reached = acts_BD;
        return acts_BD;
      });
      subject.run(pairs.base, in_turn(std::move(hooks)));
      effects[static_cast<int64_t>(g)][static_cast<int64_t>(h)] = changed(h, reached) / whole;
    }
  }
  return effects;
}

WiringReport wiring_scores(const Subject& subject, const circuits::Circuit& circuit,
                           const Pairs& pairs, const std::vector<FoundGate>& found,
                           std::int64_t draws, const Draw& draw) {
  const Edges edges = circuit_edges(circuit, found);
  const Compared compared = compare(subject, pairs, found);
  WiringReport report;
  report.table.columns = {"from", "to", "effect", "edge"};
  std::vector<bool> edge;
  for (std::size_t i = 0; i < compared.pairs.size(); ++i) {
    const auto [from, to] = compared.pairs[i];
    edge.push_back(edges.contains({found[from].gate, found[to].gate}));
    report.table.rows.push_back({static_cast<double>(from), static_cast<double>(to),
                                 compared.effects[i], edge.back() ? 1.0 : 0.0});
    report.table.labels.push_back(circuit.name(found[from].gate) + " → " +
                                  circuit.name(found[to].gate));
  }
  const EdgeScores own = judge(compared.effects, edge, edges.size());
  Scores& scores = report.scores;
  scores["edge_precision"] = own.precision;
  scores["edge_recall"] = own.recall;
  scores["edge_auroc"] = own.auroc;
  scores["edges_tested"] = Score::of(static_cast<double>(edge.size()));
  scores["edges_true"] = Score::of(static_cast<double>(edges.size()));
  if (draws < 1) return report;

  std::vector<double> precision, recall, area;
  for (int64_t i = 0; i < draws; ++i) {
    std::vector<double> shuffled;
    for (const int64_t from :
         draw.at(static_cast<std::uint64_t>(i)).permutation(static_cast<int64_t>(edge.size()))) {
      shuffled.push_back(compared.effects[static_cast<std::size_t>(from)]);
    }
    const EdgeScores null = judge(shuffled, edge, edges.size());
    for (const auto& [values, score] :
         {std::pair{&precision, null.precision}, {&recall, null.recall}, {&area, null.auroc}}) {
      if (score.present) values->push_back(score.value);
    }
  }
  add_null(scores, "edge_precision", own.precision, precision);
  add_null(scores, "edge_recall", own.recall, recall);
  add_null(scores, "edge_auroc", own.auroc, area);
  return report;
}

}  // namespace lab
