#include "experiments/picture_circuit.h"

#include <cmath>
#include <nlohmann/json.hpp>

#include "circuits/views.h"
#include "experiments/layered.h"
#include "experiments/measure.h"
#include "experiments/stages.h"
#include "lab/core/json.h"

namespace lab {
namespace {

using circuits::Circuit;
using circuits::Node;

// What a node is without the NOT gates above it.
struct Source {
  Node node;
  bool inverted;
};
Source without_nots(const Circuit& circuit, Node node) {
  Source source{node, false};
  while (circuit.op(source.node) == circuits::Op::Not) {
    source = {circuit.fanins(source.node)[0], !source.inverted};
  }
  return source;
}

// Nodes other than NOT gates, and the wires between them: numbers are positions in `nodes`.
struct Shown {
  std::vector<Node> nodes;
  std::vector<std::size_t> levels;
  std::vector<LayeredWire> wires;
};
Shown shown_of(const Circuit& circuit) {
  Shown shown;
  const std::vector<std::size_t> levels = circuits::levels(circuit);
  std::vector<std::size_t> number(circuit.nodes(), 0);
  for (Node node = 0; node < circuit.nodes(); ++node) {
    if (circuit.op(node) == circuits::Op::Not) continue;
    number[node] = shown.nodes.size();
    shown.nodes.push_back(node);
    shown.levels.push_back(levels[node]);
    for (const Node fanin : circuit.fanins(node)) {
      const Source source = without_nots(circuit, fanin);
      shown.wires.push_back({number[source.node], number[node], source.inverted});
    }
  }
  return shown;
}

// For every node its row in the tables `gates` of runs; NaN: none.
std::vector<double> rows_of_gates(const Truth& truth) {
  std::vector<double> rows(truth.circuit->nodes(), NAN);
  const std::vector<std::int64_t> gates = gate_features(truth);
  for (std::size_t row = 0; row < gates.size(); ++row) {
    const auto feature = static_cast<std::size_t>(gates[row]);
    rows[static_cast<std::size_t>(truth.gate_of_feature[feature])] = static_cast<double>(row);
  }
  return rows;
}

// Removes "stage" and "revision", which keys have and configs do not.
json plain_config(const json& key) {
  if (!key.is_structured()) return key;
  json plain = key.is_array() ? json::array() : json::object();
  for (const auto& [name, value] : key.items()) {
    if (key.is_array()) {
      plain.push_back(plain_config(value));
    } else if (name != "stage" && name != "revision") {
      plain[name] = plain_config(value);
    }
  }
  return plain;
}

const json* first_train(const json& key) {
  if (!key.is_structured()) return nullptr;
  if (key.is_object() && key.value("stage", json()) == TrainKey::stage) return &key;
  for (const json& part : key) {
    if (const json* found = first_train(part)) return found;
  }
  return nullptr;
}

Product make_circuit_picture(const CircuitPictureKey& key, Context&) {
  return {circuit_picture(key.train), ""};
}

}  // namespace

void add_circuit(Record& record, const Truth& truth) {
  if (!truth.circuit.has_value() || truth.circuit->nodes() > most_circuit_nodes) return;
  const Circuit& circuit = *truth.circuit;
  const Shown shown = shown_of(circuit);
  const Layered drawn = layered(shown.levels, shown.wires);
  std::vector<double> output(circuit.nodes(), 0);
  for (const circuits::Output& named : circuit.outputs()) {
    const Source source = without_nots(circuit, named.node);
    output[source.node] = source.inverted ? -1 : 1;
  }
  const std::vector<double> gate = rows_of_gates(truth);
  Table nodes{{"node", "level", "place", "op", "output", "gate"}, {}, {}};
  for (std::size_t i = 0; i < shown.nodes.size(); ++i) {
    const Node node = shown.nodes[i];
    nodes.rows.push_back({static_cast<double>(node), static_cast<double>(shown.levels[i]),
                          drawn.place[i], static_cast<double>(circuit.op(node)), output[node],
                          gate[node]});
    nodes.labels.push_back(circuit.name(node));
  }
  Table wires{{"from", "to", "inverted"}, {}, {}}, bends{{"wire", "level", "place"}, {}, {}};
  for (std::size_t w = 0; w < shown.wires.size(); ++w) {
    const LayeredWire& wire = shown.wires[w];
    wires.rows.push_back({static_cast<double>(shown.nodes[wire.from]),
                          static_cast<double>(shown.nodes[wire.to]), wire.inverted ? 1.0 : 0.0});
    for (std::size_t i = 0; i < drawn.bends[w].size(); ++i) {
      bends.rows.push_back({static_cast<double>(w),
                            static_cast<double>(shown.levels[wire.from] + 1 + i),
                            drawn.bends[w][i]});
    }
  }
  record.tables["circuit"] = std::move(nodes);
  record.tables["wires"] = std::move(wires);
  record.tables["bends"] = std::move(bends);
}

void add_taps(Record& record, const Subject& subject) {
  Table taps{{"width"}, {}, {}};
  for (const Tap& tap : subject.taps()) {
    taps.rows.push_back({static_cast<double>(tap.width)});
    taps.labels.push_back(tap.name);
  }
  record.tables["taps"] = std::move(taps);
}

Record circuit_picture(const TrainKey& train) {
  const Trained on = untrained(train);
  Record record;
  add_circuit(record, on.world->truth());
  add_taps(record, *on.subject);
  return record;
}

StagePtr circuit_picture_stage(const TrainKey& train) {
  return make_stage(CircuitPictureKey{train}, {}, make_circuit_picture);
}

std::optional<TrainKey> train_key_in(const json& key) {
  const json* found = first_train(key);
  if (found == nullptr) return std::nullopt;
  try {
    TrainKey train = read_config<TrainKey>(plain_config(*found));
    if (key_text(train) != canonical(*found)) return std::nullopt;
    return train;
  } catch (const ConfigError&) {  // of a laboratory with other fields
    return std::nullopt;
  }
}

}  // namespace lab
