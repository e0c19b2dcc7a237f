// Where a run found the gates of its circuit, and how well: its tables `gates` and `matrix`.
//   gates   a row a gate; label: its name. Columns, those that a run has: node, base_rate, and for each way
//           WAY_phi (|φ| of the best unit's detector, 0 to 1), WAY (the unit's number), WAY_tap
//           (number of the subject's tap). Runs of `recover` have phi and phi_latent for the way latent
//   matrix  a row a pair of gate and unit: gate (row of gates), kind (0 neuron, 1 latent), tap, unit,
//           phi (|φ|), f1
#pragma once

#include <array>
#include <optional>
#include <string>
#include <vector>

#include "lab/core/record.h"

namespace lab {

// One neuron; a direction of a tap (a linear probe); one latent of a dictionary.
enum class Way : std::size_t { neuron, direction, latent };
inline constexpr std::array<Way, 3> all_ways{Way::neuron, Way::direction, Way::latent};
const char* way_name(Way way);

inline constexpr double usual_threshold = 0.9;  // least |φ| at which a gate counts as found
inline constexpr double found_tie = 0.01;       // differences of |φ| that decide nothing

struct Finding {
  double phi;
  std::optional<std::size_t> unit, tap;
};

struct FoundGate {
  std::string name;
  std::optional<double> node, base_rate;
  std::array<std::optional<Finding>, 3> by;  // of each way; nothing where it was not tried

  const std::optional<Finding>& way(Way way) const { return by[static_cast<std::size_t>(way)]; }
  bool tried() const;   // by any way
  double best() const;  // the largest |φ|; 0 when not tried
  // The way of the largest |φ| when that reaches the threshold. Of ways as good up to `found_tie` the one
  // that says most is taken: a neuron, then a latent, then a direction, which may use all neurons.
  std::optional<Way> found(double threshold) const;
};

// A row a gate; empty where the run has no table `gates`.
std::vector<FoundGate> found_gates(const Record& run);
// Whether some gate was looked for by a way that the run's table names (not by `phi` alone).
bool says_where(const Record& run);

// "layer0.post", or "tap 3" where its name is not known.
std::string tap_name(std::size_t tap, const std::vector<std::string>& taps);
// Where: "layer0.post 12", "latent 5", "layer0.post" for a direction; "" when nothing is known.
std::string place_text(Way way, const Finding& finding, const std::vector<std::string>& taps);
std::string two_digits(double phi);  // "0.98"

// Which part of a run's table `matrix` is wanted.
struct MatrixChoice {
  std::string measure = "phi";   // or "f1"
  std::string units = "neuron";  // or "latent"
  std::string tap;               // its name; empty: all taps
  std::size_t most = 48;         // units
};

struct MatrixUnit {
  std::size_t tap, unit;
  bool matched;  // one to one with a gate
};

// Gates downwards in their order, units across: first those that are matched with a gate, in the order
// of the gates, so that what is found stands on a diagonal; then the others by their best gate.
// Matching is greedy: the best pair first. Of more units than wanted those of the largest values stay,
// matched ones first.
struct Matrix {
  std::vector<std::string> gates;
  std::vector<MatrixUnit> units;
  std::vector<std::vector<double>> values;  // [gate][unit], |φ| or F1; NaN: the table has none
  std::size_t all_units = 0;                // before units were left out
  bool several_taps = false;
};
// Whether the run has a table `matrix` with such units ("neuron", "latent").
bool has_units(const Record& run, const std::string& units);
// Throws ConfigError, at "measure", "units", "tap" or "where", when the run has no such part.
Matrix matrix_of(const Record& run, const std::vector<std::string>& taps,
                 const MatrixChoice& choice);

}  // namespace lab
