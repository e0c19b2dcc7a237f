// An embedding and a multi-layer perceptron on two tokens: the smallest network for modular addition.
#pragma once

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "lab/core/fields.h"
#include "lab/subjects/training.h"

namespace lab {

class Subject;
class World;

// The first half of the world's inputs says which token stands first, the second half which stands
// second (the world residues: one-hot, p tokens each). x = E_a + E_b, or both one behind the other;
// then the layers of the subject `mlp`.
// Taps: "embed" (E_a, E_b) [2·embed_width], also where they are added, so that ∂/∂E_a and ∂/∂E_b are
// told apart; then "layer0.pre", "layer0.post", …, "output"; the usual one is the last layer's post.
// Weights: "embed.weight" [embed_width, p] (not shared: "embed.a.weight", "embed.b.weight"), and those
// of the mlp. Initial weights are what PyTorch's modules start with: embeddings N(0, embed_scale²)
// (1 in nn.Embedding), weights and biases of layers uniform in ±1/√fan_in (nn.Linear).
struct EmbeddingMlp {
  static constexpr const char* name = "embedding_mlp";
  static constexpr const char* doc =
      "embeddings of two tokens, added or concatenated, and an MLP (modular addition: Gromov 2023, "
      "arXiv 2301.02679; Zhong et al. 2023, arXiv 2306.17844)";
  static constexpr std::int64_t revision = 1;
  std::int64_t embed_width = 256;
  bool shared = true;
  std::string combine = "sum";
  double embed_scale = 1;
  std::vector<std::int64_t> widths{256};
  std::string activation = "relu";
  bool bias = true;
  TrainingConfig training;

  void fields(Fields& f);
};

// Throws InputError when the world has nothing to learn or an odd number of inputs.
std::unique_ptr<Subject> make_subject(const EmbeddingMlp& config, const World& world,
                                      std::int64_t seed);

}  // namespace lab
