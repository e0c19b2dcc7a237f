#include "circuits/rewriting/cuts.h"

#include <algorithm>
#include <map>
#include <set>
#include <string>

#include "circuits/evaluation/evaluate.h"

namespace circuits {
namespace {

void make_set(Cut& cut) {
  std::ranges::sort(cut);
  const auto [first, last] = std::ranges::unique(cut);
  cut.erase(first, last);
}

// Without the gates whose fan-ins are all in the cut themselves.
void drop_followers(const Circuit& circuit, Cut& cut) {
  const auto in_cut = [&](Node v) { return std::ranges::binary_search(cut, v); };
  for (std::size_t i = cut.size(); i-- > 0;) {  // from the last: a gate comes after its fan-ins
    const auto fanins = circuit.fanins(cut[i]);
    if (fanins.empty() || fanins.size() > 4 * kMostLeaves) continue;
    if (std::ranges::all_of(fanins, in_cut))
      cut.erase(cut.begin() + static_cast<std::ptrdiff_t>(i));
  }
}

// `cut` with leaf number i replaced by its fan-ins.
Cut expanded(const Circuit& circuit, const Cut& cut, std::size_t i) {
  Cut next = cut;
  next.erase(next.begin() + static_cast<std::ptrdiff_t>(i));
  const auto fanins = circuit.fanins(cut[i]);
  next.insert(next.end(), fanins.begin(), fanins.end());
  make_set(next);
  drop_followers(circuit, next);
  return next;
}

// The cuts of at most `most` leaves one replacement away.
std::vector<Cut> neighbours(const Circuit& circuit, const Cut& cut, std::size_t most) {
  std::vector<Cut> found;
  for (std::size_t i = 0; i < cut.size(); ++i) {
    if (circuit.op(cut[i]) == Op::Input) continue;
    // A gate of very many fan-ins need not be looked at; repeated ones do not save it.
    if (circuit.fanins(cut[i]).size() > 4 * most) continue;
    Cut next = expanded(circuit, cut, i);
    if (next.size() <= most) found.push_back(std::move(next));
  }
  return found;
}

// The gates between the leaves and the gate, ascending and so each after its fan-ins.
std::vector<Node> gates_within(const Circuit& circuit, Node gate, std::span<const Node> leaves) {
  std::set<Node> inside;
  std::vector<Node> open{gate};
  while (!open.empty()) {
    const Node v = open.back();
    open.pop_back();
    if (std::ranges::find(leaves, v) != leaves.end() || !inside.insert(v).second) continue;
    if (circuit.op(v) == Op::Input) {
      throw Error("node " + std::to_string(gate) + " is not computed from these leaves, but from " +
                  "input \"" + circuit.name(v) + "\" too");
    }
    open.insert(open.end(), circuit.fanins(v).begin(), circuit.fanins(v).end());
  }
  return {inside.begin(), inside.end()};
}

}  // namespace

Cut random_cut(const Circuit& circuit, Node gate, std::size_t most, const WordSource& words) {
  Cut cut(circuit.fanins(gate).begin(), circuit.fanins(gate).end());
  make_set(cut);
  if (cut.size() > most) return {};
  while (below(6, words) != 0) {
    std::vector<Cut> next = neighbours(circuit, cut, most);
    if (next.empty()) break;
    cut = std::move(next[below(next.size(), words)]);
  }
  return cut;
}

std::vector<Cut> small_cuts(const Circuit& circuit, Node gate, std::size_t most,
                            std::size_t limit) {
  Cut first(circuit.fanins(gate).begin(), circuit.fanins(gate).end());
  make_set(first);
  if (first.size() > most || first.empty()) return {};
  std::vector<Cut> found{first};
  std::set<Cut> seen{first};
  for (std::size_t i = 0; i < found.size(); ++i) {
    for (Cut& next : neighbours(circuit, found[i], most)) {
      if (found.size() == limit) return found;
      if (seen.insert(next).second) found.push_back(std::move(next));
    }
  }
  return found;
}

TruthTable cut_table(const Circuit& circuit, Node gate, std::span<const Node> leaves) {
  if (leaves.size() > kMostLeaves) {
    throw Error("a cut of " + std::to_string(leaves.size()) + " leaves; at most " +
                std::to_string(kMostLeaves));
  }
  std::map<Node, Words::Value> values;
  for (std::size_t i = 0; i < leaves.size(); ++i) {
    values[leaves[i]] = {counting_word(static_cast<int>(i), 0)};
  }
  for (const Node v : gates_within(circuit, gate, leaves)) {
    const auto fanins = circuit.fanins(v);
    values[v] = apply(circuit.op(v), circuit.parameters(v), Words{}, fanins.size(),
                      [&](std::size_t i) { return values.at(fanins[i]); });
  }
  const std::size_t bits = std::size_t{1} << leaves.size();
  const std::uint64_t used = bits == 64 ? ~std::uint64_t{0} : (std::uint64_t{1} << bits) - 1;
  return TruthTable::from_bits(static_cast<int>(leaves.size()), values.at(gate)[0] & used);
}

}  // namespace circuits
