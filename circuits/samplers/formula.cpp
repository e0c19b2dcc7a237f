#include "circuits/samplers/formula.h"

#include <optional>
#include <utility>

#include "circuits/builder.h"
#include "circuits/samplers/literals.h"

namespace circuits {
namespace {

// A binary tree: nodes 0 … leaves−1 are leaves, then inner nodes with two children each.
struct Tree {
  std::size_t leaves;
  std::vector<std::pair<std::size_t, std::size_t>> children;  // of inner nodes
  std::size_t root = 0;

  std::size_t join(std::size_t a, std::size_t b) {
    children.emplace_back(a, b);
    return leaves + children.size() - 1;
  }
};

Tree uniform_tree(std::size_t leaves, const WordSource& words) {
  Tree tree{leaves, {}};
  // Above which inner node and on which side each node hangs; the root has no place.
  std::vector<std::size_t> parent(2 * leaves - 1, SIZE_MAX);
  for (std::size_t leaf = 1; leaf < leaves; ++leaf) {
    std::size_t at = below(2 * leaf - 1, words);
    if (at >= leaf) at += leaves - leaf;  // inner nodes count after the leaves so far
    const std::size_t joint = tree.join(at, leaf);
    parent[joint] = parent[at];
    if (parent[at] == SIZE_MAX) {
      tree.root = joint;
    } else {
      auto& [left, right] = tree.children[parent[at] - leaves];
      (left == at ? left : right) = joint;
    }
    parent[at] = parent[leaf] = joint;
  }
  return tree;
}

std::vector<std::size_t> leaves_in_order(std::size_t leaves, const WordSource& words) {
  const auto order = choose(leaves, leaves, words);
  return {order.begin(), order.end()};
}

Tree chain_tree(std::size_t leaves, const WordSource& words) {
  Tree tree{leaves, {}};
  const auto order = leaves_in_order(leaves, words);
  tree.root = order[0];
  for (std::size_t i = 1; i < leaves; ++i) tree.root = tree.join(tree.root, order[i]);
  return tree;
}

std::size_t halve(Tree& tree, const std::vector<std::size_t>& order, std::size_t first,
                  std::size_t last) {
  if (last - first == 1) return order[first];
  const std::size_t middle = first + (last - first + 1) / 2;
  const std::size_t left = halve(tree, order, first, middle);
  return tree.join(left, halve(tree, order, middle, last));
}

Tree balanced_tree(std::size_t leaves, const WordSource& words) {
  Tree tree{leaves, {}};
  tree.root = halve(tree, leaves_in_order(leaves, words), 0, leaves);
  return tree;
}

// The inner nodes with children before parents.
std::vector<std::size_t> bottom_up(const Tree& tree) {
  std::vector<std::size_t> order, open{tree.root};
  while (!open.empty()) {
    const std::size_t node = open.back();
    open.pop_back();
    if (node < tree.leaves) continue;
    order.push_back(node);
    open.push_back(tree.children[node - tree.leaves].first);
    open.push_back(tree.children[node - tree.leaves].second);
  }
  return {order.rbegin(), order.rend()};
}

struct Query {
  std::size_t input = 0;
  std::optional<std::size_t> parent;
  std::size_t depth = 0;                        // queries above it
  std::optional<std::size_t> children[2] = {};  // of the values 0 and 1; none is a leaf
};

struct Leaf {
  std::optional<std::size_t> query;  // that it hangs on
  bool value;                        // of the query's input
  std::size_t depth;
};

std::size_t draw_unqueried(const std::vector<Query>& queries, const Leaf& leaf, std::size_t inputs,
                           const WordSource& words) {
  std::vector<bool> queried(inputs, false);
  for (auto at = leaf.query; at; at = queries[*at].parent) queried[queries[*at].input] = true;
  std::uint64_t rank = below(inputs - leaf.depth, words);
  for (std::size_t input = 0;; ++input) {
    if (!queried[input] && rank-- == 0) return input;
  }
}

std::vector<Query> draw_queries(const DecisionTreeShape& shape, const WordSource& words) {
  std::vector<Query> queries;
  std::vector<Leaf> open{{std::nullopt, false, 0}};  // leaves above the largest depth
  while (queries.size() + 1 < shape.leaves) {
    const std::size_t at = below(open.size(), words);
    const Leaf leaf = open[at];
    open.erase(open.begin() + static_cast<std::ptrdiff_t>(at));
    const std::size_t query = queries.size();
    queries.push_back({draw_unqueried(queries, leaf, shape.inputs, words), leaf.query, leaf.depth});
    if (leaf.query) queries[*leaf.query].children[leaf.value] = query;
    for (const bool value : {false, true}) {
      if (leaf.depth + 1 < shape.depth) open.push_back({query, value, leaf.depth + 1});
    }
  }
  return queries;
}

}  // namespace

Parameters ReadOnceShape::parameters() {
  return {whole("inputs", inputs, 1, 65536, "input bits, each a leaf"),
          choice("tree", tree, {"uniform", "balanced", "chain"}, "distribution of the tree"),
          share("xor_share", xor_share, "probability that an inner node is XOR"),
          share("or_share", or_share, "probability that what is AND or OR is OR"),
          share("not_share", not_share, "probability that a child of AND or OR is negated")};
}

Circuit sample_read_once(const ReadOnceShape& shape, const WordSource& words) {
  check_shape(shape);
  const Tree tree = shape.tree == "uniform"    ? uniform_tree(shape.inputs, words)
                    : shape.tree == "balanced" ? balanced_tree(shape.inputs, words)
                                               : chain_tree(shape.inputs, words);
  Builder builder;
  Literals literal(builder);
  std::vector<Node> nodes(2 * shape.inputs - 1);
  for (std::size_t i = 0; i < shape.inputs; ++i) nodes[i] = builder.input();
  for (const std::size_t inner : bottom_up(tree)) {
    const auto [left, right] = tree.children[inner - tree.leaves];
    const Op op = chance(shape.xor_share, words)  ? Op::Xor
                  : chance(shape.or_share, words) ? Op::Or
                                                  : Op::And;
    std::vector<Node> fanins{nodes[left], nodes[right]};
    for (Node& fanin : fanins) {
      if (op != Op::Xor) fanin = literal(fanin, chance(shape.not_share, words));
    }
    nodes[inner] = builder.add(op, fanins);
  }
  builder.output(nodes[tree.root]);
  return builder.build();
}

Parameters DecisionTreeShape::parameters() {
  return {whole("inputs", inputs, 1, 4096, "input bits"),
          whole("leaves", leaves, 2, 65536, "leaves, at most 2^depth"),
          whole("depth", depth, 1, 4096, "largest number of queries on a path, at most inputs")};
}

Circuit sample_decision_tree(const DecisionTreeShape& shape, const WordSource& words) {
  check_shape(shape);
  require(shape.depth <= shape.inputs, DecisionTreeShape::family, "depth must be at most inputs");
  require(shape.depth >= 17 || shape.leaves <= std::size_t{1} << shape.depth,
          DecisionTreeShape::family, "leaves must be at most 2^depth");
  const std::vector<Query> queries = draw_queries(shape, words);
  Builder builder;
  Literals literal(builder);
  for (std::size_t i = 0; i < shape.inputs; ++i) builder.input();
  std::optional<Node> constants[2];
  std::vector<Node> nodes(queries.size());
  for (std::size_t q = queries.size(); q-- > 0;) {  // children come after their parents
    const Query& query = queries[q];
    const Node input = static_cast<Node>(query.input);
    if (!query.children[0] && !query.children[1]) {
      nodes[q] = literal(input, below(2, words) == 1);
      continue;
    }
    std::vector<Node> fanins{input};
    for (const bool value : {true, false}) {
      if (query.children[value]) {
        fanins.push_back(nodes[*query.children[value]]);
        continue;
      }
      std::optional<Node>& constant = constants[below(2, words)];
      if (!constant) constant = builder.add(&constant == constants ? Op::Zero : Op::One, {});
      fanins.push_back(*constant);
    }
    nodes[q] = builder.add(Op::Mux, fanins);
  }
  builder.output(nodes[0]);
  return builder.build();
}

}  // namespace circuits
