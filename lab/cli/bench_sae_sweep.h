// What a second worker brings to a sweep of sparse autoencoders.
#pragma once

#include "lab/core/stop.h"

namespace lab {

// Prints how many times faster two workers make 64 SAEs (relu_l1; d = 64, 256 latents, batch 256; seeds 0 … 63 on one
// subject) than one does, planned and executed as `lab run` does it, with scores, into a store in a temporary folder.
void print_sae_sweep(bool quick, const StopToken& stop);

}  // namespace lab
