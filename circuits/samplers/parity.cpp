#include "circuits/samplers/parity.h"

#include <algorithm>

#include "circuits/builder.h"

namespace circuits {

Circuit sample_parity(const ParityShape& shape, const WordSource& words) {
  if (shape.k < 1 || shape.k > shape.inputs) {
    throw Error("a parity of " + std::to_string(shape.k) + " of " + std::to_string(shape.inputs) +
                " inputs does not exist; k must be 1 to the number of inputs");
  }
  if (shape.fan_in < 2) throw Error("a parity needs gates of at least 2 fan-ins");
  Builder builder;
  for (std::size_t i = 0; i < shape.inputs; ++i) builder.input();
  const auto chosen = choose(shape.k, shape.inputs, words);
  std::vector<Node> layer(chosen.begin(), chosen.end());
  std::ranges::sort(layer);
  while (layer.size() > 1) {
    std::vector<Node> next;
    for (std::size_t first = 0; first < layer.size(); first += shape.fan_in) {
      const std::size_t last = std::min(first + shape.fan_in, layer.size());
      const std::vector<Node> run(layer.begin() + static_cast<std::ptrdiff_t>(first),
                                  layer.begin() + static_cast<std::ptrdiff_t>(last));
      next.push_back(run.size() == 1 ? run[0] : builder.add(Op::Xor, run));
    }
    layer = next;
  }
  builder.output(layer[0]);
  return builder.build();
}

}  // namespace circuits
