// A residual network of MLP layers: every layer reads from and adds to one residual stream.
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

// x_0 = E·inputs; layer i: pre = W_in x_i + b_in, post = activation(pre), out = W_out post + b_out,
// x_{i+1} = x_i + out; output = U x_L + b_U (tied: Eᵀ x_L).
// Taps: "embed" (x_0), then "layer0.pre", "layer0.post", "layer0.out", "layer0.resid" (x_1), …,
// "output"; the usual one is the last layer's post. Weights: "embed.weight" [D, N], "layer0.in.weight"
// [width, D], "layer0.in.bias", "layer0.out.weight" [D, width], "layer0.out.bias", …, "output.weight"
// [T, D], "output.bias" (neither when tied). The columns of E start as random unit vectors of R^D; other
// weights as N(0, init_scale²·g/fan_in) with g = 2 for he and 1 for lecun, those that write to the stream
// with g = 1 in either case; biases start at 0. A fixed embedding is not trained but stands among the weights.
struct ResidualMlp {
  static constexpr const char* name = "residual_mlp";
  static constexpr const char* doc =
      "MLP layers that add to a residual stream behind an embedding (Braun et al. 2025, arXiv "
      "2501.14926, resid_mlp)";
  static constexpr std::int64_t revision = 1;
  std::int64_t embed_width = 64;
  std::string embedding = "trained";
  std::vector<std::int64_t> widths{64};
  std::string activation = "relu";
  bool bias = true;
  std::string output = "trained";
  std::string init = "he";
  double init_scale = 1;
  TrainingConfig training;

  void fields(Fields& f);
};

// Throws InputError when the world has nothing to learn, or the output is tied to the embedding and the
// targets are not as many as the inputs.
std::unique_ptr<Subject> make_subject(const ResidualMlp& config, const World& world,
                                      std::int64_t seed);

}  // namespace lab
