// Random formulas: trees in which gates are used once.
#pragma once

#include "circuits/samplers/gate_mix.h"

namespace circuits {

// A read-once formula: a binary tree whose leaves are the inputs, each exactly once.
//   tree = uniform   uniform over the (2n−3)!! trees with n labelled leaves, left and right not
//                    distinguished: leaf i is grafted onto a uniform edge of the tree of leaves
//                    0 … i−1, the edge above the root included
//   tree = balanced  leaves in uniform order, halved again and again (the first half gets one more)
//   tree = chain     leaves in uniform order, joined one by one
// Each inner node is XOR with probability xor_share, else OR with probability or_share, else AND.
// Each leaf under an AND or OR, and each inner node under one, is negated with probability
// not_share. Every function so drawn depends on all inputs, and no gate is dead.
struct ReadOnceShape {
  static constexpr const char* family = "read_once";
  static constexpr const char* doc = "random read-once formula: a tree with every input once";
  std::size_t inputs = 8;
  std::string tree = "uniform";
  double xor_share = 0.25;
  double or_share = 0.5;
  double not_share = 0.5;

  Parameters parameters();
};
Circuit sample_read_once(const ReadOnceShape& shape, const WordSource& words);

// A decision tree, grown from a single leaf: a leaf, uniform among those above the largest depth, is
// replaced by a query of an input that is uniform among those not queried above it, until there are
// `leaves` leaves. Two leaves of one query are 0 and 1 in either order with equal probability; other
// leaves are fair bits. A query is a multiplexer (Mux) of the two subtrees; a query of two leaves is
// its input or the NOT of it. The output may depend on fewer inputs than are queried.
struct DecisionTreeShape {
  static constexpr const char* family = "decision_tree";
  static constexpr const char* doc = "random decision tree, as multiplexers";
  std::size_t inputs = 8;
  std::size_t leaves = 8;
  std::size_t depth = 5;

  Parameters parameters();
};
// Throws Error for a shape out of range, leaves > 2^depth, or depth > inputs.
Circuit sample_decision_tree(const DecisionTreeShape& shape, const WordSource& words);

}  // namespace circuits
