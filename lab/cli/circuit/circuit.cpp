#include <algorithm>

#include "circuits/error.h"
#include "lab/cli/circuit/verbs.h"
#include "lab/core/config.h"
#include "lab/core/error.h"

namespace lab {
namespace {

constexpr Command kVerbs[] = {
    {"sample", "FAMILY [key=value…] [-o FILE]", "a random circuit; without FAMILY, the families",
     circuit_sample},
    {"show", "FILE [--svg FILE]", "sizes, levels, gates; a picture", circuit_show},
    {"eval", "FILE BITS…", "outputs or gates on inputs of 0, 1 and x", circuit_eval},
    {"analyze", "FILE | --table N:HEX", "what the functions are like: Fourier, sensitivity, DNF, …",
     circuit_analyze},
    {"convert", "IN OUT", "the same circuit in another format", circuit_convert},
    {"equivalent", "A B", "whether two circuits compute the same, with proof", circuit_equivalent},
    {"rivals", "FILE --count N", "other circuits for the same function", circuit_rivals},
};

}  // namespace

Columns columns_of(const circuits::Circuit& circuit, bool gates) {
  Columns columns;
  for (circuits::Node v = 0; gates && v < circuit.nodes(); ++v) {
    columns.names.push_back(circuit.name(v));
    columns.nodes.push_back(v);
  }
  for (std::size_t i = 0; !gates && i < circuit.outputs().size(); ++i) {
    columns.names.push_back(circuit.outputs()[i].name);
    columns.nodes.push_back(circuit.outputs()[i].node);
  }
  return columns;
}

std::vector<std::size_t> output_numbers(const circuits::Circuit& circuit,
                                        const std::vector<std::string>& names) {
  std::vector<std::string> known;
  for (const circuits::Output& output : circuit.outputs()) known.push_back(output.name);
  std::vector<std::size_t> numbers;
  for (const std::string& name : names) {
    const auto found = std::ranges::find(known, name);
    if (found == known.end()) {
      throw InputError("--output: no output is called \"" + name + "\"" + suggestion(name, known));
    }
    numbers.push_back(static_cast<std::size_t>(found - known.begin()));
  }
  return numbers;
}

int command_circuit(const Arguments& arguments) {
  try {
    return dispatch(kVerbs, "lab circuit", "lab circuit: boolean circuits", arguments);
  } catch (const circuits::Error& error) {
    throw InputError(error.what());
  }
}

}  // namespace lab
