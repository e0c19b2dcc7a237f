// Ctrl-C.
#pragma once

#include "lab/core/stop.h"

namespace lab {

// From the first call on, SIGINT and SIGTERM raise this token, so that work ends in order; the second one ends the
// program at once.
const StopToken& stop_on_interrupt();

}  // namespace lab
