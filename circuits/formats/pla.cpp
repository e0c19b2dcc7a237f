#include "circuits/formats/pla.h"

#include <algorithm>
#include <charconv>
#include <optional>
#include <unordered_set>

#include "circuits/builder.h"
#include "circuits/formats/lines.h"

namespace circuits {
namespace {

struct Row {
  std::string inputs;   // of 0, 1 and -
  std::string outputs;  // of 0, 1, - and ~
};

struct Rows {
  std::vector<std::string> input_names, output_names;
  std::string type = "fd";
  std::vector<Row> rows;
};

class Parser {
 public:
  Rows parse(std::string_view text) {
    Lines lines(text, '#', Continuation::None);
    bool ended = false;
    for (TextLine line; lines.next(line);) {
      if (ended) refuse(line, "text after the end");
      ended = line.words[0] == ".e" || line.words[0] == ".end";
      if (ended) continue;
      if (line.words[0].starts_with('.')) {
        directive(line);
      } else {
        row(line);
      }
    }
    if (!inputs_ || !outputs_) throw Error("the PLA lacks .i or .o, its numbers of columns");
    if (announced_ && *announced_ != rows_.rows.size()) {
      throw Error(".p announces " + std::to_string(*announced_) + " rows, but there are " +
                  std::to_string(rows_.rows.size()));
    }
    set_default_names(rows_.input_names, *inputs_, "x");
    set_default_names(rows_.output_names, *outputs_, "y");
    return std::move(rows_);
  }

 private:
  void directive(const TextLine& line) {
    const std::string_view name = line.words[0];
    if (name == ".i" || name == ".o") {
      std::optional<std::size_t>& columns = name == ".i" ? inputs_ : outputs_;
      if (columns) refuse(line, "a second " + std::string(name));
      columns = number(line, kMostPlaColumns);
    } else if (name == ".p") {
      announced_ = number(line, SIZE_MAX);
    } else if (name == ".ilb") {
      names(line, inputs_, ".i", rows_.input_names);
    } else if (name == ".ob") {
      names(line, outputs_, ".o", rows_.output_names);
    } else if (name == ".type") {
      type(line);
    } else {
      refuse(line, "the directive " + quoted(name) + " is not supported");
    }
  }

  static std::size_t number(const TextLine& line, std::size_t most) {
    const std::string name(line.words[0]);
    if (line.words.size() != 2) refuse(line, name + " needs one number");
    const std::string_view digits = line.words[1];
    std::size_t value = 0;
    const auto [end, problem] = std::from_chars(digits.begin(), digits.end(), value);
    if (problem != std::errc() || end != digits.end() || value > most) {
      refuse(line, name + " " + quoted(digits) + " is no number up to " + std::to_string(most));
    }
    return value;
  }

  static void names(const TextLine& line, const std::optional<std::size_t>& columns,
                    const std::string& counter, std::vector<std::string>& names) {
    const std::string name(line.words[0]);
    if (!columns) refuse(line, name + " comes before " + counter);
    if (!names.empty()) refuse(line, "a second " + name);
    names.assign(line.words.begin() + 1, line.words.end());
    if (names.size() != *columns) {
      refuse(line, std::to_string(names.size()) + " names, but " + counter + " is " +
                       std::to_string(*columns));
    }
    std::unordered_set<std::string_view> seen;
    for (const std::string& each : names) {
      if (!seen.insert(each).second) refuse(line, "the name " + quoted(each) + " is given twice");
    }
  }

  void type(const TextLine& line) {
    if (!rows_.rows.empty()) refuse(line, ".type comes after a row");
    const std::string_view value = line.words.size() == 2 ? line.words[1] : "";
    if (value != "f" && value != "fd" && value != "fr" && value != "fdr") {
      refuse(line, ".type must be f, fd, fr or fdr");
    }
    rows_.type = value;
  }

  void row(const TextLine& line) {
    if (!inputs_ || !outputs_) refuse(line, "a row before .i and .o");
    std::string values;
    for (const std::string_view word : line.words) values += word;
    std::erase(values, '|');
    if (values.size() != *inputs_ + *outputs_) {
      refuse(line, "a row of " + std::to_string(values.size()) + " values, but there are " +
                       std::to_string(*inputs_) + " inputs and " + std::to_string(*outputs_) +
                       " outputs");
    }
    Row row{values.substr(0, *inputs_), values.substr(*inputs_)};
    for (char& value : row.inputs) value = meaning(line, value, "0", "1", "-2", "");
    for (char& value : row.outputs) value = meaning(line, value, "03", "14", "-2", "~");
    rows_.rows.push_back(std::move(row));
  }

  static char meaning(const TextLine& line, char value, std::string_view zero, std::string_view one,
                      std::string_view either, std::string_view nothing) {
    for (const std::string_view values : {zero, one, either, nothing}) {
      if (values.find(value) != std::string_view::npos) return values[0];
    }
    refuse(line, quoted({&value, 1}) + " is no value in a row");
  }

  static void set_default_names(std::vector<std::string>& names, std::size_t count,
                                const std::string& letter) {
    while (names.size() < count) names.push_back(letter + std::to_string(names.size()));
  }

  std::optional<std::size_t> inputs_, outputs_, announced_;
  Rows rows_;
};

// Sets the bits of all inputs that a row matches.
class Cube {
 public:
  explicit Cube(const std::string& row) {
    for (std::size_t i = 0; i < row.size(); ++i) {
      const std::uint64_t input = counting_word(static_cast<int>(i), 0);
      if (i < 6) {
        if (row[i] != '-') in_word_ &= row[i] == '1' ? input : ~input;
      } else if (row[i] == '-') {
        free_ |= std::uint64_t{1} << (i - 6);
      } else if (row[i] == '1') {
        first_ |= std::uint64_t{1} << (i - 6);
      }
    }
    if (row.size() < 6) in_word_ &= (std::uint64_t{1} << (std::uint64_t{1} << row.size())) - 1;
  }
  void mark(TruthTable& table) const {
    const auto words = table.words();
    std::uint64_t chosen = 0;
    do {
      words[first_ | chosen] |= in_word_;
      chosen = (chosen - free_) & free_;  // the next subset of free_
    } while (chosen != 0);
  }

 private:
  std::uint64_t in_word_ = ~std::uint64_t{0};
  std::uint64_t first_ = 0, free_ = 0;  // of a word's number: its bits that are 1, that are either
};

struct Sets {
  std::vector<TruthTable> on, off, dont_care;
};

Sets sets_of(const Rows& file) {
  const std::vector<TruthTable> none(file.output_names.size(),
                                     TruthTable(static_cast<int>(file.input_names.size())));
  Sets sets{none, none, none};
  const auto listed = [&](char set) { return file.type.find(set) != std::string::npos; };
  for (const Row& row : file.rows) {
    const Cube cube(row.inputs);
    for (std::size_t i = 0; i < row.outputs.size(); ++i) {
      const char value = row.outputs[i];
      if (value == '1') cube.mark(sets.on[i]);
      if (value == '0' && listed('r')) cube.mark(sets.off[i]);
      if (value == '-' && listed('d')) cube.mark(sets.dont_care[i]);
    }
  }
  return sets;
}

// Throws Error naming the first input in `wrong`.
void expect_none(const TruthTable& wrong, const std::string& output, const char* what) {
  if (wrong.ones() == 0) return;
  std::uint64_t k = 0;
  while (!wrong[k]) ++k;
  throw Error("output " + quoted(output) + " is " + what + " at input number " + std::to_string(k));
}

}  // namespace

Pla read_pla(std::string_view text) {
  const Rows file = Parser().parse(text);
  const std::size_t inputs = file.input_names.size(), outputs = file.output_names.size();
  if (inputs > TruthTable::kMostInputs || (outputs << inputs) > kMostPlaBits) {
    throw Error("tables of " + std::to_string(inputs) + " inputs and " + std::to_string(outputs) +
                " outputs are too large; at most " + std::to_string(TruthTable::kMostInputs) +
                " inputs and outputs · 2^inputs ≤ 2^28, or read it as a circuit");
  }
  Sets sets = sets_of(file);
  for (std::size_t i = 0; i < outputs; ++i) {
    TruthTable& on = sets.on[i];
    TruthTable& dont_care = sets.dont_care[i];
    on &= ~dont_care;
    const TruthTable off = sets.off[i] & ~dont_care;
    expect_none(on & off, file.output_names[i], "on and off");
    if (file.type == "fr") dont_care = ~(on | off);
    if (file.type == "fdr") {
      expect_none(~(on | off | dont_care), file.output_names[i], "in no set");
    }
  }
  return {file.input_names, file.output_names, std::move(sets.on), std::move(sets.dont_care)};
}

Circuit pla_circuit(std::string_view text) {
  const Rows file = Parser().parse(text);
  Builder builder;
  for (const std::string& name : file.input_names) builder.input(name);
  std::vector<std::optional<Node>> complements(file.input_names.size());
  const auto literal = [&](std::size_t i, char value) {
    const Node input = static_cast<Node>(i);
    if (value == '1') return input;
    if (!complements[i]) complements[i] = builder.add(Op::Not, {input});
    return *complements[i];
  };
  std::vector<std::vector<Node>> terms(file.output_names.size());
  for (const Row& row : file.rows) {
    if (row.outputs.find('1') == std::string::npos) continue;
    std::vector<Node> literals;
    for (std::size_t i = 0; i < row.inputs.size(); ++i) {
      if (row.inputs[i] != '-') literals.push_back(literal(i, row.inputs[i]));
    }
    const Node term = literals.size() == 1
                          ? literals[0]
                          : builder.add(literals.empty() ? Op::One : Op::And, literals);
    for (std::size_t i = 0; i < row.outputs.size(); ++i) {
      if (row.outputs[i] == '1') terms[i].push_back(term);
    }
  }
  for (std::size_t i = 0; i < terms.size(); ++i) {
    const Node node = terms[i].size() == 1
                          ? terms[i][0]
                          : builder.add(terms[i].empty() ? Op::Zero : Op::Or, terms[i]);
    builder.output(node, file.output_names[i]);
  }
  return builder.build();
}

}  // namespace circuits
