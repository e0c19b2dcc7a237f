// Named functions of selecting and joining: multiplexers, tribes, inner products. Nothing is random.
#pragma once

#include "circuits/samplers/parameters.h"
#include "circuits/samplers/random.h"

namespace circuits {

// The address function: inputs s0 … s<address−1> (lowest bit first) select one of the 2^address
// inputs d0 …. A tree of Mux gates, s0 at the leaves.
struct MultiplexerShape {
  static constexpr const char* family = "multiplexer";
  static constexpr const char* doc = "address function: some inputs select one of the others";
  std::size_t address = 2;

  Parameters parameters();
};
Circuit multiplexer(const MultiplexerShape& shape);

// Tribes: an OR of `tribes` ANDs of `width` inputs each, no input in two of them.
struct TribesShape {
  static constexpr const char* family = "tribes";
  static constexpr const char* doc = "whether all members of some tribe are 1";
  std::size_t tribes = 4;
  std::size_t width = 3;

  Parameters parameters();
};
Circuit tribes(const TribesShape& shape);

// The inner product modulo 2 of a0 … and b0 …: an XOR of `pairs` ANDs.
struct InnerProductShape {
  static constexpr const char* family = "inner_product";
  static constexpr const char* doc = "inner product of two halves of the inputs, modulo 2";
  std::size_t pairs = 4;

  Parameters parameters();
};
Circuit inner_product(const InnerProductShape& shape);

}  // namespace circuits
