// Distributed alignment search (Geiger et al. 2023, arXiv 2303.02536): subspaces of a tap that are trained
// to hold variables.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/mechanisms/alignment.h"

namespace lab {

// One training, from start number `start`: a place of search.dimensions for each variable, the rows of its
// place orthogonal to those of the others. `single` has the pairs of each variable, `joint` at most one
// entry: pairs on which all are exchanged. Throws InputError when the subspaces do not fit in the tap,
// Failure when the loss is not finite.
std::vector<Place> trained_subspaces(const Subject& subject, const std::string& tap,
                                     const std::vector<Interchange>& single,
                                     const std::vector<Interchange>& joint,
                                     const PlaceSearch& search, const Draw& draw,
                                     std::int64_t start);

}  // namespace lab
