#include "lab/worlds/circuit_config.h"

#include <algorithm>
#include <cctype>
#include <utility>

#include "circuits/formats/files.h"
#include "circuits/formats/json.h"
#include "circuits/functions/truth_table.h"
#include "circuits/netlist.h"
#include "lab/core/config.h"
#include "lab/core/error.h"
#include "lab/core/files.h"
#include "lab/core/hash.h"

namespace lab {
namespace {

using circuits::Circuit;
using circuits::Parameter;

// One parameter as a field; whole numbers pass through an int64, which is what configs have.
void list_parameter(Fields& f, const Parameter& parameter, Legacy legacy) {
  const char* name = parameter.name.c_str();
  const char* doc = parameter.doc.c_str();
  const Check range = between(parameter.least, parameter.most);
  std::visit(
      [&](auto* place) {
        using T = std::remove_pointer_t<decltype(place)>;
        if constexpr (std::is_same_v<T, std::size_t>) {
          auto number = static_cast<std::int64_t>(*place);
          f(name, number, range, doc, legacy);
          *place = static_cast<std::size_t>(std::max<std::int64_t>(0, number));
        } else if constexpr (std::is_same_v<T, Parameter::Numbers>) {
          std::vector<std::int64_t> numbers(place->begin(), place->end());
          f(name, numbers, range, doc, legacy);
          place->clear();
          for (const std::int64_t number : numbers) {
            place->push_back(static_cast<std::size_t>(std::max<std::int64_t>(0, number)));
          }
        } else if constexpr (std::is_same_v<T, std::string>) {
          f(name, *place, one_of(parameter.choices), doc, legacy);
        } else if constexpr (std::is_same_v<T, double>) {
          f(name, *place, range, doc, legacy);
        } else {
          f(name, *place, any(), doc, legacy);
        }
      },
      parameter.place);
}

circuits::Gate meaning(const GivenGate& gate) {
  const auto op = circuits::op_named(gate.op);
  const std::string where = "gate \"" + gate.name + "\"";
  if (!op) throw circuits::Error(where + " has the unknown op \"" + gate.op + "\"");
  const bool threshold = *op == circuits::Op::Threshold, lut = *op == circuits::Op::Lut;
  if (gate.bound.has_value() != threshold) {
    throw circuits::Error(where + (threshold ? " needs a bound" : " takes no bound"));
  }
  if (!gate.weights.empty() && !threshold) throw circuits::Error(where + " takes no weights");
  if (gate.table.empty() == lut) {
    throw circuits::Error(where + (lut ? " needs a table" : " takes no table"));
  }
  if (threshold) return circuits::Gate::threshold(*gate.bound, gate.weights);
  if (!lut) return *op;
  const auto inputs = std::min(gate.in.size(), circuits::Gate::kMostLutInputs);
  return circuits::Gate::lut(
      circuits::TruthTable::from_hex(static_cast<int>(inputs), gate.table).words()[0]);
}

Circuit given_circuit(const GivenCircuit& config) {
  circuits::Netlist netlist;
  netlist.inputs = config.inputs;
  for (const GivenGate& gate : config.gates) {
    netlist.gates.push_back({gate.name, meaning(gate), gate.in});
  }
  for (const GivenOutput& output : config.outputs) {
    netlist.outputs.push_back({output.name, output.node});
  }
  return circuits::link(netlist);
}

std::string checked_bytes(const FileCircuit& config) {
  std::string bytes = read_file(config.path);
  const std::string found = hex(sha256(bytes));
  std::string wanted = config.sha256;
  for (char& c : wanted) c = static_cast<char>(std::tolower(static_cast<unsigned char>(c)));
  if (!wanted.empty() && wanted != found) {
    throw InputError(config.path + " has SHA-256 " + found + ", not " + config.sha256);
  }
  return bytes;
}

template <class Of>
circuits::Sampled make_one(const FamilyCircuit<Of>& config, const circuits::WordSource& words) {
  return Of::sample(config.shape, words);
}

circuits::Sampled make_one(const GivenCircuit& config, const circuits::WordSource&) {
  return {given_circuit(config), 1};
}

Circuit read(const FileCircuit& config) {
  const std::string ending(circuits::format_of(config.path).ending);
  try {
    Circuit circuit = circuits::parse_circuit(ending, checked_bytes(config));
    if (circuit.inputs() == 0) throw circuits::Error("the circuit has no inputs");
    if (circuit.outputs().empty()) throw circuits::Error("the circuit has no outputs");
    return circuit;
  } catch (const circuits::Error& error) {
    throw InputError(config.path + ": " + error.what());
  }
}

circuits::Sampled make_one(const FileCircuit& config, const circuits::WordSource&) {
  return {read(config), 1};
}

template <class Of>
std::optional<std::size_t> inputs_of(const FamilyCircuit<Of>& config) {
  if constexpr (requires { config.shape.inputs; }) {
    return config.shape.inputs;
  } else {
    const auto circuit = tried<Of>(config.shape).circuit;
    return circuit ? std::optional(circuit->inputs()) : std::nullopt;
  }
}

std::optional<std::size_t> inputs_of(const GivenCircuit& config) {
  return config.inputs.size();
}

// The file is read once its content is named (resolve_files), not while the config is.
std::optional<std::size_t> inputs_of(const FileCircuit& config) {
  return config.sha256.empty() ? std::nullopt : std::optional(read(config).inputs());
}

}  // namespace

void list_parameters(Fields& f, const circuits::Parameters& parameters,
                     const circuits::Parameters& initial, const std::vector<std::string>& first) {
  for (std::size_t i = 0; i < parameters.size(); ++i) {
    const bool later =
        !first.empty() && std::ranges::find(first, parameters[i].name) == first.end();
    std::string before;  // the default as JSON; all later parameters so far are real numbers
    if (later) before = json(*std::get<double*>(initial[i].place)).dump();
    list_parameter(f, parameters[i], {later ? before.c_str() : nullptr});
  }
}

void GivenGate::fields(Fields& f) {
  const std::vector<std::string> ops = [] {
    std::vector<std::string> names;
    for (int op = 1; op <= static_cast<int>(circuits::Op::Lut); ++op) {
      names.emplace_back(circuits::rule(static_cast<circuits::Op>(op)).name);
    }
    return names;
  }();
  f("name", name, required(), "name of the gate, unique among inputs and gates");
  f("op", op, Check{.one_of = ops, .required = true}, "what it computes");
  f("in", in, any(), "names of its fan-ins");
  f("bound", bound, any(), "threshold: 1 iff the weighted sum of fan-ins reaches it", {"null"});
  f("weights", weights, any(), "threshold: a whole number for each fan-in; none: all 1", {"[]"});
  f("table", table, any(), "lut: its truth table in hex, fan-in 0 the fastest", {"\"\""});
}

void GivenCircuit::fields(Fields& f) {
  f("inputs", inputs, required().items(1), "names of the input bits");
  f("gates", gates, any(), "gates in any order");
  f("outputs", outputs, required().items(1), "outputs");
  if (inputs.empty() || outputs.empty()) return;  // reported as missing
  std::string problem;
  try {
    given_circuit(*this);
  } catch (const circuits::Error& error) {
    problem = std::string("is no circuit: ") + error.what();
  }
  f.require(problem.empty(), "gates", problem.c_str());
}

void CircuitConfig::fields(Fields& f) {
  f.kind(kind);
  f("copies", copies, any(), "several of these circuits side by side, as one", {"null"});
}

Circuit make_circuit(const CircuitConfig& config, const circuits::WordSource& words) {
  const auto one = [&](const circuits::WordSource& source) {
    return std::visit([&](const auto& kind) { return make_one(kind, source); }, config.kind);
  };
  if (!config.copies) return one(words).circuit;
  return circuits::sample_copies(config.copies->shape, one, words).circuit;
}

std::optional<std::int64_t> known_inputs(const CircuitConfig& config) {
  const auto inputs = std::visit([](const auto& kind) { return inputs_of(kind); }, config.kind);
  if (!inputs) return std::nullopt;
  const bool more = config.copies && !config.copies->shape.shared_inputs;
  return static_cast<std::int64_t>(*inputs * (more ? config.copies->shape.copies : 1));
}

void resolve_files(CircuitConfig& config) {
  auto* file = std::get_if<FileCircuit>(&config.kind);
  if (file != nullptr) file->sha256 = hex(sha256(checked_bytes(*file)));
}

}  // namespace lab
