// A world samples inputs, features and targets, and owns the truth about them.
#pragma once

#include <ATen/core/Tensor.h>

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "lab/core/fields.h"
#include "lab/worlds/boolean.h"
#include "lab/worlds/circles.h"
#include "lab/worlds/equality.h"
#include "lab/worlds/ordered_groups.h"
#include "lab/worlds/pair.h"
#include "lab/worlds/residues.h"
#include "lab/worlds/rotations.h"
#include "lab/worlds/sparse.h"
#include "lab/worlds/tree.h"
#include "lab/worlds/truth.h"

namespace lab {

struct Batch {
  at::Tensor inputs_BN;   // float32: what a network reads
  at::Tensor values_BC;   // float32: the value of every feature's coordinates; 0 where not present
  at::Tensor present_BF;  // bool: whether a feature is there (a gate: its value)
  at::Tensor targets_BT;  // float32: what a network is trained to say
  // Which samples these are: rows are number first, first+1, … of `split`. Whatever draws more for
  // the same samples (noise at a tap) names them by this. Where rows were chosen from a batch (pairs, different
  // inputs) the numbers are no longer theirs, and their noise is that of other samples: still independent of them.
  std::string split;
  std::int64_t first = 0;
};

// What a network reads for a bit that is 0, and for one that is 1.
struct Encoding {
  double zero = 0, one = 1;
};

class World {
 public:
  virtual ~World() = default;
  const Truth& truth() const { return truth_; }
  std::int64_t inputs() const { return inputs_; }    // N
  std::int64_t targets() const { return targets_; }  // T
  bool boolean_targets() const { return boolean_targets_; }
  // Where inputs are the inputs of the truth's circuit, one a bit: how they say them. Else nothing.
  const std::optional<Encoding>& encoding() const { return encoding_; }

  // Samples first … first+count−1 of a split ("train", "fit", "eval", …). Sample b depends only on
  // the world's seed, the split's name and b. Safe to call from several threads.
  virtual Batch sample(const std::string& split, std::int64_t first, std::int64_t count) const = 0;

  // The same samples without their features (values_BC and present_BF are undefined), for training
  // networks, which reads inputs and targets alone.
  virtual Batch sample_task(const std::string& split, std::int64_t first,
                            std::int64_t count) const {
    return sample(split, first, count);
  }

  // The number of different inputs when all can be listed (a boolean world: 2^n for n ≤ 24), and
  // rows first … first+count−1 of that list.
  virtual std::optional<std::int64_t> support() const { return std::nullopt; }
  virtual Batch enumerate(std::int64_t first,
                          std::int64_t count) const;  // throws when there is none

 protected:
  Truth truth_;
  std::int64_t inputs_ = 0;
  std::int64_t targets_ = 0;
  bool boolean_targets_ = false;
  std::optional<Encoding> encoding_;
};

// The circuit of a world whose inputs and targets are that circuit's bits. Throws InputError "who: …" for another.
const circuits::Circuit& circuit_of_bits(const World& world, const std::string& who);

struct WorldConfig {
  static constexpr const char* room = "worlds";
  std::variant<Sparse, OrderedGroups, Tree, Pair, Circles, Boolean, Residues, Equality, Rotations>
      kind;
  std::optional<std::int64_t> seed;

  void fields(Fields& f) {
    f.kind(kind);
    f("seed", seed, at_least(0),
      "seed of the world: its structure and its samples (default: the run's)");
  }
};

// Each world's file defines the overload for its config. `seed` names the structure and the samples,
// unless the config has its own.
std::unique_ptr<World> make_world(const WorldConfig& config, std::int64_t seed);

// Puts the SHA-256 of the files that a world is made of into its config, so that they enter keys.
// Throws InputError when a file is unreadable or not what the config says.
void resolve_files(WorldConfig& config);

}  // namespace lab
