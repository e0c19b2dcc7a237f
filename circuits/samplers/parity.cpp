#include "circuits/samplers/parity.h"

#include <algorithm>

#include "circuits/builder.h"

namespace circuits {

Parameters ParityShape::parameters() {
  return {whole("inputs", inputs, 1, 65536, "input bits"),
          whole("k", k, 1, 65536, "inputs whose parity it is"),
          whole("fan_in", fan_in, 2, 65536, "largest number of fan-ins of a gate")};
}

Circuit sample_parity(const ParityShape& shape, const WordSource& words) {
  check_shape(shape);
  require(shape.k <= shape.inputs, ParityShape::family, "k must be at most inputs");
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
