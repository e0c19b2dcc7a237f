#include "lab/mechanisms/wiring.h"

#include <ATen/ATen.h>

#include <algorithm>
#include <cmath>
#include <limits>
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

// What is compared: effects of ordered pairs, and which of them are edges.
struct Compared {
  std::vector<std::pair<int64_t, int64_t>> pairs;
  std::vector<double> effects;
};

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

EdgeScores judge(const Compared& compared,
                 const std::set<std::pair<int64_t, int64_t>>& true_edges) {
  double said = 0, hits = 0;
  std::vector<bool> edge;
  for (std::size_t i = 0; i < compared.pairs.size(); ++i) {
    edge.push_back(true_edges.contains(compared.pairs[i]));
    if (compared.effects[i] < edge_effect) continue;
    ++said;
    hits += edge.back();
  }
  const auto all = static_cast<double>(true_edges.size());
  return {
      said > 0 ? Score::of(hits / said) : Score::absent("no effect is large enough for an edge"),
      all > 0 ? Score::of(hits / all)
              : Score::absent("the circuit has no edge between found gates"),
      auroc(compared.effects, edge)};
}

std::set<std::pair<int64_t, int64_t>> edge_set(const circuits::Circuit& circuit,
                                               const std::vector<FoundGate>& found) {
  const auto edges = circuit_edges(circuit, found);
  return {edges.begin(), edges.end()};
}

}  // namespace

std::vector<std::pair<std::int64_t, std::int64_t>> circuit_edges(
    const circuits::Circuit& circuit, const std::vector<FoundGate>& found) {
  std::vector<std::vector<int64_t>> places_of(circuit.nodes());
  for (std::size_t i = 0; i < found.size(); ++i) {
    if (found[i].gate >= circuit.nodes()) {
      throw InputError("wiring: the circuit has no node " + std::to_string(found[i].gate));
    }
    places_of[found[i].gate].push_back(static_cast<int64_t>(i));
  }
  // The found nodes that reach each node through none that is found; a found node is reached by itself.
  std::vector<std::set<Node>> reached_by(circuit.nodes());
  std::vector<std::pair<int64_t, int64_t>> edges;
  for (Node v = 0; v < circuit.nodes(); ++v) {
    std::set<Node> from;
    for (const Node u : circuit.fanins(v)) from.insert(reached_by[u].begin(), reached_by[u].end());
    for (const Node u : from) {
      for (const int64_t i : places_of[u]) {
        for (const int64_t j : places_of[v]) edges.emplace_back(i, j);
      }
    }
    reached_by[v] = places_of[v].empty() ? std::move(from) : std::set<Node>{v};
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
  const std::set<std::pair<int64_t, int64_t>> edges = edge_set(circuit, found);
  const at::Tensor effects_GG = patch_effects(subject, pairs, found);
  const auto count = static_cast<int64_t>(found.size());
  Compared compared;
  WiringReport report;
  report.table.columns = {"from", "to", "effect", "edge"};
  for (int64_t g = 0; g < count; ++g) {
    for (int64_t h = 0; h < count; ++h) {
      const double effect = effects_GG[g][h].item<double>();
      if (std::isnan(effect)) continue;
      compared.pairs.emplace_back(g, h);
      compared.effects.push_back(effect);
      report.table.rows.push_back({static_cast<double>(g), static_cast<double>(h), effect,
                                   edges.contains({g, h}) ? 1.0 : 0.0});
      report.table.labels.push_back(circuit.name(found[static_cast<std::size_t>(g)].gate) + " → " +
                                    circuit.name(found[static_cast<std::size_t>(h)].gate));
    }
  }
  const EdgeScores own = judge(compared, edges);
  Scores& scores = report.scores;
  scores["edge_precision"] = own.precision;
  scores["edge_recall"] = own.recall;
  scores["edge_auroc"] = own.auroc;
  scores["edges_tested"] = Score::of(static_cast<double>(compared.pairs.size()));
  scores["edges_true"] = Score::of(static_cast<double>(edges.size()));
  if (draws < 1) return report;

  std::vector<double> precision, recall, area;
  for (int64_t i = 0; i < draws; ++i) {
    const std::vector<int64_t> order = draw.at(static_cast<std::uint64_t>(i)).permutation(count);
    std::vector<FoundGate> permuted = found;
    for (std::size_t g = 0; g < found.size(); ++g) {
      permuted[g].gate = found[static_cast<std::size_t>(order[g])].gate;
    }
    const EdgeScores null = judge(compared, edge_set(circuit, permuted));
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
