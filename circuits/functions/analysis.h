// Everything that is known about a function, in one struct and as JSON.
#pragma once

#include <cstdint>
#include <map>
#include <nlohmann/json_fwd.hpp>
#include <optional>
#include <string>
#include <vector>

#include "circuits/functions/leap.h"
#include "circuits/functions/npn.h"
#include "circuits/functions/properties.h"
#include "circuits/functions/threshold.h"
#include "circuits/functions/truth_table.h"

namespace circuits {

// Members are explained where they are computed: fourier.h, sensitivity.h, properties.h, anf.h,
// dnf.h, npn.h, threshold.h, leap.h. What is empty was left out, and `left_out` has the reason.
struct FunctionAnalysis {
  int inputs = 0;
  std::uint64_t ones = 0;
  double bias = 0;
  std::vector<int> relevant_inputs;
  std::vector<std::uint64_t> influence_counts;  // of 2^inputs
  double total_influence = 0;                   // also the average sensitivity
  int max_sensitivity = 0;
  std::optional<int> max_block_sensitivity;
  std::optional<int> certificate_complexity;
  int degree = 0;
  int gf2_degree = 0;
  std::vector<double> weight_by_level;
  double noise_stability_half = 0;  // at ρ = 1/2
  bool balanced = false;
  bool self_dual = false;
  bool monotone = false;
  std::vector<Direction> directions;
  bool unate = false;
  std::optional<std::vector<bool>> symmetric_values;  // empty: not symmetric
  ThresholdVerdict threshold;
  Leap leap;
  std::optional<std::uint64_t> prime_implicants;
  std::optional<std::uint64_t> isop_terms;
  std::optional<std::uint64_t> min_dnf_terms;
  std::optional<NpnForm> npn;
  std::optional<TruthTable> table;              // up to kMostListedInputs
  std::optional<TruthTable> anf;                // up to kMostListedInputs
  std::optional<std::vector<double>> fourier;   // up to kMostFourierInputs
  std::map<std::string, std::string> left_out;  // name of the JSON field → reason
};

inline constexpr int kMostListedInputs = 16;
inline constexpr int kMostFourierInputs = 10;
inline constexpr int kMostIsopInputs = 16;

// All of it. Inputs that do not matter cost nothing in the measures that have a limit. Seconds and
// about 100 MiB for n = 24.
FunctionAnalysis analyze(const TruthTable& table);

// One object; what was left out is in "left_out", by name, with the reason.
nlohmann::json to_json(const FunctionAnalysis& analysis);

}  // namespace circuits
