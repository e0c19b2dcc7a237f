#include <algorithm>
#include <fstream>
#include <iostream>
#include <sstream>

#include "circuits/evaluation/evaluate.h"
#include "circuits/formats/files.h"
#include "lab/cli/circuit/verbs.h"
#include "lab/cli/options.h"
#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/report/operations.h"

namespace lab {
namespace {

using circuits::Circuit;

constexpr std::size_t kMostListed = 20;  // inputs of which --all lists every value
constexpr std::size_t kPatterns = 4096;  // evaluated at a time, a multiple of 64

// Inputs as texts of 0, 1 and x; character i is input i.
std::vector<std::string> all_patterns(std::size_t inputs) {
  if (inputs > kMostListed) {
    throw InputError("--all lists 2^n lines, for at most " + std::to_string(kMostListed) +
                     " inputs; this circuit has " + std::to_string(inputs));
  }
  std::vector<std::string> patterns(std::size_t{1} << inputs, std::string(inputs, '0'));
  for (std::size_t k = 0; k < patterns.size(); ++k) {
    for (std::size_t i = 0; i < inputs; ++i) patterns[k][i] = k >> i & 1 ? '1' : '0';
  }
  return patterns;
}

std::vector<std::string> patterns_of_file(const std::string& path) {
  std::istringstream lines(read_file(path));
  std::vector<std::string> patterns;
  for (std::string line; std::getline(lines, line);) {
    line.resize(std::min(line.size(), line.find('#')));
    std::erase_if(line, [](char c) { return c == ' ' || c == '\t' || c == '\r'; });
    if (!line.empty()) patterns.push_back(line);
  }
  return patterns;
}

void check(const std::string& pattern, std::size_t inputs) {
  if (pattern.size() != inputs) {
    throw InputError("the input \"" + one_line(pattern) + "\" has " +
                     std::to_string(pattern.size()) + " characters and the circuit " +
                     std::to_string(inputs) + " inputs; character i is input i");
  }
  if (pattern.find_first_not_of("01x") != std::string::npos) {
    throw InputError("the input \"" + one_line(pattern) +
                     "\" has a character that is not 0, 1 or x (unknown)");
  }
}

// What the nodes are on one pattern with unknown inputs.
std::string ternary_values(const Circuit& circuit, const std::string& pattern,
                           const std::vector<circuits::Node>& nodes) {
  using circuits::Ternary;
  std::vector<Ternary> inputs;
  for (const char c : pattern) {
    inputs.push_back(c == 'x' ? Ternary::Unknown : c == '1' ? Ternary::True : Ternary::False);
  }
  const auto values = circuits::evaluate_nodes(circuit, circuits::TernaryLogic{}, inputs);
  std::string text;
  for (const circuits::Node node : nodes) {
    text += values[node] == Ternary::Unknown ? 'x' : values[node] == Ternary::True ? '1' : '0';
  }
  return text;
}

// Calls print(pattern, values) for each pattern in turn; character c of `values` is column c.
template <class Print>
void evaluate_all(const Circuit& circuit, const std::vector<std::string>& patterns,
                  const std::vector<circuits::Node>& nodes, const Print& print) {
  for (std::size_t first = 0; first < patterns.size(); first += kPatterns) {
    const std::size_t count = std::min(kPatterns, patterns.size() - first);
    const std::size_t words = (count + 63) / 64;
    std::vector<std::uint64_t> inputs(circuit.inputs() * words, 0);
    for (std::size_t b = 0; b < count; ++b) {
      for (std::size_t i = 0; i < circuit.inputs(); ++i) {
        const std::uint64_t bit = patterns[first + b][i] == '1' ? 1 : 0;
        inputs[i * words + b / 64] |= bit << (b % 64);
      }
    }
    const auto values = circuits::evaluate_words(circuit, inputs, words);
    for (std::size_t b = 0; b < count; ++b) {
      const std::string& pattern = patterns[first + b];
      if (pattern.find('x') != std::string::npos) {
        print(pattern, ternary_values(circuit, pattern, nodes));
        continue;
      }
      std::string text;
      for (const circuits::Node node : nodes) {
        text += values[node * words + b / 64] >> (b % 64) & 1 ? '1' : '0';
      }
      print(pattern, text);
    }
  }
}

std::vector<std::string> patterns_of(const options::variables_map& map, const Circuit& circuit) {
  auto patterns = map["bits"].as<std::vector<std::string>>();
  const int sources = static_cast<int>(!patterns.empty()) +
                      static_cast<int>(map.count("from") > 0) +
                      static_cast<int>(map["all"].as<bool>());
  if (sources > 1) throw InputError("give inputs on the command line, or --from FILE, or --all");
  if (sources == 0 && circuit.inputs() > 0) {
    throw InputError(
        "no inputs to evaluate; give some (character i is input i), or --from FILE, "
        "or --all");
  }
  if (map.count("from") > 0) patterns = patterns_of_file(map["from"].as<std::string>());
  if (map["all"].as<bool>() || sources == 0) patterns = all_patterns(circuit.inputs());
  for (const std::string& pattern : patterns) check(pattern, circuit.inputs());
  return patterns;
}

}  // namespace

int circuit_eval(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("file", options::value<std::string>()->required(), "the circuit's file")(
      "bits", options::value<std::vector<std::string>>()->default_value({}, ""),
      "inputs as texts of 0, 1 and x (unknown); character i is input i")(
      "from", options::value<std::string>(), "a file with one input a line; # begins a comment")(
      "all", options::bool_switch(), "all 2^n inputs, input 0 fastest")(
      "gates", options::bool_switch(), "the values of all inputs and gates, not of the outputs")(
      "compact", options::bool_switch(), "the values of a line as one word, without names");
  const auto map =
      parse_options(arguments, "circuit eval FILE [BITS…] [options]", described, {"file", "bits…"});
  if (map.count("help") > 0) return kOk;
  const Circuit circuit = circuits::read_circuit(map["file"].as<std::string>());
  const std::vector<std::string> patterns = patterns_of(map, circuit);
  const Columns columns = columns_of(circuit, map["gates"].as<bool>());

  if (map["compact"].as<bool>()) {
    evaluate_all(circuit, patterns, columns.nodes,
                 [](const std::string& pattern, const std::string& values) {
                   std::cout << pattern << " " << values << "\n";
                 });
    return kOk;
  }
  // Every value is one character, so that all widths are known and rows need not be kept.
  const std::size_t first = std::max<std::size_t>(5, circuit.inputs());
  std::cout << "  input" << std::string(first - 5, ' ');
  for (const std::string& name : columns.names) std::cout << "  " << name;
  std::cout << "\n";
  evaluate_all(circuit, patterns, columns.nodes,
               [&](const std::string& pattern, const std::string& values) {
                 std::cout << "  " << pattern << std::string(first - pattern.size(), ' ');
                 std::size_t space = 2;
                 for (std::size_t c = 0; c < values.size(); ++c) {
                   std::cout << std::string(space, ' ') << values[c];
                   space = 1 + text_width(columns.names[c]);
                 }
                 std::cout << "\n";
               });
  return kOk;
}

}  // namespace lab
