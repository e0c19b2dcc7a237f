#include "circuits/samplers/gate_mix.h"

#include <algorithm>
#include <string>

namespace circuits {
namespace {

std::uint64_t sample_full_table(std::size_t k, const WordSource& words) {
  const int inputs = static_cast<int>(k);
  const std::uint64_t used = ~std::uint64_t{0} >> (64 - (std::uint64_t{1} << k));
  for (;;) {
    const TruthTable table = TruthTable::from_bits(inputs, words() & used);
    bool all = true;
    for (int i = 0; i < inputs; ++i) all = all && table.depends_on(i);
    if (all) return table.words()[0];
  }
}

Op complement_of(Op op) {
  return op == Op::And ? Op::Nand : op == Op::Or ? Op::Nor : Op::Xnor;
}

}  // namespace

Parameters GateMix::parameters() {
  return {share("or_share", or_share, "probability that what is AND or OR is OR"),
          share("complement_share", complement_share,
                "probability that an AND, OR or XOR is NAND, NOR or XNOR instead"),
          share("maj_share", maj_share, "probability that a gate is MAJ"),
          share("mux_share", mux_share, "probability that a gate is MUX"),
          share("threshold_share", threshold_share, "probability that a gate is THRESHOLD"),
          share("lut_share", lut_share, "probability that a gate is a random LUT")};
}

void check_mix(const GateMix& mix, std::size_t fan_in, const std::string& family) {
  require(mix.maj_share + mix.mux_share + mix.threshold_share + mix.lut_share <= 1, family,
          "maj_share, mux_share, threshold_share and lut_share must add to at most 1");
  require(fan_in >= 3 || (mix.maj_share == 0 && mix.mux_share == 0), family,
          "MAJ and MUX gates need at least 3 fan-ins");
}

std::optional<GateKind> draw_kind(double xor_share, const GateMix& mix, std::size_t most,
                                  const WordSource& words) {
  const auto fanins = [&](std::size_t limit) { return 2 + below(limit - 1, words); };
  if (mix.maj_share + mix.mux_share + mix.threshold_share + mix.lut_share > 0) {
    double u = uniform(words);
    const auto is = [&u](double share) {
      const bool taken = u >= 0 && u < share;
      u -= share;
      return taken;
    };
    if (is(mix.maj_share)) {
      if (most < 3) return std::nullopt;
      return GateKind{Op::Maj, 3 + 2 * below((most - 1) / 2, words), true};
    }
    if (is(mix.mux_share)) {
      if (most < 3) return std::nullopt;
      return GateKind{Op::Mux, 3, true};
    }
    if (is(mix.threshold_share)) {
      const std::size_t k = fanins(most);
      const std::uint64_t bound = 1 + below(k, words);
      return GateKind{Gate::threshold(static_cast<std::int64_t>(bound)), k, true};
    }
    if (is(mix.lut_share)) {
      const std::size_t k = fanins(std::min(most, Gate::kMostLutInputs));
      return GateKind{Gate::lut(sample_full_table(k, words)), k, false};
    }
  }
  Op op = Op::Xor;
  if (!chance(xor_share, words)) {
    const bool is_or = mix.or_share == 0.5 ? below(2, words) == 1 : chance(mix.or_share, words);
    op = is_or ? Op::Or : Op::And;
  }
  const bool negatable = op != Op::Xor;
  if (mix.complement_share > 0 && chance(mix.complement_share, words)) op = complement_of(op);
  return GateKind{op, fanins(most), negatable};
}

}  // namespace circuits
