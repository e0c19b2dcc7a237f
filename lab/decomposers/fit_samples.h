// The samples that a method is fitted on when it wants them all at once.
#pragma once

#include <cstdint>
#include <string>

#include "lab/decomposers/decomposer.h"

namespace lab {

// Rows 0 … samples−1 of the split "fit" at both taps, drawn in parts so that a stop is heeded.
SiteActs fit_acts(const FitData& data, std::int64_t samples);

// The features' directions at the output tap, and the offset there: as planted, else estimated from 8192 fit samples.
Planted true_directions(const FitData& data);

// Throws InputError "NAME: …" for a transcoder's site, which methods that know one space alone do not fit.
void require_one_tap(const FitData& data, const std::string& name);

}  // namespace lab
