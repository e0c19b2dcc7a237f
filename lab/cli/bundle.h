// What `lab export` writes and `lab sae score` reads.
#pragma once

namespace lab {

// A sweep of all arms on one subject; the store beside it has what was computed of it.
inline constexpr const char* bundle_sweep = "sweep.json";

}  // namespace lab
