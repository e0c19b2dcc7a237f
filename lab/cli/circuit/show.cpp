#include <algorithm>
#include <iostream>
#include <nlohmann/json.hpp>

#include "circuits/compose.h"
#include "circuits/formats/dot.h"
#include "circuits/formats/files.h"
#include "circuits/statistics.h"
#include "circuits/views.h"
#include "lab/cli/aligned.h"
#include "lab/cli/circuit/verbs.h"
#include "lab/cli/options.h"
#include "lab/core/error.h"
#include "lab/core/process.h"

namespace lab {
namespace {

using circuits::Circuit;
using circuits::Node;
using nlohmann::json;

constexpr std::size_t kMostListed = 100;  // gates that are listed unless --gates is given
constexpr std::size_t kMostDrawn = 2000;  // nodes of a picture that can still be looked at

// "a b c", or the first few of many.
std::string some(const std::vector<std::string>& names) {
  constexpr std::size_t kShown = 12;
  std::string text;
  for (std::size_t i = 0; i < std::min(kShown, names.size()); ++i) {
    text += (i > 0 ? " " : "") + names[i];
  }
  return names.size() > kShown ? text + " …" : text;
}

void print_statistics(const Circuit& circuit) {
  const auto numbers = circuits::statistics(circuit);
  std::vector<std::string> inputs, outputs;
  for (Node i = 0; i < circuit.inputs(); ++i) inputs.push_back(circuit.name(i));
  for (const circuits::Output& output : circuit.outputs()) outputs.push_back(output.name);
  std::string ops, levels;
  const json by_op = circuits::to_json(numbers)["by_op"];
  for (const auto& [op, count] : by_op.items()) {
    if (op != "input") ops += (ops.empty() ? "" : ", ") + count.dump() + " " + op;
  }
  for (std::size_t level = 1; level < numbers.by_level.size(); ++level) {
    levels += " " + std::to_string(numbers.by_level[level]);
  }
  const auto mean = [](double value) { return "largest; mean " + json(value).dump().substr(0, 6); };
  const std::vector<std::vector<std::string>> rows{
      {"inputs", std::to_string(numbers.inputs), some(inputs)},
      {"outputs", std::to_string(numbers.outputs), some(outputs)},
      {"gates", std::to_string(numbers.gates), ops},
      {"depth", std::to_string(numbers.depth), "gates by level:" + levels},
      {"fan-in", std::to_string(numbers.most_fanins), mean(numbers.mean_fanins)},
      {"fan-out", std::to_string(numbers.most_fanouts), mean(numbers.mean_fanouts)},
      {"ANDs", std::to_string(numbers.ands), "of two inputs, as an and-inverter graph"},
      {"idle", std::to_string(numbers.dead_gates),
       "gates that reach no output; unused inputs: " + std::to_string(numbers.unused_inputs)}};
  std::cout << aligned(rows);
}

// "and(a, b)", with the parameters of a threshold or table in front.
std::string formula(const Circuit& circuit, Node node) {
  std::string text(circuits::rule(circuit.op(node)).name);
  for (const std::int64_t parameter : circuit.parameters(node))
    text += " " + std::to_string(parameter);
  text += "(";
  bool first = true;
  for (const Node fanin : circuit.fanins(node)) {
    text += (first ? "" : ", ") + circuit.name(fanin);
    first = false;
  }
  return text + ")";
}

void print_gates(const Circuit& circuit) {
  const auto levels = circuits::levels(circuit);
  std::vector<Node> gates;
  for (Node v = static_cast<Node>(circuit.inputs()); v < circuit.nodes(); ++v) gates.push_back(v);
  std::ranges::stable_sort(gates, {}, [&](Node v) { return levels[v]; });
  std::vector<std::vector<std::string>> rows{{"level", "gate", "computes"}};
  for (const Node v : gates) {
    rows.push_back({std::to_string(levels[v]), circuit.name(v), formula(circuit, v)});
  }
  for (const circuits::Output& output : circuit.outputs()) {
    rows.push_back({"output", output.name, circuit.name(output.node)});
  }
  std::cout << aligned(rows);
}

void draw(const Circuit& circuit, const std::string& file) {
  if (circuit.nodes() > kMostDrawn) {
    throw InputError("--svg: a picture of " + std::to_string(circuit.nodes()) +
                     " nodes shows nothing; at most " + std::to_string(kMostDrawn) +
                     " are drawn. Take a part with `lab circuit show FILE --output NAME --svg …`");
  }
  std::string picture;
  try {
    picture = run_program({"dot", "-Tsvg"}, circuits::write_dot(circuit));
  } catch (const NotStarted& error) {
    throw InputError(std::string("--svg: ") + error.what() + "; install graphviz");
  }
  circuits::write_text(file, picture);
}

Circuit part_of(const Circuit& circuit, const std::vector<std::string>& wanted) {
  if (wanted.empty()) return circuit;
  return circuits::cone(circuit, output_numbers(circuit, wanted), true);
}

}  // namespace

int circuit_show(const Arguments& arguments) {
  options::options_description described("options");
  described.add_options()("file", options::value<std::string>()->required(), "the circuit's file")(
      "output", options::value<std::vector<std::string>>()->default_value({}, "all"),
      "only what this output is computed from; may be repeated")("gates", options::bool_switch(),
                                                                 "list the gates, however many")(
      "svg", options::value<std::string>(), "draw it into this file (with graphviz)")(
      "json", options::bool_switch(), "the numbers as JSON");
  const auto map = parse_options(arguments, "circuit show FILE [options]", described, {"file"});
  if (map.count("help") > 0) return kOk;
  const Circuit circuit = part_of(circuits::read_circuit(map["file"].as<std::string>()),
                                  map["output"].as<std::vector<std::string>>());
  if (map.count("svg") > 0) draw(circuit, map["svg"].as<std::string>());
  if (map["json"].as<bool>()) {
    std::cout << circuits::to_json(circuits::statistics(circuit)).dump(1) << "\n";
    return kOk;
  }
  print_statistics(circuit);
  if (map["gates"].as<bool>() || circuit.nodes() - circuit.inputs() <= kMostListed) {
    std::cout << "\n";
    print_gates(circuit);
  }
  return kOk;
}

}  // namespace lab
