#include <algorithm>
#include <array>
#include <utility>
#include <vector>

#include "circuits/aig.h"
#include "circuits/formats/aiger.h"

namespace circuits {
namespace {

// The literal of every node of an and-inverter graph: variables are inputs, then ANDs, in order.
std::vector<Signal> literals_of(const Circuit& graph) {
  std::vector<Signal> literals;
  literals.reserve(graph.nodes());
  Signal next = 2;
  for (Node v = 0; v < graph.nodes(); ++v) {
    switch (graph.op(v)) {
      case Op::Zero:
        literals.push_back(0);
        break;
      case Op::One:
        literals.push_back(1);
        break;
      case Op::Not:
        literals.push_back(literals[graph.fanins(v)[0]] ^ 1);
        break;
      default:  // inputs and ANDs
        literals.push_back(next);
        next += 2;
    }
  }
  return literals;
}

void put_delta(std::string& bytes, Signal value) {
  for (; value > 127; value >>= 7) bytes += static_cast<char>(128 | (value & 127));
  bytes += static_cast<char>(value);
}

void put_number(std::string& bytes, std::size_t number, char after) {
  bytes += std::to_string(number);
  bytes += after;
}

void put_symbols(std::string& bytes, const Circuit& circuit) {
  const auto put = [&](char kind, char initial, std::size_t position, const std::string& name) {
    if (name == initial + std::to_string(position)) return;  // the default name
    bytes += kind;
    put_number(bytes, position, ' ');
    bytes += name + "\n";
  };
  for (Node i = 0; i < circuit.inputs(); ++i) put('i', 'x', i, circuit.name(i));
  for (std::size_t i = 0; i < circuit.outputs().size(); ++i) {
    put('o', 'y', i, circuit.outputs()[i].name);
  }
}

std::string written(const Circuit& graph, AigerForm form, const std::string& comment) {
  const bool binary = form == AigerForm::Binary;
  const std::vector<Signal> literals = literals_of(graph);
  std::vector<std::array<Signal, 3>> ands;
  for (Node v = 0; v < graph.nodes(); ++v) {
    if (graph.op(v) != Op::And) continue;
    ands.push_back({literals[v], literals[graph.fanins(v)[0]], literals[graph.fanins(v)[1]]});
  }
  std::string bytes = binary ? "aig " : "aag ";
  put_number(bytes, graph.inputs() + ands.size(), ' ');
  put_number(bytes, graph.inputs(), ' ');
  put_number(bytes, 0, ' ');
  put_number(bytes, graph.outputs().size(), ' ');
  put_number(bytes, ands.size(), '\n');
  for (std::size_t i = 0; !binary && i < graph.inputs(); ++i) {
    put_number(bytes, 2 * (i + 1), '\n');
  }
  for (const Output& output : graph.outputs()) put_number(bytes, literals[output.node], '\n');
  for (auto [left, first, second] : ands) {
    if (!binary) {
      put_number(bytes, left, ' ');
      put_number(bytes, first, ' ');
      put_number(bytes, second, '\n');
      continue;
    }
    if (first < second) std::swap(first, second);
    put_delta(bytes, left - first);
    put_delta(bytes, first - second);
  }
  put_symbols(bytes, graph);
  if (!comment.empty()) bytes += "c\n" + comment;
  return bytes;
}

}  // namespace

std::string write_aiger(const Circuit& circuit, AigerForm form, const std::string& comment) {
  if (is_and_inverter_graph(circuit)) return written(circuit, form, comment);
  return written(and_inverter_graph(circuit), form, comment);
}

}  // namespace circuits
