// A subject turns a world into activations: a bare embedding, or a network trained on the world.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <variant>
#include <vector>

#include "lab/core/fields.h"
#include "lab/core/record.h"
#include "lab/core/stop.h"
#include "lab/subjects/attention.h"
#include "lab/subjects/compiled.h"
#include "lab/subjects/embedding.h"
#include "lab/subjects/embedding_mlp.h"
#include "lab/subjects/mlp.h"
#include "lab/subjects/piecewise_linear.h"
#include "lab/subjects/planted.h"
#include "lab/subjects/residual_mlp.h"
#include "lab/subjects/superposed.h"
#include "lab/subjects/toy_autoencoder.h"
#include "lab/tensors/tensors.h"
#include "lab/worlds/world.h"

namespace lab {

// A named point of the subject, where activations can be read and changed.
struct Tap {
  std::string name;    // "embed", "layer0.pre", "layer0.post", "hidden", "output"
  std::int64_t width;  // D
};

// The one intervention primitive: called at every tap in the order of computation with what the
// subject computed there; what it returns ([B, D], the same tensor to change nothing) flows on.
using Hook = std::function<at::Tensor(std::string_view tap, const at::Tensor& acts_BD)>;

// Where the features lie at a tap, known by construction: acts = values · directions + offset (+ noise).
struct Planted {
  at::Tensor directions_CD;
  at::Tensor offset_D;
};

// Where a gate of the world's circuit lives by construction: at a tap, in the span of the rows `write_KD`.
// Its coordinates there are acts · read_KDᵀ, with read_KD · write_KDᵀ = I; equal where the rows are
// orthonormal. Exchanging that part (place.h: place_of) gives the gate another run's value for all that
// reads it.
struct GatePlace {
  circuits::Node gate;
  std::string tap;
  at::Tensor write_KD;
  at::Tensor read_KD;
};

class Subject {
 public:
  virtual ~Subject() = default;
  virtual const std::vector<Tap>& taps() const = 0;
  virtual std::string default_tap() const = 0;

  // The output tap's activations for a batch. Gradients flow where autograd is enabled and a
  // parameter or a hook requires them. Safe to call from several threads.
  virtual at::Tensor run(const Batch& batch, const Hook& hook = {}) const = 0;

  // The mean task loss of an output against the batch's targets (a scalar), or nothing when the
  // subject has no task (an embedding).
  virtual std::optional<at::Tensor> loss(const at::Tensor& output_BT, const Batch& batch) const = 0;

  // The output above which a boolean target counts as true: 0 for logits (bce, hinge), 1/2 for
  // values (mse, power). Nothing without a task, or where the largest output decides
  // (cross_entropy).
  virtual std::optional<double> decision_threshold() const = 0;

  // The directions at a tap when they are known by construction, and the relations that the
  // subject's placement added to the world's.
  virtual std::optional<Planted> planted(const std::string& tap) const = 0;
  virtual const std::vector<Relation>& relations() const = 0;

  // The places of gates that are known by construction (compiled and planted networks); else none.
  virtual std::vector<GatePlace> gate_places() const { return {}; }

  // The same function as affine maps with kinks between, up to rounding, where it is one; else nothing.
  virtual std::optional<PiecewiseLinear> piecewise_linear() const { return std::nullopt; }

  // Weights by name ("layer0.weight"); empty for what follows from config and seed.
  virtual Tensors weights() const = 0;
  virtual void set_weights(
      const Tensors& weights) = 0;  // throws InputError for wrong names or shapes

  // Trains on the world, in place; returns tables ("steps": step, loss, …) and scores such as
  // `train_loss`. Does nothing where nothing is trained. Throws Failure when the loss is not
  // finite.
  virtual Record train(const World& world, const StopToken& stop) = 0;

  bool has_tap(const std::string& name) const;
  std::int64_t tap_width(
      const std::string& name) const;  // throws InputError naming the taps there are
};

struct SubjectConfig {
  static constexpr const char* room = "subjects";
  std::variant<Embedding, Mlp, ToyAutoencoder, Compiled, ResidualMlp, PlantedNetwork, EmbeddingMlp,
               Attention, Superposed>
      kind;
  std::optional<std::int64_t> seed;

  void fields(Fields& f) {
    f.kind(kind);
    f("seed", seed, at_least(0),
      "seed of the subject: placement, initial weights, noise (default: the run's)");
  }
};

// An untrained subject on a world. Throws InputError when they do not fit.
std::unique_ptr<Subject> make_subject(const SubjectConfig& config, const World& world,
                                      std::int64_t seed);

// Whether the seed changes the result; a key holds only seeds that are used.
bool uses_seed(const SubjectConfig& config);

}  // namespace lab
