// Where the circuit of a boolean world comes from: sampled from a family, written in the config, or
// read from a file; perhaps several of them side by side.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>
#include <vector>

#include "circuits/samplers/families.h"
#include "lab/core/fields.h"

namespace lab {

// Lists the parameters of a shape (circuits/samplers/parameters.h) as the fields of a config. Those
// not among `first` (when it is not empty) came after the first results: where they have their default,
// which stands in `initial`, they are left out of keys.
void list_parameters(Fields& f, const circuits::Parameters& parameters,
                     const circuits::Parameters& initial,
                     const std::vector<std::string>& first = {});

// What a sampler says before it reads its first word: nothing, why it refuses the shape, or the
// circuit when it reads none.
struct Tried {
  std::string refusal;
  std::optional<circuits::Circuit> circuit;
};
template <class Of>
Tried tried(const typename Of::Shape& shape) {
  struct Begun {};
  try {
    return {"", Of::sample(shape, []() -> std::uint64_t { throw Begun{}; }).circuit};
  } catch (const Begun&) {
    return {};
  } catch (const circuits::Error& error) {
    return {error.what(), std::nullopt};
  }
}

// The fields that the kind had with its first results; empty: all that it has.
template <class Shape>
std::vector<std::string> first_fields() {
  return {};
}
template <>
inline std::vector<std::string> first_fields<circuits::DagShape>() {
  return {"inputs", "gates", "outputs", "depth", "fan_in", "xor_share", "not_share"};
}

// A circuit sampled from a family: each family is a kind, its parameters are the fields.
template <class Of>
struct FamilyCircuit {
  using Shape = typename Of::Shape;
  static constexpr const char* name = Shape::family;
  static constexpr const char* doc = Shape::doc;
  static constexpr std::int64_t revision = 1;
  Shape shape;

  void fields(Fields& f) {
    Shape initial;
    list_parameters(f, shape.parameters(), initial.parameters(), first_fields<Shape>());
    const std::string refusal = tried<Of>(shape).refusal;
    f.require(refusal.empty(), "kind", refusal.c_str());
  }
};

struct GivenGate {
  std::string name;
  std::string op;
  std::vector<std::string> in;
  std::optional<std::int64_t> bound;
  std::vector<std::int64_t> weights;
  std::string table;

  void fields(Fields& f);
};

struct GivenOutput {
  std::string name;
  std::string node;

  void fields(Fields& f) {
    f("name", name, required(), "name of the output, unique among outputs");
    f("node", node, required(), "name of the input or gate that it is");
  }
};

struct GivenCircuit {
  static constexpr const char* name = "given";
  static constexpr const char* doc =
      "the circuit that is written here, as circuits/formats/json.h writes it";
  static constexpr std::int64_t revision = 1;
  std::vector<std::string> inputs;
  std::vector<GivenGate> gates;
  std::vector<GivenOutput> outputs;

  void fields(Fields& f);  // also requires that these form a circuit
};

struct FileCircuit {
  static constexpr const char* name = "file";
  static constexpr const char* doc =
      "the circuit in a file: .aag, .aig, .blif, .json or .pla (`lab circuit convert --help`)";
  static constexpr std::int64_t revision = 1;
  std::string path;
  std::string sha256;

  void fields(Fields& f) {
    f("path", path, required(), "the file, from where `lab` is run");
    f("sha256", sha256, any(), "SHA-256 of the file in hex; filled in when empty, else checked");
  }
};

struct CopiesConfig {
  circuits::CopiesShape shape;
  void fields(Fields& f) {
    circuits::CopiesShape initial;
    list_parameters(f, shape.parameters(), initial.parameters());
  }
};

template <class... Of>
std::variant<FamilyCircuit<Of>..., GivenCircuit, FileCircuit> circuit_kinds(
    circuits::FamilyList<Of...>);

struct CircuitConfig {
  static constexpr const char* room = "circuits";
  decltype(circuit_kinds(circuits::BasicFamilies{})) kind;
  std::optional<CopiesConfig> copies;

  void fields(Fields& f);
};

// The circuit, a function of the config and the words. Throws circuits::Error when there is none, and
// InputError for a file that cannot be read or is not the one of the config's sha256.
circuits::Circuit make_circuit(const CircuitConfig& config, const circuits::WordSource& words);

// How many inputs it will have, where that can be said without drawing it.
std::optional<std::int64_t> known_inputs(const CircuitConfig& config);

// Puts the SHA-256 of a circuit's file into the config, so that it enters keys. Throws InputError
// when the file is unreadable or not what the config says.
void resolve_files(CircuitConfig& config);

}  // namespace lab
