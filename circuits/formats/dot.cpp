#include "circuits/formats/dot.h"

#include <algorithm>
#include <vector>

#include "circuits/functions/truth_table.h"
#include "circuits/views.h"

namespace circuits {
namespace {

// For a text in an HTML-like label.
std::string escaped(std::string_view text) {
  std::string safe;
  for (const char c : text) {
    if (c == '&') {
      safe += "&amp;";
    } else if (c == '<') {
      safe += "&lt;";
    } else if (c == '>') {
      safe += "&gt;";
    } else if (c == '"') {
      safe += "&quot;";
    } else if (c == '\\') {  // "\N" is the node's id, even here
      safe += "&#92;&#92;";
    } else {
      safe += c;
    }
  }
  return safe;
}

std::string id(Node v) {
  return "n" + std::to_string(v);
}

struct Look {
  std::string label;
  const char* fill;
};

constexpr const char* kConjunction = "#d6e6f4";
constexpr const char* kDisjunction = "#fbe3c8";
constexpr const char* kParity = "#d9eed9";
constexpr const char* kOther = "#ececec";

Look look_of(const Circuit& circuit, Node v) {
  switch (circuit.op(v)) {
    case Op::Zero:
      return {"0", "white"};
    case Op::One:
      return {"1", "white"};
    case Op::And:
      return {"∧", kConjunction};
    case Op::Nand:
      return {"¬∧", kConjunction};
    case Op::Or:
      return {"∨", kDisjunction};
    case Op::Nor:
      return {"¬∨", kDisjunction};
    case Op::Xor:
      return {"⊕", kParity};
    case Op::Xnor:
      return {"¬⊕", kParity};
    case Op::Buf:
      return {"=", kOther};
    case Op::Threshold:
      return {"≥ " + std::to_string(circuit.parameters(v)[0]), kOther};
    case Op::Lut: {
      const int fanins = static_cast<int>(circuit.fanins(v).size());
      const auto table = static_cast<std::uint64_t>(circuit.parameters(v)[0]);
      return {TruthTable::from_bits(fanins, table).hex(), kOther};
    }
    default:
      return {std::string(rule(circuit.op(v)).name), kOther};
  }
}

// What an edge into fan-in i of v is marked with, if fan-ins differ in their role.
std::string mark(const Circuit& circuit, Node v, std::size_t i) {
  constexpr const char* kMuxMarks[] = {"?", "1", "0"};
  switch (circuit.op(v)) {
    case Op::Mux:
      return kMuxMarks[i];
    case Op::Threshold:
      return circuit.parameters(v).size() > 1 ? std::to_string(circuit.parameters(v)[i + 1]) : "";
    case Op::Lut:
      return circuit.fanins(v).size() > 1 ? std::to_string(i) : "";
    default:
      return "";
  }
}

class Drawing {
 public:
  Drawing(const Circuit& circuit, const DotOptions& options)
      : circuit_(circuit), options_(options), sources_(circuit.nodes()) {
    for (Node v = 0; v < circuit.nodes(); ++v) {
      sources_[v] = {v, false};
      if (circuit.op(v) != Op::Not) continue;
      sources_[v] = sources_[circuit.fanins(v)[0]];
      sources_[v].complemented = !sources_[v].complemented;
    }
  }

  std::string text() {
    text_ =
        "digraph circuit {\n"
        "rankdir=LR; nodesep=0.18; ranksep=0.5; fontname=\"Helvetica\";\n"
        "node [fontname=\"Helvetica\", fontsize=13, margin=\"0.08,0.04\", color=\"#444444\", "
        "height=0.3, width=0.3, style=filled, fillcolor=white];\n"
        "edge [fontname=\"Helvetica\", fontsize=9, arrowhead=none, arrowsize=0.7, "
        "color=\"#666666\"];\n";
    columns();
    outputs();
    for (Node v = 0; v < circuit_.nodes(); ++v) {
      if (circuit_.op(v) == Op::Not) continue;
      const auto fanins = circuit_.fanins(v);
      for (std::size_t i = 0; i < fanins.size(); ++i) edge(fanins[i], id(v), mark(circuit_, v, i));
    }
    for (std::size_t i = 0; i < circuit_.outputs().size(); ++i) {
      edge(circuit_.outputs()[i].node, "y" + std::to_string(i), "");
    }
    return std::move(text_) + "}\n";
  }

 private:
  struct Source {
    Node node;  // no NOT
    bool complemented;
  };

  void node(Node v) {
    text_ += id(v);
    if (circuit_.op(v) == Op::Input) {
      text_ += " [shape=box, label=<" + escaped(circuit_.name(v)) + ">];\n";
      return;
    }
    const Look look = look_of(circuit_, v);
    text_ += std::string(" [shape=") + (circuit_.fanins(v).empty() ? "box" : "ellipse") +
             ", fillcolor=\"" + look.fill + "\", label=<" + look.label;
    if (options_.gate_names) {
      text_ +=
          "<br/><font point-size=\"8\" color=\"#555555\">" + escaped(circuit_.name(v)) + "</font>";
    }
    text_ += ">];\n";
  }

  void columns() {
    const std::vector<std::size_t> level = levels(circuit_);
    std::vector<std::vector<Node>> columns;
    for (Node v = 0; v < circuit_.nodes(); ++v) {
      if (circuit_.op(v) == Op::Not) continue;
      columns.resize(std::max(columns.size(), level[v] + 1));
      columns[level[v]].push_back(v);
    }
    for (std::size_t i = 0; i < columns.size(); ++i) {
      text_ += std::string("{ rank=") + (i == 0 ? "source" : "same") + ";\n";
      for (const Node v : columns[i]) node(v);
      if (i == 0) chain("n", circuit_.inputs());
      text_ += "}\n";
    }
  }

  void outputs() {
    text_ += "{ rank=sink;\n";
    const auto outputs = circuit_.outputs();
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      text_ += "y" + std::to_string(i) + " [shape=box, style=\"rounded,bold\", label=<" +
               escaped(outputs[i].name) + ">];\n";
    }
    chain("y", outputs.size());
    text_ += "}\n";
  }

  // Keeps letter0, letter1, … in this order within a column.
  void chain(const std::string& letter, std::size_t count) {
    if (!options_.in_order || count < 2) return;
    text_ += letter + "0";
    for (std::size_t i = 1; i < count; ++i) text_ += " -> " + letter + std::to_string(i);
    text_ += " [style=invis];\n";
  }

  void edge(Node from, const std::string& to, const std::string& mark) {
    const Source source = sources_[from];
    text_ += id(source.node) + " -> " + to;
    std::string attributes;
    if (source.complemented) attributes += "arrowhead=odot";
    if (!mark.empty()) {
      if (!attributes.empty()) attributes += ", ";
      attributes += "headlabel=\"" + mark + "\", labeldistance=1.6, labelangle=20";
    }
    if (!attributes.empty()) text_ += " [" + attributes + "]";
    text_ += ";\n";
  }

  const Circuit& circuit_;
  const DotOptions options_;
  std::vector<Source> sources_;  // of the value of every node
  std::string text_;
};

}  // namespace

std::string write_dot(const Circuit& circuit, const DotOptions& options) {
  return Drawing(circuit, options).text();
}

}  // namespace circuits
