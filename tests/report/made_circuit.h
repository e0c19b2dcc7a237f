// A small circuit with what a run found of it, that several tests look at.
#pragma once

#include <cmath>

#include "lab/core/record.h"

// x0, x1, and = and(x0, x1), xor = xor(x0, x1), deep = or(and, xor, not x1), an output; the wire from x1 to
// deep passes level 1. The subject's taps are layer0.pre and layer0.post.
inline lab::Record made_picture() {
  lab::Record picture;
  picture.tables["circuit"] = {{"node", "level", "place", "op", "output", "gate"},
                               {{0, 0, 0, 0, 0, NAN},
                                {1, 0, 1, 0, 0, NAN},
                                {2, 1, 0, 4, 0, 0},
                                {3, 1, 1, 6, 0, 1},
                                {5, 2, 0.5, 5, 1, 2}},
                               {"x0", "x1", "and", "xor", "deep"}};
  picture.tables["wires"] = {
      {"from", "to", "inverted"},
      {{0, 2, 0}, {1, 2, 0}, {0, 3, 0}, {1, 3, 0}, {2, 5, 0}, {3, 5, 0}, {1, 5, 1}},
      {}};
  picture.tables["bends"] = {{"wire", "level", "place"}, {{6, 1, 1.7}}, {}};
  picture.tables["taps"] = {{"width"}, {{4}, {4}}, {"layer0.pre", "layer0.post"}};
  return picture;
}

// `and` is neuron 3 of layer0.post, `xor` a direction alone, `deep` nowhere.
inline lab::Record made_run() {
  lab::Record run;
  run.tables["gates"] = {{"node", "base_rate", "neuron_phi", "neuron", "neuron_tap",
                          "direction_phi", "direction_tap", "latent_phi", "latent"},
                         {{2, 0.25, 0.996, 3, 1, 1, 1, 0.7, 5},
                          {3, 0.5, 0.6, 1, 0, 0.97, 0, 0.5, 2},
                          {5, 0.75, 0.4, 0, 1, 0.8, 1, NAN, NAN}},
                         {"and", "xor", "deep"}};
  lab::Table& matrix = run.tables["matrix"];
  matrix.columns = {"gate", "kind", "tap", "unit", "phi", "f1"};
  for (int gate = 0; gate < 3; ++gate) {
    for (int unit = 0; unit < 4; ++unit) {
      const bool is =
          (gate == 0 && unit == 3) || (gate == 1 && unit == 1) || (gate == 2 && unit == 0);
      const double phi = is ? 0.996 - 0.3 * gate : 0.1 + 0.01 * unit;
      matrix.rows.push_back({double(gate), 0, 1, double(unit), phi, phi / 2});
    }
  }
  return run;
}
