#include <algorithm>
#include <bit>
#include <unordered_map>
#include <unordered_set>
#include <vector>

#include "circuits/evaluation/evaluate.h"
#include "circuits/formats/blif.h"
#include "circuits/formats/blif_names.h"
#include "circuits/formats/lines.h"
#include "circuits/netlist.h"

namespace circuits {
namespace {

constexpr char kComment = '#';
constexpr std::size_t kLongestEscapedName = std::size_t{3} * 255;

// A signal with its cover. Rows are kept as text only where no table can hold them.
struct Cover {
  std::size_t line;
  std::vector<std::string_view> signals;  // fan-ins, then the signal itself
  char result = 0;                        // of its rows; 0 without rows
  std::uint64_t covered = 0;              // up to 6 fan-ins: the inputs in a row
  std::vector<std::string_view> rows;     // more fan-ins

  std::size_t fanins() const { return signals.size() - 1; }
  std::string_view name() const { return signals.back(); }
  bool narrow() const { return fanins() <= Gate::kMostLutInputs; }
  std::uint64_t used() const {
    return fanins() == 6 ? ~std::uint64_t{0} : (std::uint64_t{1} << (1u << fanins())) - 1;
  }
  std::uint64_t table() const { return result == '0' ? ~covered & used() : covered; }
  bool buffer() const { return fanins() == 1 && table() == 2; }
};

struct Port {
  std::size_t line;
  std::string_view name;
};

struct Model {
  std::vector<Port> inputs, outputs;
  std::vector<Cover> covers;
};

void add_row(Cover& cover, const TextLine& line) {
  const auto& words = line.words;
  const std::size_t fanins = cover.fanins();
  const std::string_view values = fanins == 0 ? "" : words[0];
  if (words.size() != (fanins == 0 ? 1 : 2) || words.back().size() != 1) {
    refuse(line, "a row of " + quoted(cover.name()) + " must be " +
                     (fanins == 0 ? "0 or 1" : "its fan-ins' values, a space, and 0 or 1"));
  }
  if (values.size() != fanins) {
    refuse(line, "the row " + quoted(values) + " has " + std::to_string(values.size()) +
                     " values, but " + quoted(cover.name()) + " has " + std::to_string(fanins) +
                     " fan-ins");
  }
  if (values.find_first_not_of("01-") != std::string_view::npos) {
    refuse(line, "the row " + quoted(values) + " has values other than 0, 1 and -");
  }
  const char result = words.back()[0];
  if (result != '0' && result != '1') {
    refuse(line, "a row must end in 0 or 1, not " + quoted(words.back()));
  }
  if (cover.result != 0 && cover.result != result) {
    refuse(line, "the cover of " + quoted(cover.name()) + " has rows that end in 0 and in 1");
  }
  cover.result = result;
  if (!cover.narrow()) return cover.rows.push_back(values);
  std::uint64_t cube = cover.used();
  for (std::size_t i = 0; i < fanins; ++i) {
    const std::uint64_t input = counting_word(static_cast<int>(i), 0);
    if (values[i] != '-') cube &= values[i] == '1' ? input : ~input;
  }
  cover.covered |= cube;
}

[[noreturn]] void refuse_directive(const TextLine& line) {
  const std::string_view name = line.words[0];
  if (name == ".latch" || name == ".mlatch" || name == ".clock") {
    refuse(line, quoted(name) + ": the circuit is sequential; only combinational ones are read");
  }
  if (name == ".subckt" || name == ".gate" || name == ".search") {
    refuse(line, quoted(name) + " is not supported; flatten the circuit to .names first");
  }
  if (!name.starts_with('.')) refuse(line, "a row " + quoted(name) + " without .names before it");
  refuse(line, "the directive " + quoted(name) + " is not supported");
}

Model parse(std::string_view text) {
  Model model;
  bool named = false, ended = false, in_cover = false;
  Lines lines(text, kComment, Continuation::Backslash);
  for (TextLine line; lines.next(line);) {
    const std::string_view first = line.words[0];
    const std::vector<std::string_view> rest(line.words.begin() + 1, line.words.end());
    if (first == ".model" && (named || ended)) {
      refuse(line, "a second .model; only flat circuits of one model are read");
    }
    if (ended) refuse(line, "text after .end");
    if (in_cover && !first.starts_with('.')) {
      add_row(model.covers.back(), line);
      continue;
    }
    in_cover = first == ".names";
    if (first == ".names") {
      if (rest.empty()) refuse(line, ".names without a signal");
      model.covers.push_back({line.number, rest});
    } else if (first == ".inputs" || first == ".outputs") {
      auto& ports = first == ".inputs" ? model.inputs : model.outputs;
      for (const std::string_view name : rest) ports.push_back({line.number, name});
    } else if (first == ".model") {
      named = true;
    } else if (first == ".end") {
      ended = true;
    } else {
      refuse_directive(line);
    }
  }
  return model;
}

// The line in which each signal is defined.
using Definitions = std::unordered_map<std::string_view, std::size_t>;

Definitions definitions_of(const Model& model) {
  Definitions lines;
  lines.reserve(model.inputs.size() + model.covers.size());
  const auto define = [&](std::string_view name, std::size_t line) {
    // Before names are copied into gates; Builder's limit is stricter.
    if (name.size() > kLongestEscapedName)
      refuse(line, "the name " + quoted(name) + " is too long");
    const auto [other, is_new] = lines.emplace(name, line);
    if (!is_new) {
      refuse(line, quoted(name) + " is defined in line " + std::to_string(other->second) + " too");
    }
  };
  for (const Port& input : model.inputs) define(input.name, input.line);
  for (const Cover& cover : model.covers) define(cover.name(), cover.line);
  const auto check = [&](std::string_view name, std::size_t line) {
    if (!lines.contains(name)) refuse(line, quoted(name) + " is neither an input nor a cover");
  };
  for (const Cover& cover : model.covers) {
    for (const std::string_view signal : cover.signals) check(signal, cover.line);
  }
  for (const Port& output : model.outputs) check(output.name, output.line);
  return lines;
}

// The tables of all ops by the number of fan-ins, so that covers are recognised by their function.
class KnownOps {
 public:
  KnownOps() {
    for (const Op op : {Op::Zero, Op::One, Op::Not, Op::Buf, Op::And, Op::Or, Op::Xor, Op::Nand,
                        Op::Nor, Op::Xnor, Op::Maj, Op::Mux}) {
      for (std::size_t k = 0; k <= Gate::kMostLutInputs; ++k) {
        if (!problem(op, k).empty()) continue;
        const auto fanin = [](std::size_t i) {
          return Words::Value{counting_word(static_cast<int>(i), 0)};
        };
        Cover shape{0, std::vector<std::string_view>(k + 1)};
        ops_[k].emplace(apply(op, {}, Words{}, k, fanin)[0] & shape.used(), op);
      }
    }
  }
  Gate gate(const Cover& cover) const {
    const auto found = ops_[cover.fanins()].find(cover.table());
    if (found != ops_[cover.fanins()].end()) return found->second;
    return Gate::lut(cover.table());
  }

 private:
  std::unordered_map<std::uint64_t, Op> ops_[Gate::kMostLutInputs + 1];
};

class Linker {
 public:
  explicit Linker(const Model& model) : model_(model), defined_(definitions_of(model)) {}

  Circuit circuit() {
    const auto aliases = aliases_of_outputs();
    for (const Port& input : model_.inputs) list_.inputs.push_back(from_blif_name(input.name));
    for (const Cover& cover : model_.covers) {
      if (aliases.contains(cover.name())) continue;
      if (cover.narrow()) {
        add_narrow(cover);
      } else {
        add_wide(cover);
      }
    }
    for (const Port& output : model_.outputs) {
      const auto alias = aliases.find(output.name);
      if (alias == aliases.end()) {
        list_.outputs.push_back({from_blif_name(output.name), from_blif_name(output.name)});
        continue;
      }
      std::string_view name = output.name;
      if (name.ends_with(kBlifOutputSuffix)) name.remove_suffix(kBlifOutputSuffix.size());
      list_.outputs.push_back({from_blif_name(name), from_blif_name(alias->second)});
    }
    return link(list_);
  }

 private:
  // Buffers that are outputs and feed nothing, with what they buffer.
  std::unordered_map<std::string_view, std::string_view> aliases_of_outputs() const {
    std::unordered_set<std::string_view> free;
    for (const Port& output : model_.outputs) free.insert(output.name);
    for (const Cover& cover : model_.covers) {
      for (std::size_t i = 0; i < cover.fanins(); ++i) free.erase(cover.signals[i]);
    }
    std::unordered_map<std::string_view, std::string_view> aliases;
    for (const Cover& cover : model_.covers) {
      if (cover.buffer() && free.contains(cover.name())) {
        aliases.emplace(cover.name(), cover.signals[0]);
      }
    }
    return aliases;
  }

  static std::vector<std::string> names_of_fanins(const Cover& cover) {
    std::vector<std::string> names;
    for (std::size_t i = 0; i < cover.fanins(); ++i) {
      names.push_back(from_blif_name(cover.signals[i]));
    }
    return names;
  }

  void add(std::string name, const Gate& gate, std::vector<std::string> fanins) {
    list_.gates.push_back({std::move(name), gate, std::move(fanins)});
  }

  // The name of a new gate.
  std::string made(const Gate& gate, std::vector<std::string> fanins) {
    std::string name = "n" + std::to_string(made_++);
    while (defined_.contains(name)) name += '_';
    add(name, gate, std::move(fanins));
    return name;
  }

  std::string complement(const std::string& name) {
    const auto [found, is_new] = complements_.emplace(name, "");
    if (is_new) found->second = made(Op::Not, {name});
    return found->second;
  }

  // And-inverter graphs list complements in their rows, so a table with a single 1 or a single 0 is
  // an AND or NAND of literals.
  void add_narrow(const Cover& cover) {
    const Gate gate = known_.gate(cover);
    std::vector<std::string> fanins = names_of_fanins(cover);
    const std::uint64_t table = cover.table(), others = ~table & cover.used();
    const bool one = std::has_single_bit(table);
    if (gate.op != Op::Lut || fanins.size() < 2 || !(one || std::has_single_bit(others))) {
      return add(from_blif_name(cover.name()), gate, std::move(fanins));
    }
    const int row = std::countr_zero(one ? table : others);
    for (std::size_t i = 0; i < fanins.size(); ++i) {
      if ((row >> i & 1) == 0) fanins[i] = complement(fanins[i]);
    }
    add(from_blif_name(cover.name()), one ? Op::And : Op::Nand, std::move(fanins));
  }

  // The literals of a row as fan-ins of an AND; of a NOR, not complemented, if there are only zeros.
  struct Term {
    bool nor = false;
    std::vector<std::string> fanins;
  };
  Term term(const Cover& cover, std::string_view row) {
    Term term;
    const auto zeros = std::ranges::count(row, '0');
    term.nor = zeros > 1 && std::ranges::count(row, '1') == 0;
    for (std::size_t i = 0; i < row.size(); ++i) {
      if (row[i] == '-') continue;
      const std::string name = from_blif_name(cover.signals[i]);
      term.fanins.push_back(row[i] == '1' || term.nor ? name : complement(name));
    }
    return term;
  }

  // A sum of products, or its complement.
  void add_wide(const Cover& cover) {
    const std::string name = from_blif_name(cover.name());
    const bool complemented = cover.result == '0';
    if (cover.rows.empty()) return add(name, Op::Zero, {});
    std::vector<std::string> terms;
    for (const std::string_view row : cover.rows) {
      Term product = term(cover, row);
      const std::size_t literals = product.fanins.size();
      if (literals == 0) return add(name, complemented ? Op::Zero : Op::One, {});
      if (cover.rows.size() == 1 && literals > 1) {
        const Op op =
            product.nor ? (complemented ? Op::Or : Op::Nor) : (complemented ? Op::Nand : Op::And);
        return add(name, op, std::move(product.fanins));
      }
      terms.push_back(literals == 1 ? product.fanins[0]
                                    : made(product.nor ? Op::Nor : Op::And, product.fanins));
    }
    if (terms.size() == 1) return add(name, complemented ? Op::Not : Op::Buf, terms);
    add(name, complemented ? Op::Nor : Op::Or, terms);
  }

  const Model& model_;
  const Definitions defined_;
  const KnownOps known_;
  Netlist list_;
  std::unordered_map<std::string, std::string> complements_;
  std::size_t made_ = 0;
};

}  // namespace

Circuit read_blif(std::string_view text) {
  const Model model = parse(text);
  return Linker(model).circuit();
}

}  // namespace circuits
