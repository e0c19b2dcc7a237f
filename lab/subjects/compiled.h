// A circuit compiled into a ReLU network: nothing is trained, every weight has a meaning.
#pragma once

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "lab/core/fields.h"
#include "lab/placements/kinds.h"

namespace lab {

class Subject;
class World;

// The values that layer i carries (compile_circuit.h) are written into its linear tap:
//   v_0 = the inputs as 0 and 1;  embed = v_0 A_0
//   layer i:  pre = W_i v_i + b_i,  post = relu(pre),  v_{i+1} = R_i post + c_i,  out = v_{i+1} A_{i+1}
//   output = the circuit's outputs, 0 and 1 (decision at ½), linear in the last values
// where the next layer reads v back from out by the pseudo-inverse of A. Taps: "embed", "layer0.pre",
// "layer0.post", "layer0.out", …, "output"; the usual one is the last layer's out. What A does:
//   rotation none        the identity: one coordinate a value
//   rotation orthogonal  a random orthogonal matrix, another for each tap
//   rotation random      U S Vᵀ of random orthogonal U and V and singular values uniform in [½, 2]
//   placement, width     the rows are the vectors that the placement gives to the values of the tap,
//                        as plain features in `width` dimensions. With fewer dimensions than values they
//                        lie in superposition and are read with interference: the certificate says what
//                        is left of exactness
// Without placement and noise the network is exact. `noise` is added to every linear tap.
// Weights: "embed.weight" [D, N], "embed.bias" [D], "layer0.weight" [neurons, D], "layer0.bias",
// "layer0.out_weight" [D, neurons], "layer0.out_bias", …, "output.weight" [T, D], "output.bias". The
// table "neurons" of the training's record says what each neuron computes (layer, neuron, weight; the
// label is the formula). gate_places: each feature's value at the first linear tap that carries it.
struct Compiled {
  static constexpr const char* name = "compiled";
  static constexpr const char* doc =
      "the world's circuit compiled into a ReLU network that computes it exactly; nothing is "
      "trained";
  static constexpr std::int64_t revision = 1;
  std::string rotation = "none";
  std::optional<PlacementConfig> placement;
  std::int64_t width = 32;
  double noise = 0;

  void fields(Fields& f) {
    f("rotation", rotation, one_of({"none", "orthogonal", "random"}),
      "basis of the linear taps: one coordinate a value, a random rotation, or a random invertible "
      "matrix");
    f("placement", placement, any(),
      "where values lie in the linear taps instead; none: as rotation says");
    f("width", width, at_least(1), "dimensions of the linear taps, with a placement");
    f("noise", noise, at_least(0),
      "standard deviation of the Gaussian noise in each dimension of the linear taps");
    f.require(!placement.has_value() || rotation == "none", "rotation",
              "must be none with a placement");
  }
};

// Throws InputError for a world without a circuit, or a placement that does not fit.
std::unique_ptr<Subject> make_subject(const Compiled& config, const World& world,
                                      std::int64_t seed);

bool uses_seed(const Compiled& config);

}  // namespace lab
