// Dictionaries that are given and not learned: the oracle (atoms of the truth), random atoms, the
// neurons themselves, atoms of a placement, atoms from a file; each with a choice of encoder
// (encoders.h).
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <variant>

#include "lab/core/fields.h"
#include "lab/decomposers/encoders.h"
#include "lab/placements/placement.h"

namespace lab {

struct FitData;
struct Fitted;

struct TruthAtoms {
  static constexpr const char* name = "truth";
  static constexpr const char* doc =
      "the subject's own directions and offset, one atom a coordinate: planted, or where nothing "
      "is "
      "planted estimated by least squares on 8192 fit samples";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

struct RandomAtoms {
  static constexpr const char* name = "random";
  static constexpr const char* doc = "unit vectors in uniformly random directions";
  static constexpr std::int64_t revision = 1;
  std::int64_t latents = 64;
  void fields(Fields& f) { f("latents", latents, at_least(1), "number of atoms, M"); }
};

struct BasisAtoms {
  static constexpr const char* name = "basis";
  static constexpr const char* doc = "the unit vectors of the tap: its neurons";
  static constexpr std::int64_t revision = 1;
  void fields(Fields&) {}
};

// For a feature with rows u, v of the truth: atoms cos(2πi/n) u + sin(2πi/n) v, i = 0 … n−1.
struct RingAtoms {
  static constexpr const char* name = "ring";
  static constexpr const char* doc =
      "for each feature of two coordinates, vectors at equal angles in its plane of the truth";
  static constexpr std::int64_t revision = 1;
  std::int64_t latents = 8;
  void fields(Fields& f) { f("latents", latents, at_least(3), "number of atoms a feature, n"); }
};

struct PlacementAtoms {
  static constexpr const char* name = "placement";
  static constexpr const char* doc = "the vectors that a placement gives to the world's features";
  static constexpr std::int64_t revision = 1;
  PlacementConfig placement;
  void fields(Fields& f) { f("placement", placement, any(), "where the atoms lie"); }
};

struct FileAtoms {
  static constexpr const char* name = "file";
  static constexpr const char* doc = "atoms from a safetensors file";
  static constexpr std::int64_t revision = 1;
  std::string path;
  std::string sha256;
  void fields(Fields& f) {
    f("path", path, any(),
      "a safetensors file with the tensor \"atoms\" [M, D], float32 or float64");
    f("sha256", sha256, any(), "SHA-256 of the file in hex; filled in when empty, else checked");
  }
};

struct AtomsConfig {
  static constexpr const char* room = "atoms";
  std::variant<TruthAtoms, RandomAtoms, BasisAtoms, RingAtoms, PlacementAtoms, FileAtoms> kind;
  void fields(Fields& f) { f.kind(kind); }
};

// The default is the oracle: what can be had when the truth is known. Non-negative least squares is
// the maximum-likelihood code for non-negative features under Gaussian noise.
struct Fixed {
  static constexpr const char* name = "fixed";
  static constexpr const char* doc =
      "given atoms with a choice of encoder: oracle, random, neurons, own";
  static constexpr std::int64_t revision = 1;
  AtomsConfig atoms;
  EncoderConfig encoder;

  void fields(Fields& f) {
    f("atoms", atoms, any(), "where the atoms come from");
    f("encoder", encoder, any(), "how codes are found for the atoms");
  }
};

// Throws InputError for a file that does not fit, or a ring where no feature has two coordinates.
Fitted fit_fixed(const Fixed& config, const FitData& data, std::int64_t seed);

// The SHA-256 of a file of atoms. Throws InputError when it is unreadable, or not what the config says.
void resolve_atoms(Fixed& config);

}  // namespace lab
