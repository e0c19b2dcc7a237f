// Latents of a dictionary as places: what is exchanged is a latent's code, not a direction.
#pragma once

#include <cstdint>
#include <string>
#include <vector>

#include "lab/decomposers/dictionary.h"
#include "lab/subjects/place.h"

namespace lab {

// base + Σ_i (code_i(source) − code_i(base)) · atom_i over `latents`: the part of the base that the
// dictionary does not reconstruct stays. Throws InputError for a latent that there is not.
Place latents_place(const std::string& tap, const Dictionary& dictionary,
                    const std::vector<std::int64_t>& latents);

}  // namespace lab
