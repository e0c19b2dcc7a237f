// A transformer of one block on two tokens, with an attention rate (Zhong et al. 2023, arXiv
// 2306.17844, "The Clock and the Pizza").
#pragma once

#include <cstdint>
#include <memory>
#include <string>

#include "lab/core/fields.h"
#include "lab/subjects/training.h"

namespace lab {

class Subject;
class World;

// The first half of the world's inputs says which token stands first, the second half which stands
// second (the world residues: one-hot, p tokens each). x_i = E_token + P_i for the positions i = 1, 2;
// each head reads q, k, v and attends with A' = (1 − rate)·1 + rate·softmax(q·k/√d_head) (section 4.1:
// rate 0 is constant attention, which adds both values up; rate 1 is the usual one; there is no mask).
// At the second position, where the answer is read: mid = x_2 + W_O Σ_i A'_i v_i, post = activation(W_in
// mid + b_in), output = U (mid + W_out post + b_out). No layer norm.
// Taps: "embed" (E_a, E_b without positions) [2·width], "attn.out" (what attention adds), "resid_mid"
// (mid), "layer0.pre", "layer0.post", "output"; the usual one is "layer0.post".
// Weights: "embed.weight" [width, p], "position.weight" [2, width], "query.weight", "key.weight",
// "value.weight" [width, width] (heads one below the other), "attn.out.weight" [width, width],
// "layer0.in.weight" [mlp, width], "layer0.in.bias", "layer0.out.weight" [width, mlp], "layer0.out.bias",
// "output.weight" [T, width]. Initial weights are normal, those of the paper's code: of variance 1/width,
// but 1/mlp into the MLP's neurons and 1/T for the output; biases start at 0.
struct Attention {
  static constexpr const char* name = "attention";
  static constexpr const char* doc =
      "one-layer transformer on two tokens, attention between constant (rate 0) and softmax (rate "
      "1) (Zhong et al. 2023, arXiv 2306.17844)";
  static constexpr std::int64_t revision = 1;
  double rate = 1;
  std::int64_t width = 128;
  std::int64_t heads = 4;
  std::int64_t mlp = 512;
  std::string activation = "relu";
  TrainingConfig training;

  void fields(Fields& f);
};

// Throws InputError when the world has nothing to learn or an odd number of inputs.
std::unique_ptr<Subject> make_subject(const Attention& config, const World& world,
                                      std::int64_t seed);

}  // namespace lab
