// The circuit of a world as tables that the figures `graph` and `matrix` are drawn from.
#pragma once

#include <nlohmann/json_fwd.hpp>
#include <optional>

#include "experiments/keys.h"
#include "lab/core/record.h"
#include "lab/sweep/stage.h"
#include "lab/worlds/truth.h"

namespace lab {

inline constexpr std::size_t most_circuit_nodes = 500;  // of a picture that can still be looked at

// The picture of an experiment that has nothing to show but the circuit and what its runs' tables
// `gates` and `matrix` say about it. It needs neither training nor fit. Every experiment with a `world`
// and a `subject` has this picture unless it declares a `picture_of` (recover.h) of its own.
struct CircuitPictureKey {
  static constexpr const char* stage = "circuit_picture";
  static constexpr std::int64_t revision = 1;
  TrainKey train;
  void fields(Fields& f) { f("train", train, required(), "the world and the subject"); }
};

// Tables "circuit", "wires", "bends" and "taps" (add_circuit, add_taps); only "taps" where the world has
// no circuit or one of more than most_circuit_nodes nodes.
StagePtr circuit_picture_stage(const TrainKey& train);
Record circuit_picture(const TrainKey& train);

// The first subject that a run's key stands on; nothing where the key has none, or was written by a
// laboratory of which another one would make something else (other revisions).
std::optional<TrainKey> train_key_in(const nlohmann::json& key);

// Tables
//   circuit  node, level, place (downwards from 0; a node is 1 high), op (circuits::Op), output (1: it
//            is one, −1: its complement is), gate (its row in the tables `gates` of runs; empty for
//            none); label: its name. NOT gates are left out: they invert wires
//   wires    from, to (nodes), inverted (1: an odd number of NOT gates lies between)
//   bends    wire (row of wires), level, place: where a wire passes a level between those of its ends
void add_circuit(Record& record, const Truth& truth);

// Table "taps": width; label: the name. In the order of the subject's taps.
void add_taps(Record& record, const Subject& subject);

}  // namespace lab
