#include <bit>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "circuits/aig.h"
#include "circuits/evaluation/evaluate.h"
#include "circuits/formats/blif.h"
#include "circuits/formats/blif_names.h"

namespace circuits {
namespace {

class Writer {
 public:
  explicit Writer(const Circuit& circuit) : circuit_(circuit) {
    names_.reserve(circuit.nodes());
    nodes_.reserve(circuit.nodes());
    for (Node v = 0; v < circuit.nodes(); ++v) {
      names_.push_back(to_blif_name(circuit.name(v)));
      nodes_.emplace(circuit.name(v), v);
    }
  }

  std::string text(std::string_view model) {
    text_ = ".model " + to_blif_name(model) + "\n";
    list(".inputs", {names_.data(), circuit_.inputs()});
    const std::vector<std::string> outputs = output_names();
    list(".outputs", outputs);
    for (Node v = static_cast<Node>(circuit_.inputs()); v < circuit_.nodes(); ++v) gate(v);
    for (std::size_t i = 0; i < outputs.size(); ++i) {
      const std::string& node = names_[circuit_.outputs()[i].node];
      if (outputs[i] == node) continue;
      begin({&node}, outputs[i]);
      text_ += "1 1\n";
    }
    text_ += ".end\n";
    return std::move(text_);
  }

 private:
  void list(std::string_view directive, std::span<const std::string> names) {
    constexpr std::size_t kColumns = 100;
    text_ += directive;
    std::size_t column = directive.size();
    for (const std::string& name : names) {
      if (column + name.size() > kColumns) {
        text_ += " \\\n";
        column = 0;
      }
      text_ += " " + name;
      column += 1 + name.size();
    }
    text_ += "\n";
  }

  // An output shares its node's signal where both have one name; but a reader takes a buffer that
  // is an output for a name only, so a BUF gate needs another one after it.
  std::vector<std::string> output_names() const {
    std::vector<std::string> outputs;
    for (const Output& output : circuit_.outputs()) {
      const auto found = nodes_.find(output.name);
      const bool clear = found == nodes_.end() ||
                         (found->second == output.node && circuit_.op(output.node) != Op::Buf);
      outputs.push_back(to_blif_name(output.name));
      if (!clear) outputs.back() += kBlifOutputSuffix;
    }
    return outputs;
  }

  // A name of no node and no output.
  std::string fresh_name() {
    if (output_names_.empty()) {
      for (const Output& output : circuit_.outputs()) output_names_.insert(output.name);
    }
    std::string name = "n" + std::to_string(made_++);
    while (nodes_.contains(name) || output_names_.contains(name)) name += '_';
    return name;
  }

  void begin(const std::vector<const std::string*>& fanins, const std::string& name) {
    text_ += ".names ";
    for (const std::string* fanin : fanins) text_ += *fanin + " ";
    text_ += name + "\n";
  }

  void row(std::size_t fanins, char value, char result) {
    text_.append(fanins, value);
    if (fanins > 0) text_ += ' ';
    text_ += result;
    text_ += '\n';
  }

  void gate(Node v) {
    std::vector<const std::string*> fanins;
    for (const Node fanin : circuit_.fanins(v)) fanins.push_back(&names_[fanin]);
    const Op op = circuit_.op(v);
    const bool by_ones = op == Op::And || op == Op::Nand;
    const bool by_zeros = op == Op::Or || op == Op::Nor;
    if (by_ones || by_zeros) {
      begin(fanins, names_[v]);
      row(fanins.size(), by_ones ? '1' : '0', op == Op::And || op == Op::Nor ? '1' : '0');
    } else if (fanins.size() > Gate::kMostLutInputs) {
      wide(v, fanins);
    } else {
      begin(fanins, names_[v]);
      if (op != Op::Zero) table(v, fanins.size());
    }
  }

  void table(Node v, std::size_t fanins) {
    const std::uint64_t size = std::uint64_t{1} << fanins;
    const std::uint64_t used = fanins == 6 ? ~std::uint64_t{0} : (std::uint64_t{1} << size) - 1;
    const auto fanin = [](std::size_t i) {
      return Words::Value{counting_word(static_cast<int>(i), 0)};
    };
    const std::uint64_t ones =
        apply(circuit_.op(v), circuit_.parameters(v), Words{}, fanins, fanin)[0] & used;
    if (ones == 0 || ones == used) return row(fanins, '-', ones == 0 ? '0' : '1');
    const bool by_zeros = 2 * static_cast<std::uint64_t>(std::popcount(ones)) > size;
    const std::uint64_t listed = by_zeros ? ~ones & used : ones;
    for (std::uint64_t k = 0; k < size; ++k) {
      if ((listed >> k & 1) == 0) continue;
      for (std::size_t i = 0; i < fanins; ++i) text_ += (k >> i & 1) != 0 ? '1' : '0';
      text_ += by_zeros ? " 0\n" : " 1\n";
    }
  }

  // As an and-inverter graph of which only the ANDs that the gate needs are written.
  void wide(Node v, const std::vector<const std::string*>& fanins) {
    AigBuilder aig(fanins.size());
    std::vector<Signal> inputs;
    for (std::size_t i = 0; i < fanins.size(); ++i) inputs.push_back(aig.input(i));
    const Signal root = aig.gate(circuit_.gate(v), inputs);
    const std::size_t first = 1 + fanins.size();  // variable of the first AND
    if (root / 2 < first) {                       // the gate is a constant or a fan-in
      if (root < 2) {
        begin({}, names_[v]);
      } else {
        begin({fanins[root / 2 - 1]}, names_[v]);
      }
      if (root != 0) row(root < 2 ? 0 : 1, (root & 1) != 0 ? '0' : '1', '1');
      return;
    }
    std::vector<bool> needed(first + aig.ands().size());
    needed[root / 2] = true;
    for (std::size_t i = aig.ands().size(); i-- > 0;) {
      if (!needed[first + i]) continue;
      needed[aig.ands()[i].a / 2] = needed[aig.ands()[i].b / 2] = true;
    }
    std::vector<std::string> made(aig.ands().size());
    const auto signal = [&](Signal s) {
      return s / 2 < first ? fanins[s / 2 - 1] : &made[s / 2 - first];
    };
    for (std::size_t i = 0; i < made.size(); ++i) {
      if (!needed[first + i]) continue;
      const auto [a, b] = aig.ands()[i];
      const bool last = first + i == root / 2;
      made[i] = last ? names_[v] : fresh_name();
      begin({signal(a), signal(b)}, made[i]);
      text_ += (a & 1) != 0 ? '0' : '1';
      text_ += (b & 1) != 0 ? '0' : '1';
      text_ += last && (root & 1) != 0 ? " 0\n" : " 1\n";
    }
  }

  const Circuit& circuit_;
  std::vector<std::string> names_;  // of nodes
  std::unordered_map<std::string_view, Node> nodes_;
  std::unordered_set<std::string_view> output_names_;  // filled when first needed
  std::size_t made_ = 0;                               // signals that are no nodes
  std::string text_;
};

}  // namespace

std::string write_blif(const Circuit& circuit, std::string_view model) {
  return Writer(circuit).text(model);
}

}  // namespace circuits
