#include "circuits/formats/aiger.h"

#include <algorithm>
#include <array>
#include <optional>
#include <unordered_map>
#include <utility>
#include <vector>

#include "circuits/builder.h"
#include "circuits/formats/aiger_scanner.h"
#include "circuits/topological.h"

namespace circuits {
namespace {

using aiger::Literal;
using aiger::Scanner;

struct And {
  Literal left;
  std::array<Literal, 2> right;
};

// A file before it becomes a circuit.
struct Parts {
  std::vector<Literal> inputs, outputs;
  std::vector<And> ands;

  // Where they stand in an ASCII file; all that can be wrong with the literals of a binary one is
  // found while it is read.
  std::size_t line_of_input(std::size_t i) const { return 2 + i; }
  std::size_t line_of_output(std::size_t i) const { return line_of_input(inputs.size()) + i; }
  std::size_t line_of_and(std::size_t i) const { return line_of_output(outputs.size()) + i; }
};

[[noreturn]] void refuse(std::size_t line, const std::string& reason) {
  throw Error("line " + std::to_string(line) + ": " + reason);
}

// What `work` gives, its errors with the line.
template <class Work>
auto on_line(std::size_t line, const Work& work) {
  try {
    return work();
  } catch (const Error& error) {
    refuse(line, error.what());
  }
}

struct Header {
  bool binary;
  Literal variables, inputs, outputs, ands;
};

constexpr Literal kMostVariables = (Literal{1} << 31) - 1;

Header read_header(Scanner& in) {
  Header header{};
  for (const char c : {'a', 'i', 'g'}) {
    if (c == 'i') {
      header.binary = in.next_is('i');
      if (!header.binary && !in.take('a'))
        in.refuse("an AIGER file begins with \"aag\" or \"aig\"");
      if (!header.binary) continue;
    }
    if (!in.take(c)) in.refuse("an AIGER file begins with \"aag\" or \"aig\"");
  }
  const auto count = [&](const char* what) {
    in.expect(' ', (std::string("one space and ") + what).c_str());
    return in.number(what, kMostVariables);
  };
  header.variables = count("the largest variable");
  header.inputs = count("the number of inputs");
  const Literal latches = count("the number of latches");
  header.outputs = count("the number of outputs");
  header.ands = count("the number of ANDs");
  for (const char* what :
       {"the number of bad states", "the number of constraints", "the number of justice properties",
        "the number of fairness constraints"}) {
    if (!in.next_is(' ')) break;
    if (count(what) != 0) in.refuse(std::string(what) + " is not 0: not a combinational circuit");
  }
  if (latches != 0) {
    in.refuse("the circuit is sequential (" + std::to_string(latches) +
              (latches == 1 ? " latch" : " latches") + "); only combinational ones are read");
  }
  const Literal defined = header.inputs + header.ands;
  if (header.variables < defined || (header.binary && header.variables != defined)) {
    in.refuse("the largest variable " + std::to_string(header.variables) + " does not fit " +
              std::to_string(header.inputs) + " inputs and " + std::to_string(header.ands) +
              " ANDs");
  }
  if (!in.next_is('\n')) in.refuse("expected the end of the header's line");
  if (header.inputs > kMostAigerInputs) {
    in.refuse(std::to_string(header.inputs) + " inputs are more than the " +
              std::to_string(kMostAigerInputs) + " that are read");
  }
  // The shortest line of a literal has two bytes, the shortest AND six, in binary two.
  const Literal least = 2 * ((header.binary ? 0 : header.inputs) + header.outputs) +
                        (header.binary ? 2 : 6) * header.ands;
  const std::size_t follow = in.left() - 1;
  if (least > follow) {
    in.refuse("the header announces at least " + std::to_string(least) + " bytes, and " +
              std::to_string(follow) + " follow");
  }
  in.take('\n');
  return header;
}

void read_literals(Scanner& in, const Header& header, Literal count, const char* what,
                   std::vector<Literal>& literals) {
  literals.reserve(count);
  for (Literal i = 0; i < count; ++i) {
    literals.push_back(in.number(what, 2 * header.variables + 1));
    in.expect('\n', "the end of the line");
  }
}

void read_ascii_ands(Scanner& in, const Header& header, std::vector<And>& ands) {
  const Literal most = 2 * header.variables + 1;
  for (Literal i = 0; i < header.ands; ++i) {
    And gate{};
    gate.left = in.number("the left side of an AND", most);
    in.expect(' ', "one space and a right side");
    gate.right[0] = in.number("the right side of an AND", most);
    in.expect(' ', "one space and a second right side");
    gate.right[1] = in.number("the right side of an AND", most);
    in.expect('\n', "the end of the line");
    ands.push_back(gate);
  }
}

void read_binary_ands(Scanner& in, const Header& header, std::vector<And>& ands) {
  in.begin_binary();
  for (Literal i = 0; i < header.ands; ++i) {
    And gate{};
    gate.left = 2 * (header.inputs + i + 1);
    const Literal first = in.delta();
    if (first == 0) in.refuse("an AND reads itself: its first difference is 0");
    if (first > gate.left) in.refuse("the first difference of an AND exceeds its left side");
    gate.right[0] = gate.left - first;
    const Literal second = in.delta();
    if (second > gate.right[0]) in.refuse("the second difference of an AND exceeds its right side");
    gate.right[1] = gate.right[0] - second;
    ands.push_back(gate);
  }
  in.end_binary();
}

struct Symbol {
  std::string text;
  std::size_t line = 0;
};
using SymbolTable = std::unordered_map<Literal, Symbol>;  // by position

struct Symbols {
  SymbolTable inputs, outputs;
  std::string comment;
};

Symbols read_symbols(Scanner& in, const Parts& parts) {
  Symbols symbols;
  while (in.left() > 0) {
    if (in.take('c')) {
      in.take('\n');
      symbols.comment = in.rest();
      break;
    }
    const std::size_t line = in.line();
    const bool input = in.take('i');
    if (!input && !in.take('o')) {
      in.refuse("expected a symbol of an input or output (i0 …, o0 …), or a comment (c)");
    }
    const std::string what = input ? "input" : "output";
    const std::size_t count = input ? parts.inputs.size() : parts.outputs.size();
    const Literal position = in.number("the position of a symbol", kMostVariables);
    if (position >= count) {
      in.refuse("a symbol for " + what + " " + std::to_string(position) + ", but there are " +
                std::to_string(count));
    }
    in.expect(' ', "one space and a symbol");
    const std::string text = in.rest_of_line("a symbol");
    if (text.empty()) refuse(line, "an empty symbol");
    if (!(input ? symbols.inputs : symbols.outputs).emplace(position, Symbol{text, line}).second) {
      refuse(line, "a second symbol for " + what + " " + std::to_string(position));
    }
  }
  return symbols;
}

// What defines each variable: 0 … inputs−1 the inputs, then the ANDs. A map, since an ASCII file may
// use few variables of many.
class Definitions {
 public:
  explicit Definitions(const Parts& parts) : inputs_(parts.inputs.size()) {
    places_.reserve(inputs_ + parts.ands.size());
    for (std::size_t i = 0; i < inputs_; ++i) {
      define(parts.inputs[i], "an input", parts.line_of_input(i));
    }
    for (std::size_t i = 0; i < parts.ands.size(); ++i) {
      define(parts.ands[i].left, "the left side of an AND", parts.line_of_and(i));
    }
  }
  // Of the variable of a literal, which is read in a line; nothing for the constant.
  std::optional<std::size_t> place(Literal literal, std::size_t line) const {
    if (literal < 2) return std::nullopt;
    const auto found = places_.find(literal / 2);
    if (found == places_.end()) {
      refuse(line, "literal " + std::to_string(literal) + " is neither an input nor an AND");
    }
    return found->second;
  }
  std::size_t inputs() const { return inputs_; }

 private:
  void define(Literal literal, const std::string& what, std::size_t line) {
    const std::string shown = std::to_string(literal);
    if (literal < 2) refuse(line, "literal " + shown + ", a constant, is " + what);
    if (literal % 2 == 1) refuse(line, "literal " + shown + ", a complement, is " + what);
    if (!places_.emplace(literal / 2, places_.size()).second) {
      refuse(line, "literal " + shown + " is defined a second time");
    }
  }
  std::size_t inputs_;
  std::unordered_map<Literal, std::size_t> places_;
};

std::vector<std::size_t> order_of(const Parts& parts, const Definitions& defined) {
  const std::size_t count = parts.ands.size();
  return topological_order(
      count,
      [&](std::size_t i) {
        std::array<std::size_t, 2> needed{};
        for (std::size_t side = 0; side < 2; ++side) {
          const auto place = defined.place(parts.ands[i].right[side], parts.line_of_and(i));
          needed[side] = place ? *place - defined.inputs() : count;
        }
        return needed;
      },
      [&](const std::vector<std::size_t>& ring) {
        refuse(parts.line_of_and(ring[0]),
               "the AND " + std::to_string(parts.ands[ring[0]].left) + " is part of a cycle");
      });
}

// The nodes of literals, complements and constants made where they are first read.
class Nodes {
 public:
  Nodes(Builder& builder, const Definitions& defined, std::size_t count)
      : builder_(builder), defined_(defined), plain_(count, kNone), complement_(count, kNone) {}

  void define(std::size_t place, Node node) { plain_[place] = node; }
  Node of(Literal literal, std::size_t line) {
    const auto place = defined_.place(literal, line);
    if (!place) {
      Node& constant = constants_[literal];
      if (constant == kNone) constant = builder_.add(literal == 0 ? Op::Zero : Op::One, {});
      return constant;
    }
    if (literal % 2 == 0) return plain_[*place];
    Node& complement = complement_[*place];
    if (complement == kNone) complement = builder_.add(Op::Not, {plain_[*place]});
    return complement;
  }

 private:
  static constexpr Node kNone = ~Node{0};
  Builder& builder_;
  const Definitions& defined_;
  std::array<Node, 2> constants_{kNone, kNone};
  std::vector<Node> plain_, complement_;
};

Symbol symbol(const SymbolTable& table, std::size_t position) {
  const auto found = table.find(position);
  return found == table.end() ? Symbol{} : found->second;
}

Circuit circuit_of(const Parts& parts, const Symbols& symbols) {
  const Definitions defined(parts);
  Builder builder;
  Nodes nodes(builder, defined, parts.inputs.size() + parts.ands.size());
  for (std::size_t i = 0; i < parts.inputs.size(); ++i) {
    const Symbol name = symbol(symbols.inputs, i);
    nodes.define(i, on_line(name.line, [&] { return builder.input(name.text); }));
  }
  for (const std::size_t i : order_of(parts, defined)) {
    const Node first = nodes.of(parts.ands[i].right[0], parts.line_of_and(i));
    const Node second = nodes.of(parts.ands[i].right[1], parts.line_of_and(i));
    nodes.define(parts.inputs.size() + i, builder.add(Op::And, {first, second}));
  }
  for (std::size_t i = 0; i < parts.outputs.size(); ++i) {
    const Node node = nodes.of(parts.outputs[i], parts.line_of_output(i));
    const Symbol name = symbol(symbols.outputs, i);
    on_line(name.line, [&] { builder.output(node, name.text); });
  }
  return builder.build();
}

}  // namespace

Aiger read_aiger(std::string_view bytes) {
  Scanner in(bytes);
  const Header header = read_header(in);
  Parts parts;
  if (header.binary) {
    for (Literal i = 0; i < header.inputs; ++i) parts.inputs.push_back(2 * (i + 1));
  } else {
    read_literals(in, header, header.inputs, "an input", parts.inputs);
  }
  read_literals(in, header, header.outputs, "an output", parts.outputs);
  parts.ands.reserve(header.ands);
  if (header.binary) {
    read_binary_ands(in, header, parts.ands);
  } else {
    read_ascii_ands(in, header, parts.ands);
  }
  Symbols symbols = read_symbols(in, parts);
  return {circuit_of(parts, symbols), std::move(symbols.comment)};
}

}  // namespace circuits
