// Random kinds of gates, for samplers that draw gates one by one.
#pragma once

#include <optional>

#include "circuits/functions/truth_table.h"
#include "circuits/samplers/parameters.h"
#include "circuits/samplers/random.h"

namespace circuits {

// Which gates there are besides AND, OR and XOR; the defaults give none.
struct GateMix {
  double or_share = 0.5;        // probability that what is AND or OR is OR
  double complement_share = 0;  // probability that an AND, OR or XOR is NAND, NOR or XNOR instead
  double maj_share = 0;         // probabilities that a gate is one of these, of sum ≤ 1;
  double mux_share = 0;         // the rest are AND, OR, XOR and their complements
  double threshold_share = 0;
  double lut_share = 0;

  Parameters parameters();
};

// Throws Error when the shares do not fit each other or `fan_in`.
void check_mix(const GateMix& mix, std::size_t fan_in, const std::string& family);

struct GateKind {
  Gate gate;
  std::size_t fanins;
  bool negatable;  // whether fan-ins may be negated by not_share: not those of XOR, XNOR and LUT
};

// A kind of gate of 2 … most fan-ins, most ≥ 2:
//   maj        with probability maj_share: an odd number of fan-ins, uniform over 3, 5, … ≤ most
//   mux        with probability mux_share
//   threshold  with probability threshold_share: k fan-ins, weights 1, bound uniform over 1 … k
//   lut        with probability lut_share: k ≤ 6 fan-ins and a uniform table among those that
//              depend on all of them
//   xor        with probability xor_share of the rest, else or with probability or_share, else and;
//              then the complement with probability complement_share
// where k is uniform over 2 … most. Nothing when a maj or mux was drawn and most < 3. Words are read
// only for what is open: none for maj_share … lut_share when all are 0, and none for
// complement_share = 0.
std::optional<GateKind> draw_kind(double xor_share, const GateMix& mix, std::size_t most,
                                  const WordSource& words);

}  // namespace circuits
