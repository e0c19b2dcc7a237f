#include "lab/worlds/magnitude.h"

#include <cmath>

namespace lab {
namespace {

double draw(const ConstantMagnitude& law, Words&) {
  return law.value;
}

double draw(const UniformMagnitude& law, Words& words) {
  return law.high - (law.high - law.low) * words.uniform();
}

double draw(const NormalMagnitude& law, Words& words) {
  const double x = law.mean + law.sd * words.normal();
  return law.folded ? std::abs(x) : x;
}

double draw(const ExponentialMagnitude& law, Words& words) {
  return -law.mean * std::log(1 - words.uniform());
}

}  // namespace

double draw_magnitude(const Magnitude& law, Words& words) {
  return std::visit([&words](const auto& kind) { return draw(kind, words); }, law.kind);
}

}  // namespace lab
