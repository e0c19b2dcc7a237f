// Putting what was read in any order into an order in which nothing stands before what it needs.
#pragma once

#include <cstddef>
#include <vector>

namespace circuits {

// An order of 0 … count−1 in which i stands after all that it needs: ascending where that is possible
// already, else an item is moved before the first that needs it. needs(i) is a list of items, in
// which numbers ≥ count are skipped. Calls cycle(way), which must throw, with items of which each needs the next and the last the first.
// By an explicit stack, since chains may be a million items long.
template <class Needs, class Cycle>
std::vector<std::size_t> topological_order(std::size_t count, const Needs& needs,
                                           const Cycle& cycle) {
  enum class State : char { New, Open, Done };
  struct Step {
    std::size_t item;
    std::size_t next = 0;  // of its needs
  };
  std::vector<State> state(count, State::New);
  std::vector<std::size_t> order;
  order.reserve(count);
  std::vector<Step> way;
  for (std::size_t root = 0; root < count; ++root) {
    if (state[root] != State::New) continue;
    way.push_back({root});
    state[root] = State::Open;
    while (!way.empty()) {
      Step& step = way.back();
      const auto& needed = needs(step.item);
      if (step.next == needed.size()) {
        state[step.item] = State::Done;
        order.push_back(step.item);
        way.pop_back();
        continue;
      }
      const std::size_t item = needed[step.next++];
      if (item >= count || state[item] == State::Done) continue;
      if (state[item] == State::Open) {
        std::vector<std::size_t> ring;
        for (const Step& open : way) {
          if (!ring.empty() || open.item == item) ring.push_back(open.item);
        }
        cycle(ring);
      }
      state[item] = State::Open;
      way.push_back({item});
    }
  }
  return order;
}

}  // namespace circuits
