#include "circuits/rewriting/simplify.h"

#include <algorithm>
#include <cstdint>
#include <numeric>
#include <optional>
#include <string>
#include <unordered_map>
#include <utility>
#include <vector>

#include "circuits/builder.h"
#include "circuits/functions/truth_table.h"
#include "circuits/rewriting/small_table.h"
#include "circuits/views.h"

namespace circuits {
namespace {

constexpr Node kNone = ~Node{0};

using Nodes = std::vector<Node>;

struct Term {
  Node node;
  std::int64_t weight;
};

Op complement_of(Op op) {
  switch (op) {
    case Op::And:
      return Op::Nand;
    case Op::Nand:
      return Op::And;
    case Op::Or:
      return Op::Nor;
    case Op::Nor:
      return Op::Or;
    case Op::Xor:
      return Op::Xnor;
    case Op::Xnor:
      return Op::Xor;
    default:
      return Op::Input;  // no such gate
  }
}

// What two gates have in common exactly when they are equal.
std::string key_of(const Gate& gate, Nodes fanins) {
  const bool ordered = gate.op == Op::Mux || gate.op == Op::Lut || gate.parameters.size() > 1;
  if (!ordered) std::ranges::sort(fanins);
  std::string key(1, static_cast<char>(gate.op));
  const auto append = [&key](const auto& list) {
    key.append(reinterpret_cast<const char*>(list.data()), list.size() * sizeof list[0]);
  };
  if (!gate.parameters.empty()) {
    key += std::to_string(fanins.size()) + ",";
    append(gate.parameters);
  }
  append(fanins);
  return key;
}

// The simplified circuit while it grows: nodes are numbered as they are made.
class Simplifier {
 public:
  explicit Simplifier(const Circuit& circuit) : circuit_(circuit) {
    std::vector<Node> roots;
    for (const Output& output : circuit.outputs()) roots.push_back(output.node);
    const std::vector<bool> wanted = in_cone(circuit, roots);
    image_.assign(circuit.nodes(), kNone);
    Nodes fanins;
    for (Node v = 0; v < circuit.nodes(); ++v) {
      if (circuit.op(v) == Op::Input) {
        image_[v] = append(Op::Input, {}, circuit.name(v));
      } else if (wanted[v]) {
        fanins.clear();
        for (const Node fanin : circuit.fanins(v)) fanins.push_back(image_[fanin]);
        image_[v] = simplified(circuit.gate(v), fanins, circuit.name(v));
      }
    }
  }

  // What reaches an output.
  Circuit result() const {
    std::vector<bool> wanted(made_.size(), false);
    for (const Output& output : circuit_.outputs()) wanted[image_[output.node]] = true;
    for (std::size_t v = made_.size(); v-- > 0;) {
      if (!wanted[v]) continue;
      for (const Node fanin : made_[v].fanins) wanted[fanin] = true;
    }
    Builder builder;
    Nodes place(made_.size(), kNone);
    for (std::size_t v = 0; v < made_.size(); ++v) {
      const Made& made = made_[v];
      if (made.gate.op == Op::Input) {
        place[v] = builder.input(made.name);
      } else if (wanted[v]) {
        Nodes fanins;
        for (const Node fanin : made.fanins) fanins.push_back(place[fanin]);
        place[v] = builder.add(made.gate, fanins, made.name);
      }
    }
    for (const Output& output : circuit_.outputs()) {
      builder.output(place[image_[output.node]], output.name);
    }
    return builder.build();
  }

 private:
  struct Made {
    Gate gate;
    Nodes fanins;
    std::string name;  // empty: none of the original's
    Node inverter = kNone;
    std::uint64_t seen = 0;  // the last round in which it was met …
    std::size_t place = 0;   // … and where
  };

  Op op(Node v) const { return made_[v].gate.op; }
  bool is_constant(Node v) const { return op(v) == Op::Zero || op(v) == Op::One; }
  // The node that is the complement of v, if there is one; not for constants.
  Node opposite(Node v) const { return op(v) == Op::Not ? made_[v].fanins[0] : made_[v].inverter; }

  Node append(const Gate& gate, const Nodes& fanins, const std::string& name) {
    made_.push_back({gate, fanins, name});
    return static_cast<Node>(made_.size() - 1);
  }

  // This very gate, or the one that is equal to it or the NOT of the one that is its complement.
  Node make(const Gate& gate, const Nodes& fanins, const std::string& name) {
    const auto [found, added] = known_.try_emplace(key_of(gate, fanins), kNone);
    if (!added) {
      Made& made = made_[found->second];
      if (made.name.empty()) made.name = name;
      return found->second;
    }
    const Op opposite_op = complement_of(gate.op);
    if (opposite_op != Op::Input) {
      const auto counterpart = known_.find(key_of(opposite_op, fanins));
      if (counterpart != known_.end()) {
        const Node twin = complement(counterpart->second, name);
        known_[key_of(gate, fanins)] = twin;
        return twin;
      }
    }
    const Node v = found->second = append(gate, fanins, name);
    if (gate.op == Op::Not) made_[fanins[0]].inverter = v;
    return v;
  }

  Node constant(bool value, const std::string& name) {
    return make(value ? Op::One : Op::Zero, {}, name);
  }

  Node complement(Node v, const std::string& name = "") {
    if (is_constant(v)) return constant(op(v) == Op::Zero, name);
    if (op(v) == Op::Not) return made_[v].fanins[0];
    return make(Op::Not, {v}, name);
  }

  Node simplified(const Gate& gate, const Nodes& fanins, const std::string& name) {
    switch (gate.op) {
      case Op::Zero:
      case Op::One:
        return constant(gate.op == Op::One, name);
      case Op::Not:
        return complement(fanins[0], name);
      case Op::Buf:
        return fanins[0];
      case Op::And:
      case Op::Or:
      case Op::Nand:
      case Op::Nor:
        return junction(gate.op, fanins, name);
      case Op::Xor:
      case Op::Xnor:
        return parity(fanins, gate.op == Op::Xnor, name);
      case Op::Maj:
        return threshold(Gate::threshold(static_cast<std::int64_t>(fanins.size() / 2 + 1)), fanins,
                         name);
      case Op::Threshold:
        return threshold(gate, fanins, name);
      default:
        return small(gate, fanins, name);
    }
  }

  // AND, OR, NAND, NOR.
  Node junction(Op op, const Nodes& fanins, const std::string& name) {
    const bool conjunction = op == Op::And || op == Op::Nand;
    const bool inverted = op == Op::Nand || op == Op::Nor;
    const Op decides = conjunction ? Op::Zero : Op::One;
    ++round_;
    Nodes kept;
    for (const Node v : fanins) {
      const Node other = is_constant(v) ? kNone : opposite(v);
      const bool contradiction = other != kNone && made_[other].seen == round_;
      if (this->op(v) == decides || contradiction) return constant(!conjunction != inverted, name);
      if (is_constant(v) || made_[v].seen == round_) continue;
      made_[v].seen = round_;
      kept.push_back(v);
    }
    if (kept.empty()) return constant(conjunction != inverted, name);
    if (kept.size() == 1) return inverted ? complement(kept[0], name) : kept[0];
    return make(op, kept, name);
  }

  Node parity(const Nodes& fanins, bool inverted, const std::string& name) {
    ++round_;
    Nodes met;
    std::vector<bool> odd;
    for (Node v : fanins) {
      if (op(v) == Op::One || op(v) == Op::Not) inverted = !inverted;
      if (is_constant(v)) continue;
      if (op(v) == Op::Not) v = made_[v].fanins[0];
      if (made_[v].seen != round_) {
        made_[v].seen = round_;
        made_[v].place = met.size();
        met.push_back(v);
        odd.push_back(false);
      }
      odd[made_[v].place] = !odd[made_[v].place];
    }
    Nodes kept;
    for (std::size_t i = 0; i < met.size(); ++i) {
      if (odd[i]) kept.push_back(met[i]);
    }
    if (kept.empty()) return constant(inverted, name);
    if (kept.size() == 1) return inverted ? complement(kept[0], name) : kept[0];
    return make(inverted ? Op::Xnor : Op::Xor, kept, name);
  }

  // The different fan-ins with their weights; constants and complements go into the bound.
  std::vector<Term> terms(const Gate& gate, const Nodes& fanins, std::int64_t& bound) {
    ++round_;
    std::vector<Term> found;
    for (std::size_t i = 0; i < fanins.size(); ++i) {
      const Node v = fanins[i];
      const std::int64_t weight = gate.parameters.size() > 1 ? gate.parameters[i + 1] : 1;
      const Node other = is_constant(v) ? kNone : opposite(v);
      if (op(v) == Op::One) bound -= weight;
      if (is_constant(v)) continue;
      if (other != kNone && made_[other].seen == round_) {  // w · not x = w − w · x
        bound -= weight;
        found[made_[other].place].weight -= weight;
      } else if (made_[v].seen == round_) {
        found[made_[v].place].weight += weight;
      } else {
        made_[v].seen = round_;
        made_[v].place = found.size();
        found.push_back({v, weight});
      }
    }
    std::erase_if(found, [](const Term& term) { return term.weight == 0; });
    return found;
  }

  Node threshold(const Gate& gate, const Nodes& fanins, const std::string& name) {
    std::int64_t bound = gate.parameters[0], least = 0, most = 0;
    std::vector<Term> found = terms(gate, fanins, bound);
    for (const Term& term : found) (term.weight < 0 ? least : most) += term.weight;
    if (least >= bound || most < bound) return constant(least >= bound, name);
    if (found.size() <= kMostSmallInputs) {
      const std::uint64_t table = table_of(found, bound);
      std::size_t i = 0;
      std::erase_if(found, [&](const Term&) { return !small_depends(table, i++); });
      const auto plain = plain_gate(table_of(found, bound), nodes_of(found), name);
      if (plain) return *plain;
    }
    std::int64_t divisor = 0;
    for (const Term& term : found) divisor = std::gcd(divisor, term.weight);
    bound = bound > 0 ? (bound + divisor - 1) / divisor : -(-bound / divisor);
    const auto size = static_cast<std::int64_t>(found.size());
    const bool alike =
        std::ranges::all_of(found, [&](const Term& term) { return term.weight == divisor; });
    if (alike && bound == 1) return make(Op::Or, nodes_of(found), name);
    if (alike && bound == size) return make(Op::And, nodes_of(found), name);
    if (alike && 2 * bound == size + 1) return make(Op::Maj, nodes_of(found), name);
    std::vector<std::int64_t> weights;
    for (const Term& term : found) {
      if (!alike) weights.push_back(term.weight / divisor);
    }
    return make(Gate::threshold(bound, weights), nodes_of(found), name);
  }

  static Nodes nodes_of(const std::vector<Term>& terms) {
    Nodes nodes;
    for (const Term& term : terms) nodes.push_back(term.node);
    return nodes;
  }

  static std::uint64_t table_of(const std::vector<Term>& terms, std::int64_t bound) {
    std::vector<std::uint64_t> variables;
    std::vector<std::int64_t> weights;
    for (std::size_t i = 0; i < terms.size(); ++i) {
      variables.push_back(counting_word(static_cast<int>(i), 0));
      weights.push_back(terms[i].weight);
    }
    return small_table(Gate::threshold(bound, weights), variables);
  }

  // MUX and LUT.
  Node small(const Gate& gate, const Nodes& fanins, const std::string& name) {
    ++round_;
    Nodes variables;
    std::vector<std::uint64_t> values;
    for (const Node v : fanins) {
      const Node other = is_constant(v) ? kNone : opposite(v);
      const bool negated = other != kNone && made_[other].seen == round_;
      if (!is_constant(v) && !negated && made_[v].seen != round_) {
        made_[v].seen = round_;
        made_[v].place = variables.size();
        variables.push_back(v);
      }
      if (is_constant(v)) {
        values.push_back(op(v) == Op::One ? ~std::uint64_t{0} : 0);
      } else {
        const std::size_t place = made_[negated ? other : v].place;
        const std::uint64_t value = counting_word(static_cast<int>(place), 0);
        values.push_back(negated ? ~value : value);
      }
    }
    std::uint64_t table = small_table(gate, values);
    std::vector<std::size_t> relevant;
    Nodes kept;
    for (std::size_t i = 0; i < variables.size(); ++i) {
      if (!small_depends(table, i)) continue;
      relevant.push_back(i);
      kept.push_back(variables[i]);
    }
    table = small_projection(table, relevant);
    const auto plain = plain_gate(table, kept, name);
    if (plain) return *plain;
    const auto selection = mux(table, kept, name);
    return selection ? *selection : make(Gate::lut(table), kept, name);
  }

  // A function of all of `variables` that are different, not constant and not complements, if a
  // plain gate or, of up to two, any literals are enough for it.
  std::optional<Node> plain_gate(std::uint64_t table, const Nodes& variables,
                                 const std::string& name) {
    const std::size_t count = variables.size();
    table &= small_mask(count);
    if (count == 0) return constant(table == 1, name);
    if (count == 1) return table == 2 ? variables[0] : complement(variables[0], name);
    const std::optional<Op> op = symmetric_gate(table, count);
    if (op == Op::Xor || op == Op::Xnor) return parity(variables, op == Op::Xnor, name);
    if (op) return make(*op, variables, name);
    if (count > 2) return std::nullopt;
    // One variable is negated: and(a, not b) = 2, and(not a, b) = 4, or(not a, b) = d,
    // or(a, not b) = b.
    const std::size_t negated = table == 2 || table == 0xb ? 1 : 0;
    Nodes literals = variables;
    literals[negated] = complement(literals[negated]);
    return make(table == 2 || table == 4 ? Op::And : Op::Or, literals, name);
  }

  std::optional<Node> mux(std::uint64_t table, const Nodes& variables, const std::string& name) {
    if (variables.size() != 3) return std::nullopt;
    std::vector<std::size_t> order{0, 1, 2};
    do {
      std::vector<std::uint64_t> values;
      for (const std::size_t i : order) values.push_back(counting_word(static_cast<int>(i), 0));
      if (((small_table(Op::Mux, values) ^ table) & 0xff) != 0) continue;
      Nodes fanins;
      for (const std::size_t i : order) fanins.push_back(variables[i]);
      if (op(fanins[0]) == Op::Not) {
        fanins = {made_[fanins[0]].fanins[0], fanins[2], fanins[1]};
      }
      return make(Op::Mux, fanins, name);
    } while (std::ranges::next_permutation(order).found);
    return std::nullopt;
  }

  const Circuit& circuit_;
  Nodes image_;  // of the nodes of circuit_
  std::vector<Made> made_;
  std::unordered_map<std::string, Node> known_;
  std::uint64_t round_ = 0;
};

}  // namespace

Circuit simplify(const Circuit& circuit) {
  return Simplifier(circuit).result();
}

}  // namespace circuits
