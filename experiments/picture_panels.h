// Panels of a picture: vectors in the leading principal components of some of the true vectors.
#pragma once

#include <ATen/core/Tensor.h>

#include <string>
#include <vector>

#include "lab/core/record.h"
#include "lab/worlds/truth.h"

namespace lab {

inline constexpr std::size_t most_panels = 24;
inline constexpr std::int64_t most_panel_vectors = 256;  // true vectors in one panel
inline constexpr std::size_t most_panel_atoms = 64;      // those most inside come first

// What a picture shows beside the truth. Without a dictionary there are no atoms.
struct PicturedAtoms {
  at::Tensor atoms_MD;                             // float64; undefined: none
  std::vector<std::int64_t> coordinate_of_latent;  // −1: no partner
};

// Tables "points", "edges" and "panels" (picture.h). `relations`: the world's and the placement's.
void add_panels(Record& record, const Truth& truth, const std::vector<Relation>& relations,
                const at::Tensor& directions_CD, const PicturedAtoms& atoms);

// The name of each coordinate: its feature's, numbered where the feature has several.
std::vector<std::string> coordinate_names(const Truth& truth);

}  // namespace lab
