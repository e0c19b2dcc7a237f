#include "lab/subjects/compile_circuit.h"

#include <algorithm>
#include <cmath>
#include <map>
#include <span>

#include "circuits/evaluation/evaluate.h"

namespace lab {
namespace {

using circuits::Op;
using std::int64_t;

enum class Kind { Input, And, Xor, Maj, Mux };

struct Gate {
  Kind kind = Kind::Input;
  std::vector<Literal> in;
  bool inverted = false;  // the value is the complement of what the kind says
};

Literal operator!(Literal literal) {
  return {literal.value, !literal.complement};
}

// Grows gates. Equal parts of one node of the circuit are made once; parts of different nodes are not shared,
// so that exchanging a node changes no other that happens to have it as a part.
class Gates {
 public:
  void begin_node() { known_.clear(); }
  Literal input() {
    gates_.push_back({});
    return {static_cast<int64_t>(gates_.size()) - 1, false};
  }
  const std::vector<Gate>& all() const { return gates_; }

  Literal conjunction(std::vector<Literal> in) {
    std::erase(in, constant(true));
    if (std::ranges::find(in, constant(false)) != in.end()) return constant(false);
    std::ranges::sort(in, before);
    in.erase(std::unique(in.begin(), in.end()), in.end());
    for (const Literal& a : in) {
      if (std::ranges::find(in, !a) != in.end()) return constant(false);
    }
    if (in.empty()) return constant(true);
    return in.size() == 1 ? in[0] : made(Kind::And, std::move(in));
  }

  Literal exclusive(Literal a, Literal b) {
    if (a.value == -1) return a.complement ? !b : b;
    if (b.value == -1) return b.complement ? !a : a;
    if (a.value == b.value) return constant(a.complement != b.complement);
    const bool odd = a.complement != b.complement;
    a.complement = b.complement = false;
    if (before(b, a)) std::swap(a, b);
    const Literal both = made(Kind::Xor, {a, b});
    return odd ? !both : both;
  }

  Literal select(Literal s, Literal a, Literal b) {
    if (s.value == -1) return s.complement ? a : b;
    if (a == b) return a;
    if (a == !b) return exclusive(s, b);
    if (a == constant(true) || a == s) return !conjunction({!s, !b});
    if (a == constant(false) || a == !s) return conjunction({!s, b});
    if (b == constant(true) || b == !s) return !conjunction({s, !a});
    if (b == constant(false) || b == s) return conjunction({s, a});
    if (s.complement) return select(!s, b, a);
    return made(Kind::Mux, {s, a, b});
  }

  Literal majority(std::vector<Literal> in) {
    if (std::ranges::any_of(in, [](const Literal& a) { return a.value == -1; }) ||
        in[0].value == in[1].value || in[0].value == in[2].value || in[1].value == in[2].value) {
      return select(in[0], !conjunction({!in[1], !in[2]}), conjunction({in[1], in[2]}));
    }
    std::ranges::sort(in, before);
    return made(Kind::Maj, std::move(in));
  }

  // Makes a complement the value of a gate itself, when the gate is new since `first`: nothing else reads
  // it yet.
  Literal upright(Literal literal, std::size_t first) {
    const auto value = static_cast<std::size_t>(literal.value);
    if (!literal.complement || literal.value < 0 || value < first) return literal;
    if (value + 1 != gates_.size()) return literal;
    gates_[value].inverted = true;
    return !literal;
  }

  static Literal constant(bool value) { return {-1, value}; }

 private:
  static bool before(const Literal& a, const Literal& b) {
    return a.value != b.value ? a.value < b.value : a.complement < b.complement;
  }

  Literal made(Kind kind, std::vector<Literal> in) {
    std::vector<int64_t> key{static_cast<int64_t>(kind)};
    for (const Literal& a : in) key.push_back(2 * a.value + (a.complement ? 1 : 0));
    const auto found = known_.find(key);
    if (found != known_.end()) return found->second;
    gates_.push_back({kind, std::move(in), false});
    const Literal literal{static_cast<int64_t>(gates_.size()) - 1, false};
    known_.emplace(std::move(key), literal);
    return literal;
  }

  std::vector<Gate> gates_;
  std::map<std::vector<int64_t>, Literal> known_;
};

// Literals as a domain of circuits/evaluation/domains.h: evaluating a gate makes its parts.
struct Literals {
  using Value = Literal;
  Gates& gates;
  Literal constant(bool value) const { return Gates::constant(value); }
  void complement(Literal& a) const { a = !a; }
  void conjoin(Literal& a, const Literal& b) const { a = gates.conjunction({a, b}); }
  void disjoin(Literal& a, const Literal& b) const { a = !gates.conjunction({!a, !b}); }
  void add(Literal& a, const Literal& b) const { a = gates.exclusive(a, b); }
  Literal select(const Literal& s, const Literal& a, const Literal& b) const {
    return gates.select(s, a, b);
  }
};

Literal tree_of_xors(Gates& gates, std::span<const Literal> in) {
  if (in.size() == 1) return in[0];
  const std::size_t half = in.size() / 2;
  return gates.exclusive(tree_of_xors(gates, in.first(half)),
                         tree_of_xors(gates, in.subspan(half)));
}

Literal compiled(Gates& gates, const circuits::Circuit& circuit, circuits::Node v,
                 const std::vector<Literal>& nodes) {
  std::vector<Literal> in;
  for (const circuits::Node fanin : circuit.fanins(v)) in.push_back(nodes[fanin]);
  const auto complements = [&] {
    std::vector<Literal> turned;
    for (const Literal& a : in) turned.push_back(!a);
    return turned;
  };
  switch (circuit.op(v)) {
    case Op::And:
      return gates.conjunction(in);
    case Op::Nand:
      return !gates.conjunction(in);
    case Op::Or:
      return !gates.conjunction(complements());
    case Op::Nor:
      return gates.conjunction(complements());
    case Op::Xor:
      return tree_of_xors(gates, in);
    case Op::Xnor:
      return !tree_of_xors(gates, in);
    case Op::Maj:
      if (in.size() == 3) return gates.majority(in);
      break;
    default:
      break;
  }
  const auto fanin = [&](std::size_t i) -> const Literal& { return in[i]; };
  return circuits::apply(circuit.op(v), circuit.parameters(v), Literals{gates}, in.size(), fanin);
}

Affine sum_of(const std::vector<Literal>& in, double constant) {
  Affine sum{{}, constant};
  for (const Literal& a : in) {
    sum.constant += a.complement ? 1 : 0;
    if (a.value >= 0) sum.terms.push_back({a.value, a.complement ? -1.0 : 1.0});
  }
  return sum;
}

std::string number(double value) {
  return std::to_string(static_cast<int64_t>(value));
}

std::string text_of(const Affine& affine, const std::vector<std::string>& names) {
  std::string text;
  for (const Affine::Term& term : affine.terms) {
    const bool minus = term.coefficient < 0;
    text += text.empty() ? (minus ? "-" : "") : (minus ? " - " : " + ");
    text += names[static_cast<std::size_t>(term.value)];
  }
  if (affine.constant != 0 || text.empty()) {
    text += text.empty()
                ? number(affine.constant)
                : (affine.constant < 0 ? " - " : " + ") + number(std::abs(affine.constant));
  }
  return text;
}

// The neurons of one gate.
struct Part {
  Affine pre;
  double weight;
};
std::vector<Part> parts_of(const Gate& gate) {
  const auto n = static_cast<double>(gate.in.size());
  switch (gate.kind) {
    case Kind::And:
      return {{sum_of(gate.in, 1 - n), 1}};
    case Kind::Xor:
      return {{sum_of(gate.in, 0), 1}, {sum_of(gate.in, -1), -2}};
    case Kind::Maj:
      return {{sum_of(gate.in, -1), 1}, {sum_of(gate.in, -2), -1}};
    case Kind::Mux:
      return {{sum_of({gate.in[0], gate.in[1]}, -1), 1},
              {sum_of({!gate.in[0], gate.in[2]}, -1), 1}};
    case Kind::Input:
      break;
  }
  return {};
}

// The last layer after which each value is needed: −1 where nothing reads it, 0 for the inputs as they come.
std::vector<int64_t> last_needed(const std::vector<Gate>& gates, const std::vector<int64_t>& level,
                                 const std::vector<Literal>& outputs, int64_t depth) {
  std::vector<int64_t> last(gates.size(), -1);
  for (std::size_t v = 0; v < gates.size(); ++v) {
    if (gates[v].kind != Kind::Input) last[v] = std::max(last[v], level[v]);
    for (const Literal& a : gates[v].in) {
      if (a.value < 0) continue;
      auto& needed = last[static_cast<std::size_t>(a.value)];
      needed = std::max(needed, level[v] - 1);
    }
  }
  for (const Literal& output : outputs) {
    if (output.value >= 0) last[static_cast<std::size_t>(output.value)] = depth;
  }
  return last;
}

PlannedLayer planned_layer(const CircuitPlan& plan, const std::vector<Gate>& gates,
                           const std::vector<int64_t>& last, int64_t number) {
  PlannedLayer layer;
  for (std::size_t v = 0; v < gates.size(); ++v) {
    if (plan.level[v] > number || last[v] < number) continue;
    const auto value = static_cast<int64_t>(v);
    layer.carried.push_back(value);
    std::vector<Part> parts{{Affine{{{value, 1}}, 0}, 1}};
    bool inverted = false;
    if (plan.level[v] == number) {
      parts = parts_of(gates[v]);
      inverted = gates[v].inverted;
    }
    layer.constants.push_back(inverted ? 1 : 0);
    for (Part& part : parts) {
      std::string text = plan.names[v] + ": relu(" + text_of(part.pre, plan.names) + ")";
      layer.neurons.push_back(
          {std::move(part.pre), value, inverted ? -part.weight : part.weight, std::move(text)});
    }
  }
  return layer;
}

}  // namespace

CircuitPlan plan_circuit(const circuits::Circuit& circuit) {
  CircuitPlan plan;
  Gates gates;
  for (circuits::Node v = 0; v < circuit.nodes(); ++v) {
    if (circuit.op(v) == Op::Input) {
      plan.nodes.push_back(gates.input());
      plan.names.push_back(circuit.name(v));
      continue;
    }
    const std::size_t first = gates.all().size();
    gates.begin_node();
    const Literal literal = gates.upright(compiled(gates, circuit, v, plan.nodes), first);
    plan.nodes.push_back(literal);
    for (std::size_t made = first; made < gates.all().size(); ++made) {
      const bool is_node = static_cast<int64_t>(made) == literal.value;
      plan.names.push_back(is_node ? circuit.name(v)
                                   : circuit.name(v) + "." + std::to_string(made - first));
    }
  }
  int64_t depth = 0;
  for (const Gate& gate : gates.all()) {
    int64_t level = gate.kind == Kind::Input ? 0 : 1;
    for (const Literal& a : gate.in) {
      if (a.value >= 0) level = std::max(level, plan.level[static_cast<std::size_t>(a.value)] + 1);
    }
    plan.level.push_back(level);
    depth = std::max(depth, level);
  }
  for (const circuits::Output& output : circuit.outputs()) {
    plan.outputs.push_back(plan.nodes[output.node]);
  }
  const std::vector<int64_t> last = last_needed(gates.all(), plan.level, plan.outputs, depth);
  for (std::size_t v = 0; v < circuit.inputs(); ++v) {
    if (last[v] >= 0) plan.inputs.push_back(static_cast<int64_t>(v));
  }
  for (int64_t number = 1; number <= depth; ++number) {
    plan.layers.push_back(planned_layer(plan, gates.all(), last, number));
  }
  return plan;
}

}  // namespace lab
