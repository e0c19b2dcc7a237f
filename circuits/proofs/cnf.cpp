#include "circuits/proofs/cnf.h"

namespace circuits {

void Cnf::define(std::size_t v) {
  variable_[v] = solver_.variable();
  if (v == 0) solver_.clause({-variable_[v]});
  if (v <= graph_.inputs()) return;
  const auto [a, b] = graph_.ands()[v - 1 - graph_.inputs()];
  const int out = variable_[v], left = literal(a), right = literal(b);
  solver_.clause({-out, left});
  solver_.clause({-out, right});
  solver_.clause({out, -left, -right});
}

int Cnf::literal(Signal signal) {
  variable_.resize(1 + graph_.inputs() + graph_.ands().size(), 0);
  std::vector<std::size_t> open;
  if (!known(signal)) open.push_back(signal >> 1);
  while (!open.empty()) {
    const std::size_t v = open.back(), before = open.size();
    if (variable_[v] == 0 && v > graph_.inputs()) {
      const auto [a, b] = graph_.ands()[v - 1 - graph_.inputs()];
      for (const Signal fanin : {a, b}) {
        if (!known(fanin)) open.push_back(fanin >> 1);
      }
    }
    if (open.size() > before) continue;
    if (variable_[v] == 0) define(v);
    open.pop_back();
  }
  const int variable = variable_[signal >> 1];
  return (signal & 1) != 0 ? -variable : variable;
}

std::vector<bool> Cnf::inputs() const {
  std::vector<bool> values(graph_.inputs());
  for (std::size_t i = 0; i < values.size(); ++i) {
    const int variable = i + 1 < variable_.size() ? variable_[i + 1] : 0;
    values[i] = variable != 0 && solver_.value(variable);
  }
  return values;
}

}  // namespace circuits
