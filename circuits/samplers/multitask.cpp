#include "circuits/samplers/multitask.h"

#include <map>
#include <string>

#include "circuits/builder.h"

namespace circuits {
namespace {

void check(const MultitaskShape& shape) {
  check_shape(shape);
  require(shape.k <= shape.bits, MultitaskShape::family, "k must be at most bits");
  double sets = 1;  // C(bits, k)
  for (std::size_t i = 0; i < shape.k; ++i) {
    sets *= static_cast<double>(shape.bits - i) / static_cast<double>(i + 1);
  }
  require(!shape.distinct || shape.tasks == 1 || static_cast<double>(shape.tasks) <= sets / 2,
          MultitaskShape::family, "at most half of all sets can be drawn as distinct ones");
}

}  // namespace

Parameters MultitaskShape::parameters() {
  return {whole("tasks", tasks, 1, 65536, "control bits, one a task"),
          whole("bits", bits, 1, 65536, "task bits"), whole("k", k, 1, 1024, "task bits of a task"),
          flag("distinct", distinct, "no two tasks have the same task bits")};
}

Circuit sample_multitask(const MultitaskShape& shape, const WordSource& words) {
  check(shape);
  Builder builder;
  std::vector<Node> controls, bits;
  for (std::size_t i = 0; i < shape.tasks; ++i) {
    controls.push_back(builder.input("c" + std::to_string(i)));
  }
  for (std::size_t i = 0; i < shape.bits; ++i) {
    bits.push_back(builder.input("t" + std::to_string(i)));
  }
  std::map<std::vector<std::uint64_t>, Node> parities;
  std::vector<Node> selected;
  while (selected.size() < shape.tasks) {
    const auto [place, fresh] = parities.try_emplace(choose_set(shape.k, shape.bits, words), 0);
    if (shape.distinct && !fresh) continue;
    if (fresh) {
      std::vector<Node> fanins;
      for (const std::uint64_t i : place->first) fanins.push_back(bits[i]);
      place->second = shape.k == 1 ? fanins[0] : builder.add(Op::Xor, fanins);
    }
    selected.push_back(builder.add(Op::And, {controls[selected.size()], place->second}));
  }
  builder.output(selected.size() == 1 ? selected[0] : builder.add(Op::Or, selected));
  return builder.build();
}

}  // namespace circuits
