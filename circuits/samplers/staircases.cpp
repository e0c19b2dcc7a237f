#include "circuits/samplers/staircases.h"

#include <algorithm>
#include <numeric>

#include "circuits/builder.h"

namespace circuits {
namespace {

constexpr std::size_t kMostFanins = std::size_t{1} << 26;

}  // namespace

Parameters StaircaseShape::parameters() {
  return {whole("inputs", inputs, 1, 65536, "input bits"),
          list("leaps", leaps, 1, 65536, "new inputs of each monomial"),
          share("overlap", overlap, "probability that an earlier input is in a later monomial"),
          choice("combine", combine, {"none", "majority", "xor"}, "one more output")};
}

Circuit sample_staircase(const StaircaseShape& shape, const WordSource& words) {
  check_shape(shape);
  require(!shape.leaps.empty() && shape.leaps.size() <= 4096, StaircaseShape::family,
          "leaps must be 1 to 4096 numbers");
  const std::size_t used = std::reduce(shape.leaps.begin(), shape.leaps.end());
  require(used <= shape.inputs, StaircaseShape::family, "the sum of leaps must be at most inputs");
  require(used * shape.leaps.size() <= kMostFanins, StaircaseShape::family,
          "the sum of leaps, times their number, must be at most 2^26");
  Builder builder;
  for (std::size_t i = 0; i < shape.inputs; ++i) builder.input();
  const auto order = choose(used, shape.inputs, words);
  std::vector<Node> monomials;
  std::size_t known = 0;  // inputs of earlier monomials
  for (const std::size_t leap : shape.leaps) {
    std::vector<Node> fanins;
    for (std::size_t i = 0; i < known; ++i) {
      if (chance(shape.overlap, words)) fanins.push_back(static_cast<Node>(order[i]));
    }
    for (std::size_t i = known; i < known + leap; ++i) {
      fanins.push_back(static_cast<Node>(order[i]));
    }
    known += leap;
    std::ranges::sort(fanins);
    monomials.push_back(fanins.size() == 1 ? fanins[0] : builder.add(Op::Xor, fanins));
    builder.output(monomials.back(), "m" + std::to_string(monomials.size()));
  }
  if (shape.combine == "majority") {
    const auto half = static_cast<std::int64_t>(monomials.size() / 2 + 1);
    builder.output(builder.add(Gate::threshold(half), monomials), "sign");
  } else if (shape.combine == "xor") {
    const bool one = monomials.size() == 1;
    builder.output(one ? monomials[0] : builder.add(Op::Xor, monomials), "product");
  }
  return builder.build();
}

}  // namespace circuits
